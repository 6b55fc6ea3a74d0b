"""Fields that are computed when looked at: small pure functions, and the table of what can be shown."""

from engine.derived.display import DISPLAY_VARIABLES, QUANTITIES, DisplayVariable, Reader, derive
from engine.derived.fields import Fields, Levels
from engine.derived.places import ColumnReader, derive_at
from engine.derived.usual import usual_ocean

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
