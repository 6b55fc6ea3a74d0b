"""The line of the sections: one from the list, or two clicks on a map."""

from typing import Any

import panel_material_ui as pmui

from app.analysis.section_values import drawn_line
from app.state.scene import Scene
from app.state.selection import Selection
from app.text.i18n import say
from app.text.plain_text import Text
from app.views.widgets.bound import chooser, offer
from engine.diagnostics.sections import LINES

HINT = "Choose a line, or click its two ends on a map."
OTHER_END = "Click the other end of the line."

PAPER_LINE = "equatorial_pacific"
PAPER = {"section": PAPER_LINE, "variable": "thetao", "quantity": "value", "comparison": "reference", "chart": "section"}
"""What the section of the AI-GOMS paper shows (arXiv 2308.03152): forecast and reference below each other."""


class LineControls:
    """The list of lines, and the section of the AI-GOMS paper in one press."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.line = chooser(selection, "section", say("Line"), _lines(selection.section))
        self.line.param.update(width=250, min_width=180, sizing_mode="fixed", margin=(4, 8, 0, 0))
        # No description: a screen reader would read it instead of the label.
        self.paper = pmui.Button(label=say("As in the AI-GOMS paper"), size="small", variant="text", margin=0)
        self.paper.on_click(self._as_in_paper)
        self.words = Text(margin=(0, 0, 0, 4))
        self.objects: list[Any] = [self.line]
        self._end: tuple[float, float] | None = None

    def _as_in_paper(self, _: Any) -> None:
        self.selection.param.update(**PAPER)

    def clicked(self, point: tuple[float, float]) -> None:
        """Take a click on a map as the start of a line, the next one as its end."""
        if self._end is None:
            self._end = point
        else:
            corners = ";".join(f"{lat:.2f},{lon:.2f}" for lat, lon in (self._end, point))
            self._end = None
            self.selection.section = corners

    def path(self) -> list[list[float]]:
        """Return the chosen line as places [latitude, longitude] to draw on the maps; none where there is none."""
        return drawn_line(self.selection.section)

    def show(self, scene: Scene) -> str:
        """Bring `objects`, the widgets of the head of the strip, up to date, and return what is still to do."""
        chosen = self.selection.section
        offer(self.line, _lines(chosen), chosen)
        self.words.object = say(OTHER_END) if self._end is not None else ""
        in_paper = all(getattr(self.selection, name) == value for name, value in PAPER.items() if name != "chart")
        offers = [self.paper] if chosen == PAPER_LINE and self.selection.source == "sample" and not in_paper else []
        self.objects = [self.line, *([self.words] if self._end is not None else []), *offers]
        return say(OTHER_END) if self._end is not None and not chosen else "" if chosen else say(HINT)


def _lines(chosen: str) -> dict[str, str]:
    own = {say("Own line"): chosen} if chosen and chosen not in LINES else {}
    return {say("No line"): "", **own, **{say(line.label): line.name for line in LINES.values()}}
