"""The units in which values are read: the only place that knows others than the engine's own.

Stores, frames, limits in the address and files of data keep the engine's units; what is written on the page and on pictures is
converted where it is written.
"""

from dataclasses import dataclass, replace
from typing import Any

from engine.diagnostics import DISPLAY_VARIABLES
from engine.schema.variables import WAVES

SYSTEMS = {"si": "°C, m/s, m", "nautical": "°C, kn, m", "us": "°F, kn, ft"}
"""Name in the address -> units of temperatures, of currents and winds, and of the height of waves."""


@dataclass(frozen=True)
class Unit:
    """How values in the engine's units are read: times `factor` plus `offset`, as `symbol`."""

    symbol: str
    factor: float = 1.0
    offset: float = 0.0

    def of(self, values: Any) -> Any:
        """Return values (a number, an array or a table) in the engine's units in this one."""
        return values * self.factor + self.offset

    def limits(self, ends: tuple[float, float]) -> tuple[float, float]:
        """Return both ends of a range in the engine's units in this one."""
        return self.of(ends[0]), self.of(ends[1])

    def back(self, value: float) -> float:
        """Return a value in this unit in the engine's."""
        return (value - self.offset) / self.factor

    @property
    def of_differences(self) -> "Unit":
        """Return the unit of changes, errors and spreads: a difference knows no zero, so that none is added."""
        return replace(self, offset=0.0)

    @property
    def as_list(self) -> list[Any]:
        """Return symbol, factor and offset, as the map component takes them."""
        return [self.symbol, self.factor, self.offset]


_KNOT = Unit("kn", 3600 / 1852)
_OTHERS: dict[str, dict[str, Unit]] = {
    "si": {},
    "nautical": {"m/s": _KNOT},
    "us": {"°C": Unit("°F", 1.8, 32.0), "m/s": _KNOT, "m": Unit("ft", 1 / 0.3048)},
}


def unit_of(variable: str, system: str, quantity: str = "value") -> Unit:
    """Return the unit of a display variable in a system of `SYSTEMS`; what is no `value` is a difference.

    Lengths other than the height of waves stay in metres, as charts and profiles have them.
    """
    own = DISPLAY_VARIABLES[variable].units
    found = Unit(own) if own == "m" and variable not in WAVES else _OTHERS[system].get(own, Unit(own))
    return found if quantity == "value" else found.of_differences
