"""Lists whose options are replaced while the browser is still at the old ones."""

import logging
import re
from typing import Any

import pytest
from bokeh.document import Document

from app.state.selection import Selection
from app.views.widgets.bound import bind
from app.views.widgets.lists import DiscreteSlider, RadioButtonGroup, Select
from engine.runtime.paths import REPOSITORY

WATER = {"Temperature": "thetao", "Salinity": "so", "Currents": "speed"}
WAVES = {"Wave height": "swh"}
LISTS = [Select, RadioButtonGroup, DiscreteSlider]


def said(widget: Any, word: str) -> Any:
    """Return what the browser sends for a label: a slider tells the place."""
    return list(WATER).index(word) if isinstance(widget, DiscreteSlider) else word


@pytest.mark.parametrize("kind", LISTS)
def test_a_choice_among_replaced_options_is_answered_by_the_current_value(kind: Any, caplog: pytest.LogCaptureFixture) -> None:
    selection = Selection(variable="thetao")
    widget = bind(selection, "variable", kind(label="Variable", options=WATER, value="thetao"))
    drawn = widget.get_root(Document()).data
    selection.variable = "swh"
    widget.param.update(options=WAVES, value="swh")
    current = drawn.value
    drawn.value = said(widget, "Currents")
    widget._process_events({"value": drawn.value})
    assert (selection.variable, widget.value, drawn.value) == ("swh", "swh", current)
    assert [record.message for record in caplog.records if record.levelno > logging.INFO] == []


@pytest.mark.parametrize("kind", LISTS)
def test_options_that_the_browser_writes_back_are_answered_by_the_current_ones(kind: Any) -> None:
    widget = kind(label="Variable", options=WATER, value="thetao")
    drawn = widget.get_root(Document()).data
    widget.param.update(options=WAVES, value="swh")
    drawn.options = list(WATER)
    widget._process_events({"options": list(WATER), "value": said(widget, "Salinity")})
    assert widget.value == "swh" and drawn.options == list(WAVES)


@pytest.mark.parametrize("kind", LISTS)
def test_a_choice_among_the_options_is_taken(kind: Any) -> None:
    widget = kind(label="Variable", options=WATER, value="thetao")
    widget._process_events({"value": said(widget, "Currents")})
    assert widget.value == "speed"


def test_every_list_of_the_page_answers_late_choices() -> None:
    bare = re.compile(r"(pmui|widgets)\.(Select|RadioButtonGroup|RadioBoxGroup|DiscreteSlider|MultiSelect|AutocompleteInput)\(")
    found = [str(path) for path in (REPOSITORY / "app").rglob("*.py") if bare.search(path.read_text(encoding="utf-8"))]
    assert found == [], "use app.views.widgets.lists"
