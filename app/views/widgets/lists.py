"""Lists to choose from that can be given other options while a visitor, or the browser by itself, is still at the old ones."""

import panel_material_ui as pmui

from app.page.panel_workarounds import AnswersLateChoices


class Select(AnswersLateChoices, pmui.Select):  # type: ignore[misc]
    """A list that opens."""


class RadioButtonGroup(AnswersLateChoices, pmui.RadioButtonGroup):  # type: ignore[misc]
    """Buttons of which one is pressed."""


class DiscreteSlider(AnswersLateChoices, pmui.DiscreteSlider):  # type: ignore[misc]
    """A slider whose places are the options."""
