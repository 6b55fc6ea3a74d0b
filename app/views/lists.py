"""Lists to choose from that can be given other options while a visitor, or the browser by itself, is still at the old ones."""

from contextlib import suppress
from typing import Any

import panel_material_ui as pmui

ECHOED = ("options", "value")


class _AnswersLateChoices:
    """Answers a choice among options that have been replaced meanwhile with the options and the value that are in force.

    The browser writes back what it has drawn, so that after two changes in a row it may send what the first one was.
    """

    param: Any

    def _process_property_change(self, props: dict[str, Any]) -> dict[str, Any]:
        # No visitor changes options: those that the browser sends are old ones.
        if "options" not in props:
            with suppress(ValueError, IndexError):  # a label or place that is not among the options any more
                return dict(super()._process_property_change(props))  # type: ignore[misc]
        self.param.trigger(*ECHOED)
        others = {name: value for name, value in props.items() if name not in ECHOED}
        return dict(super()._process_property_change(others))  # type: ignore[misc]


class Select(_AnswersLateChoices, pmui.Select):  # type: ignore[misc]
    """A list that opens."""


class RadioButtonGroup(_AnswersLateChoices, pmui.RadioButtonGroup):  # type: ignore[misc]
    """Buttons of which one is pressed."""


class DiscreteSlider(_AnswersLateChoices, pmui.DiscreteSlider):  # type: ignore[misc]
    """A slider whose places are the options."""
