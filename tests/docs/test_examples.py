"""Every example in Python of the documentation runs as it stands on its page."""

from pathlib import Path

import pytest

from tests.docs.pages import PAGES, code_blocks, name

EXAMPLES = [page for page in PAGES if code_blocks(page, "python")]


@pytest.mark.parametrize("page", EXAMPLES, ids=name)
def test_the_examples_of_a_page_run_one_after_another(page: Path) -> None:
    names: dict[str, object] = {"__name__": "example"}
    for number, block in enumerate(code_blocks(page, "python"), start=1):
        exec(compile(block, f"{name(page)}, example {number}", "exec"), names)


def test_everything_that_a_contributor_may_add_has_an_example() -> None:
    assert {page.stem for page in EXAMPLES} >= {"reader", "source", "model", "head", "view", "layer"}
