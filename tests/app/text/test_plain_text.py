"""What came from outside is text on the page: one component shows it, and nothing else of the library that renders tags."""

import ast
import re
from html import unescape
from pathlib import Path
from typing import Any

import holoviews as hv
import pytest

from app.charts.skill import legend
from app.charts.skill_table import table
from app.charts.style import as_title, framed, words_of_title
from app.text.plain_text import LONGEST, Markup, Text, plain
from engine.runtime.paths import REPOSITORY

SOURCES = sorted((REPOSITORY / "app").rglob("*.py"))
SCRIPTS = sorted(path for ending in ("js", "html") for path in (REPOSITORY / "app").rglob(f"*.{ending}"))
RENDERS_TAGS = {"Typography", "Alert", "StaticText", "HTML", "Markdown", "TooltipIcon", "Markup"}
"""Of the libraries of the page, and what marks a string as HTML."""

IN_SCRIPTS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|ContextualFragment|DOMParser|HTMLUnsafe|\beval\(|new Function"
)
CONSTANT = re.compile(r"\.innerHTML = `([^`]*)`;")
FILLED = re.compile(r'\$\{(?:[A-Z_]+|say\("[^"]*"\))\}')
"""What a script may fill in: constants of its own, and the words of the page."""

ATTACK = '<img src=x onerror="globalThis.hostile=1"> **bold** & {label} ${1} \u202eright to left'


def bare(tree: ast.AST) -> list[int]:
    """Return the lines that hand a component that renders tags something else than a constant, or `say` of one."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _name(node.func) in RENDERS_TAGS and not all(map(_is_constant, _shown(node)))
    ]


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _shown(call: ast.Call) -> list[ast.expr]:
    return call.args[:1] + [keyword.value for keyword in call.keywords if keyword.arg in ("object", "value", "title")]


def _is_constant(value: ast.expr) -> bool:
    if isinstance(value, ast.Call) and _name(value.func) == "say":
        return not value.keywords and all(map(_is_constant, value.args))
    return isinstance(value, ast.Constant)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_only_the_component_for_text_is_handed_what_is_no_constant(path: Path) -> None:
    assert not bare(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "line",
    ["pmui.Typography(label)", 'pn.pane.HTML(f"<b>{label}</b>")', 'Markup("<b>" + label)', 'pmui.Typography(say("{x}", x=label))',
     "pn.pane.Markdown(object=label)", "pmui.Alert(title=label)"],
)  # fmt: skip
def test_a_bare_use_is_found(line: str) -> None:
    assert bare(ast.parse(line)) == [1]


@pytest.mark.parametrize(
    "line", ['pmui.Typography(say("Field"), margin=wide)', 'Markup("<b>{}</b>").format(label)', "Text(label)"]
)
def test_constants_and_what_is_escaped_are_allowed(line: str) -> None:
    assert not bare(ast.parse(line))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_make_html_of_constants_alone(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if path.name == "markup.js":
        source = source.replace("element.innerHTML = element.madeOf = made.html;", "")
    constants = CONSTANT.findall(source)
    assert all("${" not in FILLED.sub("", made) for made in constants)
    assert not IN_SCRIPTS.search(CONSTANT.sub("", source))


@pytest.mark.parametrize("words", [ATTACK, "</div><script>hostile=1</script>", "&lt;b&gt;", "$$x$$", "", "a\nb"])
def test_text_is_shown_letter_by_letter(words: str) -> None:
    shown: Any = Text(words).get_root()
    in_browser = unescape(shown.text)  # Panel's pane of HTML is sent with its markup escaped
    assert "<" not in in_browser and unescape(in_browser) == words


def test_words_that_change_are_text_too() -> None:
    pane = Text()
    shown: Any = pane.get_root()
    pane.object = ATTACK
    assert "<" not in unescape(shown.text)


def test_markup_is_rendered_and_what_is_put_into_it_is_text() -> None:
    shown: Any = Text(Markup("<b>{}</b>").format("<i>")).get_root()
    assert unescape(shown.text) == "<b>&lt;i&gt;</b>"


def test_a_name_is_one_line_of_visible_letters() -> None:
    assert plain("a\u202eb\x00c\u2066\n\td  e\u200b") == "abc d e"
    assert plain("GOMS 小 é ½°") == "GOMS 小 é ½°"
    assert plain(None) == "None" and plain(["x"]) == "['x']"


def test_a_name_of_ten_thousand_letters_is_cut_and_says_so() -> None:
    assert len(plain("n" * 10_000)) == LONGEST and plain("n" * 10_000).endswith("…")
    assert plain("n" * LONGEST) == "n" * LONGEST


def test_names_of_models_in_a_result_are_text_in_legend_and_table() -> None:
    assert "<img" not in legend({"small": ATTACK}, ["small"])
    assert "<img" not in table({ATTACK: {}}, {}, ATTACK)


@pytest.mark.parametrize("words", ["{label}", "{label.__class__}", "{}", "{0", "}", "{{x}}", ATTACK])
def test_braces_in_the_title_of_a_chart_are_letters(words: str) -> None:
    chart = framed(hv.Overlay([hv.Curve([(0, 1), (1, 2)])]), "light", title=words)
    assert hv.render(chart).title.text == words.strip()
    assert words_of_title(as_title(words)) == words
