"""What the README and the documentation promise is there: links, files, commands, tests, labels of the page, modules."""

import importlib.util
import re
import shlex
from functools import cache
from pathlib import Path

import pytest
import typer

from app.server.options import parser
from app.text.i18n import chinese
from docs.build.measured import FOLDER, measured
from docs.build.site_only import MADE, NAMED, with_links
from docs.build.skill_tables import TABLES
from engine.cli.main import app
from engine.runtime.paths import REPOSITORY
from tests.docs.pages import DOCS, PAGES, README, code_words, commands, links, name, text

LARGEST_GALLERY = 4_000_000
LONGEST_README, LONGEST_GLOSSARY = 120, 60
FOLDERS = ("app/", "assets/", "docs/", "engine/", "sample_data/", "tests/")
TESTS = sorted({(page, *found) for page in PAGES for found in re.findall(r"`([\w/]+\.py)::(test_\w+)`", text(page))})


@cache
def _tests_of(file: str) -> frozenset[str]:
    return frozenset(re.findall(r"^def (test_\w+)", (REPOSITORY / file).read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_file_that_a_page_links_or_shows_is_there(page: Path) -> None:
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_that_the_site_alone_has_is_one_that_the_build_makes(page: Path) -> None:
    assert {found[1] for found in NAMED.finditer(text(page))} <= set(MADE)


def test_a_page_that_the_site_alone_has_is_text_in_git_and_a_link_in_the_site() -> None:
    words = "All scores: `skill.html` in the site that `make docs` builds."
    assert with_links(words, "benchmarks/heads.md") == "All scores: [`skill.html`](../skill.html)."


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_that_a_page_names_is_in_the_repository(page: Path) -> None:
    named = [word for word in code_words(page) if word.startswith(FOLDERS) and "::" not in word and " " not in word]
    assert [word for word in named if not (REPOSITORY / word).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_module_that_a_page_runs_can_be_found(page: Path) -> None:
    modules = re.findall(r"python -m ((?:engine|tests|sample_data|docs)[\w.]+)", text(page))
    assert [module for module in modules if importlib.util.find_spec(module) is None] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_of_a_page_has_the_options_it_is_given(page: Path) -> None:
    unknown = [call for call in commands(page) if not _is_known(shlex.split(call)[1:])]
    assert not unknown


def _is_known(words: list[str]) -> bool:
    """Return whether the command line has this command with these options."""
    given = {word.split("=")[0] for word in words if word.startswith("--")} - {"--help"}
    if words and words[0] == "app":
        return given <= set(parser()._option_string_actions)
    command = typer.main.get_command(app)
    for word in words:
        found = getattr(command, "commands", {}).get(word)
        if found is None:
            break
        command = found
    else:
        word = ""
    is_group = hasattr(command, "commands")
    # A group alone, or followed by a placeholder as in `goms COMMAND --help`, names no option.
    if is_group and word and not word.startswith("-") and not word.isupper():
        return False
    return given <= {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name == "guide"], ids=name)
def test_every_label_in_bold_in_the_guide_is_a_text_of_the_page(page: Path) -> None:
    bold = {re.sub(r"\d+", "{days}", label) for label in re.findall(r"\*\*([^*]+)\*\*", text(page))}
    assert bold <= set(chinese())


@pytest.mark.parametrize(("page", "file", "test"), TESTS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_test_that_a_page_names_exists(page: Path, file: str, test: str) -> None:
    assert test in _tests_of(file)


def test_the_architecture_begins_with_tasks_and_the_file_to_open_for_each() -> None:
    table = text(DOCS / "architecture.md").split("## To find, open")[1].split("## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    assert len(rows) >= 25
    assert all(any(f"`{folder}" in row or f"`{folder[:-1]}`" in row for folder in FOLDERS) for row in rows)


def test_every_feature_of_the_comparison_with_other_viewers_names_a_test() -> None:
    lines = text(DOCS / "comparison.md").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| feature")]
    assert len(rows) > 20
    assert all("::test_" in row for row in rows), "each row ends with the test that backs it"


def test_the_readme_has_the_table_of_the_scores() -> None:
    assert "<!-- skill: headline -->" in text(README)


def test_every_table_that_a_page_asks_for_is_made_from_a_file_with_machine_date_and_command() -> None:
    asked = {found for page in PAGES for found in re.findall(r"<!-- (measured|skill): ([\w-]+) -->", text(page))}
    assert {table for kind, table in asked if kind == "skill"} <= set(TABLES)
    for table in (table for kind, table in asked if kind == "measured"):
        found = measured(table)
        assert found["machine"] and found["date"]
        assert found["command"].startswith(("python -m tests.benchmarks", "goms "))
        assert all(len(row) == len(found["columns"]) for row in found["rows"])


def test_every_file_of_measured_figures_is_shown_somewhere() -> None:
    asked = {found for page in PAGES for found in re.findall(r"<!-- measured: ([\w-]+) -->", text(page))}
    assert {path.stem for path in FOLDER.glob("*.json")} - {"heads"} == asked


def test_readme_and_glossary_are_short() -> None:
    assert len(text(README).splitlines()) <= LONGEST_README
    assert len(text(DOCS / "glossary.md").splitlines()) <= LONGEST_GLOSSARY


def test_the_gallery_stays_small() -> None:
    pictures = list((DOCS / "gallery").glob("*.webp"))
    assert pictures and sum(picture.stat().st_size for picture in pictures) < LARGEST_GALLERY
