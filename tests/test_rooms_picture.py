"""The picture of the rooms is that of the tree."""

from tests.rooms_picture import PICTURE, description, picture
from tests.test_architecture import ROOMS


def test_the_picture_in_the_docs_is_the_one_that_is_made_now() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(), "make it anew: python -m tests.rooms_picture"


def test_each_room_is_described() -> None:
    assert all(description(room) for room in ROOMS)
