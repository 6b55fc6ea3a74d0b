"""The picture of the rooms and the page of all files are those of the tree."""

from pathlib import Path

import pytest

from engine.runtime.paths import REPOSITORY
from tests.rooms_picture import PICTURE, description, picture
from tests.test_architecture import ROOMS
from tests.where_page import PAGE, files_of, first_sentence, page, what_it_holds

FILES = [path for room in ROOMS for path in files_of(room)]


def test_the_picture_in_the_docs_is_the_one_that_is_made_now() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(), "make it anew: python -m tests.rooms_picture"


def test_the_page_of_all_files_is_the_one_that_is_made_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make it anew: python -m tests.rooms_picture"


def test_each_room_is_described() -> None:
    assert all(description(room) for room in ROOMS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_each_file_says_what_it_holds(path: Path) -> None:
    sentence = what_it_holds(path)
    assert len(sentence.split()) >= 3 and "|" not in sentence, "one sentence for a cell of a table"


def test_scripts_and_styles_are_on_the_page_too() -> None:
    names = {path.relative_to(REPOSITORY).as_posix() for path in FILES}
    assert {"app/loopmap/static/codec.js", "app/style/theme.css", "app/access/login.html"} <= names


def test_the_first_sentence_goes_beyond_an_abbreviation_and_ends_with_the_paragraph() -> None:
    assert first_sentence("The network of\nXiong et al. Wide. It is deep.") == "The network of Xiong et al. Wide."
    assert first_sentence("A store\n\nIt is read. So it is.") == "A store."
