"""Tables and cards in git are what their data give now, so that a page read in a checkout has no holes."""

from pathlib import Path

import pytest

from docs.build.fill import OPENING, cards, filled, pages, table
from tests.docs.pages import name, text

CARDS = cards()


@pytest.mark.parametrize("page", pages(), ids=name)
def test_the_tables_of_a_page_are_what_its_data_give(page: Path) -> None:
    assert text(page) == filled(text(page)), "write them anew: python -m docs.build.fill"


@pytest.mark.parametrize("page", CARDS, ids=name)
def test_a_card_in_git_is_what_the_json_beside_the_weights_gives(page: Path) -> None:
    assert text(page) == CARDS[page], "write it anew: python -m docs.build.fill"


def test_every_card_in_git_has_its_weights() -> None:
    page = next(iter(CARDS))
    assert set(page.parent.glob("*.md")) == set(CARDS)


def test_a_figure_that_was_typed_is_replaced_and_the_text_around_it_stays() -> None:
    page = "Before.\n\n<!-- skill: share -->\n\n| 0.99 |\n\n<!-- end -->\n\nAfter.\n"
    assert filled(page) == f"Before.\n\n<!-- skill: share -->\n\n{table('skill', 'share')}\n\n<!-- end -->\n\nAfter.\n"


def test_a_comment_that_nothing_ends_is_refused_and_never_takes_the_end_of_the_next_table() -> None:
    page = "<!-- skill: share -->\n\nKeep this.\n\n<!-- skill: counts -->\n\n<!-- end -->\n"
    with pytest.raises(ValueError, match=r"skill: share .* is not ended"):
        filled(page)


def test_some_pages_have_tables() -> None:
    assert len([page for page in pages() if OPENING.search(text(page))]) > 5
