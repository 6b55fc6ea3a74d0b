"""Fields that are computed on demand from stored ones: pure functions, and the table of display variables.

May import the readers, the physics, the schema and the runtime; not the stores and not the models.
"""

from engine.diagnostics.climatology import climatology_reader
from engine.diagnostics.display import DISPLAY_VARIABLES, QUANTITIES, DisplayVariable, Reader, derive
from engine.diagnostics.fields import Fields, Levels
from engine.diagnostics.places import ColumnReader, derive_at

__all__ = [
    "DISPLAY_VARIABLES",
    "QUANTITIES",
    "ColumnReader",
    "DisplayVariable",
    "Fields",
    "Levels",
    "Reader",
    "climatology_reader",
    "derive",
    "derive_at",
]
