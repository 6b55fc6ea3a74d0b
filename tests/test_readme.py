"""What the README promises is there: its pictures and links, and the test behind each feature it claims."""

import re
from functools import cache

import pytest

from engine.runtime.paths import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
LARGEST_GALLERY = 4_000_000

LINKS = sorted({link for link in re.findall(r'(?:\]\(|src="|href=")([^)"#]+)', README) if "://" not in link})
TESTS = sorted(set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", README)))


@cache
def _tests_of(file: str) -> frozenset[str]:
    return frozenset(re.findall(r"^def (test_\w+)", (REPOSITORY / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("link", LINKS)
def test_every_file_that_the_readme_shows_or_links_is_there(link: str) -> None:
    assert (REPOSITORY / link).exists()


def test_every_feature_in_the_table_of_the_readme_names_a_test() -> None:
    table = README.split("Beside other viewers")[1].split("\n\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| |")]
    assert len(rows) > 20
    assert all("`" in row for row in rows), "each row ends with the test that backs it"
    assert TESTS


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_a_test_that_the_readme_names_exists(file: str, name: str) -> None:
    assert name in _tests_of(file)


def test_the_gallery_stays_small() -> None:
    pictures = list((REPOSITORY / "docs" / "gallery").glob("*.webp"))
    assert pictures and sum(picture.stat().st_size for picture in pictures) < LARGEST_GALLERY
