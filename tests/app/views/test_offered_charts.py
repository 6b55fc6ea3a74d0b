"""Which charts a view offers, and which one is shown when nobody chose."""

import pytest

from app.state.chart_kinds import CHARTS, OFFERED, SECTION, chart_in_force, groups, kinds
from app.state.selection import Selection
from app.state.view_modes import VIEWS


def test_every_view_offers_charts_and_every_chart_has_a_view() -> None:
    assert set(OFFERED) == {name for name, view in VIEWS.items() if view.has_map}
    assert {group for offered in OFFERED.values() for group in offered} == {chart.group for chart in CHARTS.values()}
    assert all(kinds(group) for offered in OFFERED.values() for group in offered)


@pytest.mark.parametrize(
    ("view", "chart"), [("map", "point"), ("kuroshio", "axis"), ("waves", "sea-state"), ("biogeochemistry", "plankton")]
)
def test_a_view_begins_with_its_own_chart(view: str, chart: str) -> None:
    assert chart_in_force(Selection(view=view)) == chart


def test_a_comparison_and_a_line_lead_to_their_charts_on_the_map() -> None:
    assert chart_in_force(Selection(comparison="reference")) == "error"
    assert chart_in_force(Selection(section="137e")) == "section"


def test_a_chart_that_a_view_does_not_offer_gives_way() -> None:
    assert SECTION not in groups(Selection(view="waves"))
    assert chart_in_force(Selection(view="waves", chart="section", section="137e")) == "sea-state"
    assert chart_in_force(Selection(view="waves", chart="error")) == "sea-state"
    assert chart_in_force(Selection(view="waves", chart="error", comparison="reference")) == "error"
