"""What one map of the loop map component is told, as the script in the browser reads it."""

from dataclasses import dataclass, field
from typing import Any, Literal

EMPTY = ("key", "kind", "title", "leads", "empty")
"""Fields of a map for which there is no store yet."""

FIELD = (
    *EMPTY, "store", "variable", "depth_index", "lead_offset", "revision", "lead_shift", "has_lead", "quantity", "units", "shown",
    "speed", "forcing", "notice", "classes",
)  # fmt: skip
LAYERS = ("currents", "wind", "ice", "eddies")
"""Fields of a map that shows a store: where what is drawn over it comes from."""

OWN_RANGE = ("own_range", "palette")
DIFFERENCE = ("key", "kind", "title", "empty", "of", "quantity", "units", "shown", "palette", "has_lead", "notice")


@dataclass(frozen=True)
class PanelSpec:
    """One map: a field of a store, or the difference of two other maps; the docstring of the component tells each field."""

    key: str
    title: str = ""
    empty: str = ""
    kind: Literal["field", "difference"] = "field"
    of: list[str] = field(default_factory=list)
    store: str = ""
    variable: str = ""
    depth_index: int = 0
    leads: list[int] = field(default_factory=list)
    lead_offset: int = 0
    revision: str = ""
    lead_shift: int = 0
    has_lead: bool = True
    quantity: str = ""
    units: str = ""
    shown: list[Any] = field(default_factory=list)
    speed: list[Any] = field(default_factory=list)
    forcing: str = ""
    notice: str = ""
    classes: list[list[Any]] = field(default_factory=list)
    own_range: bool = False
    palette: str = ""
    currents: dict[str, Any] | None = None
    wind: dict[str, Any] | None = None
    ice: dict[str, Any] | None = None
    eddies: str = ""

    @property
    def is_field(self) -> bool:
        """Return whether the map shows a field of a store on at least one day."""
        return self.kind == "field" and bool(self.store) and bool(self.leads)

    def to_message(self) -> dict[str, Any]:
        """Return the fields that a map of this kind has, by name."""
        names: tuple[str, ...] = DIFFERENCE if self.kind == "difference" else FIELD if self.quantity else EMPTY
        names += LAYERS if self.store else ()
        names += OWN_RANGE if self.own_range else ()
        return {name: getattr(self, name) for name in names}
