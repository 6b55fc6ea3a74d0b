"""The message of a map: exactly the fields that its kind has."""

import pytest

from app.state.panel_spec import PanelSpec

OF_A_STORE = {
    "key", "kind", "title", "leads", "empty", "store", "variable", "depth_index", "lead_offset", "revision", "lead_shift",
    "has_lead", "quantity", "units", "shown", "speed", "forcing", "notice", "classes",
}  # fmt: skip
LAYERS = {"currents", "wind", "ice", "eddies"}


@pytest.mark.parametrize(
    ("panel", "names"),
    [
        (PanelSpec("forecast", empty="wait"), {"key", "kind", "title", "leads", "empty"}),
        (PanelSpec("reference", quantity="Temperature"), OF_A_STORE),
        (PanelSpec("forecast", quantity="Temperature", store="a"), OF_A_STORE | LAYERS),
        (
            PanelSpec("spread", quantity="Temperature", store="a", own_range=True, palette="amp"),
            OF_A_STORE | LAYERS | {"own_range", "palette"},
        ),
        (
            PanelSpec("difference", kind="difference", of=["forecast", "reference"], quantity="Temperature"),
            {"key", "kind", "of", "title", "quantity", "units", "shown", "palette", "has_lead", "notice", "empty"},
        ),
    ],
    ids=["nothing yet", "no store beside", "a store", "a spread", "a difference"],
)
def test_a_map_is_told_exactly_the_fields_of_its_kind(panel: PanelSpec, names: set[str]) -> None:
    assert panel.to_message().keys() == names
