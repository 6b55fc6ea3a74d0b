"""Two languages from one table: nothing said lacks its Chinese, nothing in the table is without use, figures stay in place."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from string import Formatter

import numpy as np
import pytest

from app.analysis.skill import OTHER_LABELS, WATERS
from app.charts.drawings.skill import HEADINGS
from app.components.save_menu import KINDS, SKILL_KINDS
from app.data.lagged_reader import STATISTICS
from app.loopmap.static_files import SCRIPTS
from app.show.scenes import TOUR
from app.state.chart_kinds import CHARTS
from app.state.selection import BAND_LABELS, LAYERS, LAYOUTS, RANGE_MODES
from app.state.view_modes import VIEWS
from app.text.i18n import TABLE, chinese, language, listed, preferred, say, say_progress, speaking, words_in
from app.text.labels import MODEL_LABELS, date_label
from app.text.place_names import place_names
from engine.diagnostics import DISPLAY_VARIABLES, QUANTITIES
from engine.diagnostics.douglas_scale import DOUGLAS
from engine.diagnostics.sections import LINES
from engine.runtime.paths import REPOSITORY
from engine.schema.regions import REGIONS
from engine.schema.variables import PLANKTON, VARIABLES

SOURCES = sorted((REPOSITORY / "app").rglob("*.py"))
BROWSER = sorted(path for ending in ("js", "html") for path in (REPOSITORY / "app").rglob(f"*.{ending}"))
SAID_IN_SCRIPTS = re.compile(r'(?<![\w.])say\(\s*"((?:[^"\\]|\\.)*)"')
SAID_IN_HTML = re.compile(r"\{say ([^}]+)\}")

NAMES = {"GOMS small", "GOMS base", "AI-GOMS", "FourCastNet", "RMSE", ""}
"""Of models and scores: the same in both languages."""


def labels() -> Iterator[str]:
    """Yield what is said of lists kept in one place."""
    for view in VIEWS.values():
        yield from (view.label, view.without, view.remark)
    for chart in CHARTS.values():
        yield from (chart.group, chart.label)
    for names in (LAYERS, LAYOUTS, RANGE_MODES, BAND_LABELS, MODEL_LABELS, QUANTITIES, STATISTICS, KINDS, SKILL_KINDS):
        yield from names.values()
    yield from (*OTHER_LABELS.values(), *HEADINGS.values())
    for table in (DISPLAY_VARIABLES, REGIONS, LINES, WATERS):
        yield from (each.label for each in table.values())
    yield from (state.name for state in DOUGLAS)
    yield from (VARIABLES[name].long_name for name in PLANKTON)
    yield from (place.name for place in place_names())
    for scene in TOUR:
        yield from (scene.title, *scene.caption, *(place.name for place in scene.places))


@cache
def trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES)


def texts(node: ast.expr, named: dict[str, list[ast.expr]]) -> Iterator[str]:
    """Yield the texts that an expression may be: a literal, either side of a choice, or what a name was set to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*texts(node.body, named), *texts(node.orelse, named))
    elif isinstance(node, ast.Name):
        for value in named.get(node.id, []):
            if not isinstance(value, ast.Name):
                yield from texts(value, named)


def said() -> set[str]:
    """Return every text that the sources hand to `say`, and those of the lists."""
    found = set(labels())
    for tree in trees():
        named: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and node.args:
                found |= set(texts(node.args[0], named))
    for path in BROWSER:
        text = path.read_text(encoding="utf-8")
        found |= {*SAID_IN_SCRIPTS.findall(text), *SAID_IN_HTML.findall(text)}
    return found - NAMES


def written() -> tuple[set[str], str]:
    """Return every literal of app and engine, figures of those made with them as `#`, and the text of the browser's files."""
    found = set(labels())
    for path in (*SOURCES, *(REPOSITORY / "engine").rglob("*.py"), *(REPOSITORY / "sample_data").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = (str(part.value) if isinstance(part, ast.Constant) else "#" for part in node.values)
                found |= set(re.split(", |: ", "".join(parts)))
    # `engine.sources.protocols.day_name` writes a day of the sample ocean into other messages.
    found |= {text.replace("(#)", "(sample day #)") for text in found}
    return found, "\n".join(path.read_text(encoding="utf-8") for path in (*BROWSER, *SCRIPTS))


def fields(text: str) -> set[str]:
    """Return the names of the places of a text, whatever part of their value it writes, and how many figures it takes over."""
    return {name.partition(".")[0] for _, name, _, _ in Formatter().parse(text) if name} | {"#" * text.count("#")}


def test_whatever_is_said_stands_in_the_table() -> None:
    assert sorted(said() - set(chinese())) == []


def test_whatever_stands_in_the_table_is_written_somewhere_and_once() -> None:
    literals, scripts = written()
    assert [text for text in chinese() if text not in literals and text not in scripts] == []
    views = json.loads(TABLE.read_text(encoding="utf-8"))
    assert sum(map(len, views.values())) == len(chinese())


def test_both_texts_of_the_table_have_the_same_places_to_fill_in() -> None:
    assert [text for text, translated in chinese().items() if fields(text) != fields(translated)] == []
    assert all(translated.strip() or not text.strip() for text, translated in chinese().items())


@pytest.mark.parametrize(
    ("asked", "accepted", "spoken"),
    [
        ("", "", "en"),
        ("zh", "en-GB,en;q=0.9", "zh"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "fr,en;q=0.5,zh;q=0.7", "zh"),
        ("en", "zh-TW", "en"),
        ("fr", "de, *;q=0.1", "en"),
        ("", "zh;q=nonsense", "zh"),
    ],
)
def test_the_address_decides_the_language_then_the_browser_then_it_is_english(asked: str, accepted: str, spoken: str) -> None:
    assert preferred(asked, accepted) == spoken


def test_without_a_visit_english_is_spoken_and_a_block_speaks_its_own_language() -> None:
    assert language() == "en" and say("Salinity") == "Salinity" and words_in(*SCRIPTS) == {}
    with speaking("zh"):
        assert say("Salinity") == "盐度"
        assert say("{count} places", count=3) == "3 个地点"
        assert listed(("A", "", "B")) == "A，B"
        assert words_in(*SCRIPTS)["Pacific Ocean"] == "太平洋"
    assert say("Salinity") == "Salinity"


def test_what_another_process_does_is_said_part_by_part_with_its_figures() -> None:
    assert say_progress("reference day 3 of 30, 12 s left") == "reference day 3 of 30, 12 s left"
    with speaking("zh"):
        assert say_progress("day 3 of 30") == "第 3 天，共 30 天"
        assert say_progress("scoring forecast 2 of 5, day 7") == "正在检验第 2 个预报，共 5 个，第 7 天"
        assert say_progress("something new, 7 by 9") == "something new，7 by 9"


def test_a_sample_day_is_a_sample_day_in_chinese_too() -> None:
    with speaking("zh"):
        assert date_label(np.datetime64("2019-06-23"), sample=True) == "样本第120天（相当于6月23日）"
