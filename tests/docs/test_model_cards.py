"""Cards say what a network is: made from the JSON card of its weights, with what was set by hand and what masking was."""

import json

import pytest

from docs.build.card_texts import HOW_SET, NO_MASKING, PUBLISHED_MASKING, SHARED_PHYSICS, SIMULATION
from docs.build.model_cards import card_page, card_paths

PATHS = {path.stem: path for path in card_paths()}


def test_every_file_of_weights_has_a_card() -> None:
    weights = {path.stem for path in next(iter(PATHS.values())).parent.glob("*.safetensors")}
    assert weights == set(PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_a_card_names_its_weights_and_says_that_scores_are_of_a_simulation(name: str) -> None:
    page = card_page(PATHS[name])
    assert json.loads(PATHS[name].read_text(encoding="utf-8"))["sha256"] in page
    assert (SHARED_PHYSICS in page) or (SIMULATION in page)


def test_the_card_of_small_says_what_it_is_and_what_was_set_by_hand() -> None:
    page = card_page(PATHS["small"])
    assert "physics-guided evolution network with modulation (FiLM) from a Fourier backbone" in " ".join(page.split())
    assert NO_MASKING in page
    assert SHARED_PHYSICS in page and HOW_SET in page and "dissipation was then set to 0.08 by hand" in page


def test_masking_is_told_only_where_the_plan_has_it() -> None:
    assert PUBLISHED_MASKING in card_page(PATHS["aigoms-small"])
    assert NO_MASKING in card_page(PATHS["fourcastnet"])
