"""Fields that are computed when looked at: small pure functions, and the table of what can be shown."""

from engine.diagnostics.climatology import usual_ocean
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
    "derive",
    "derive_at",
    "usual_ocean",
]
