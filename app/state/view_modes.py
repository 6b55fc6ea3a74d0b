"""The views of the page: which choices of the one selection each offers, and their first values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.schema.variables import BIOGEOCHEMISTRY, WAVES

AS_IT_COMES: dict[str, Any] = {
    "quantity": "value", "palette": "auto", "range_mode": "auto", "low": None, "high": None, "chart": "",
}  # fmt: skip
"""How a field is first looked at: limits, palette and chart of one field mean little for another."""


@dataclass(frozen=True)
class View:
    """One way to look at the stores: the variables it offers, where it begins, and what it needs to have something to show."""

    name: str
    label: str
    variables: tuple[str, ...] = ()
    """Names of what can be chosen; empty for all that a store has."""
    begins: Mapping[str, Any] = field(default_factory=dict)
    """Choices of its own and their first values; the values before are restored when the view is left."""
    part: str = ""
    """The part of a store that it stands or falls with."""
    without: str = ""
    """What is said of a store that has no such part."""
    remark: str = ""
    """What is said on every map of the view."""
    has_map: bool = True
    """Whether the maps and their charts are what it shows."""
    beside_whole: bool = False
    """Whether the part is shown next to the store it belongs to, whose fields it repeats on a finer grid."""


_KUROSHIO_BOX = {"region": "kuroshio", "latitude": 35.0, "longitude": 151.25, "span": 65.52}

VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        View("map", "Map"),
        View(
            "kuroshio",
            "Kuroshio",
            ("speed", "rossby", "zos", "thetao"),
            {**AS_IT_COMES, "variable": "speed", "comparison": "reference", **_KUROSHIO_BOX},
            part="kuroshio",
            without="This run has no Kuroshio at 1/12°. Runs of GOMS small at 1/4° have it: choose that model and press Run.",
            beside_whole=True,
        ),
        View(
            "waves",
            "Waves",
            WAVES,
            {**AS_IT_COMES, "variable": "swh"},
            part="waves",
            remark="none under ice",
            without="This run has no waves. Runs of GOMS small at 1/4° have them: choose that model and press Run.",
        ),
        View(
            "biogeochemistry",
            "Biogeochemistry",
            BIOGEOCHEMISTRY,
            {**AS_IT_COMES, "variable": "chl"},
            part="biogeochemistry",
            remark="over sea floors deeper than 200 m",
            without="This run has no plankton and nutrients. Runs of GOMS small at 1/4° have them: choose that model and press "
            "Run.",
        ),
        View("skill", "Skill", begins={"variable": "zos", "depth": 0.0}, has_map=False),
    )
}
