"""How the field of a selection is coloured: palette, scale and limits, the same for the map and for every export."""

from dataclasses import dataclass

import numpy as np

from app.data.readers import field_name
from app.state.selection import Selection
from app.style.colour_limits import colour_limits
from app.style.palettes import style_of


@dataclass(frozen=True)
class ColourChoice:
    """What a selection asks of the colours; `limits` are given where `range_mode` is fixed."""

    palette: str
    range_mode: str
    log_scale: bool
    limits: tuple[float, float] | None

    def limits_of(self, values: np.ndarray) -> tuple[float, float]:
        """Return the limits for `values` (any shape, NaN ignored), round figures as on the map."""
        if self.limits is not None:
            return self.limits
        return colour_limits(values, self.range_mode, self.log_scale)


def colour_choice(selection: Selection, variable: str) -> ColourChoice:
    """Return palette, range and scale for a variable: the chosen ones, else those of its style."""
    style = style_of(field_name(variable, selection.quantity))
    wants_log = selection.range_mode == "log" or (selection.range_mode == "auto" and style.log_scale)
    mode = style.range_mode if selection.range_mode in ("auto", "log") else selection.range_mode
    if mode == "fixed" and selection.limits is None:
        mode = style.range_mode
    palette = style.palette if selection.palette == "auto" else selection.palette
    limits = selection.limits if mode == "fixed" else None
    return ColourChoice(palette, mode, wants_log and log_fits(selection, variable), limits)


def log_fits(selection: Selection, variable: str) -> bool:
    """Return whether a logarithmic palette makes sense: the variable is positive and shown as it is."""
    return (variable == "speed" or style_of(variable).log_scale) and selection.quantity == "value"
