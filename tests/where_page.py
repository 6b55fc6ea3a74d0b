"""The page docs/where.md: every file of every room with the first sentence that it says of itself.

`python -m tests.rooms_picture` writes it beside the picture of the rooms.
"""

import ast
import re
from pathlib import Path

from engine.runtime.paths import REPOSITORY
from tests.test_architecture import PACKAGES, ROOMS, SCRIPTS

PAGE = REPOSITORY / "docs" / "where.md"

INTRODUCTION = """# Where is what

Every file of the three packages, with the first sentence of its docstring or first comment. Search this page for a word. The
sections are the [rooms](glossary.md) in the order of imports: a room imports itself and rooms above it, within its package.
[Architecture](architecture.md) begins with a short table of common tasks. `python -m tests.rooms_picture` writes this page, and a
test fails where it is not up to date."""

COMMENTS = {
    ".js": re.compile(r"((?://[^\n]*\n)+)"),
    ".css": re.compile(r"/\*(.*?)\*/", re.DOTALL),
    ".html": re.compile(r"<!doctype html>\s*<!--(.*?)-->", re.DOTALL | re.IGNORECASE),
}
"""Ending of a script -> the comment at its beginning."""

END_OF_SENTENCE = re.compile(r"(?<!\bal)\.\s+(?=[A-Z`])")


def first_sentence(words: str) -> str:
    """Return the first sentence of the first paragraph of a text, in one line and with a full stop."""
    paragraph = " ".join(words.strip().split("\n\n")[0].split())
    sentence = END_OF_SENTENCE.split(paragraph, maxsplit=1)[0]
    return sentence.rstrip(".") + "." if sentence else ""


def what_it_holds(path: Path) -> str:
    """Return the first sentence of the docstring of a module, or of the first comment of a script; empty where there is none."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return first_sentence(ast.get_docstring(ast.parse(source)) or "")
    found = COMMENTS[path.suffix].match(source)
    return first_sentence(re.sub(r"^//", "", found[1], flags=re.MULTILINE)) if found else ""


def folder_of(room: str) -> Path:
    """Return the folder of a room."""
    return REPOSITORY / Path(*room.split("."))


def files_of(room: str) -> list[Path]:
    """Return the files of a room but its `__init__`, and those of its folders that are no rooms, such as scripts."""
    folder = folder_of(room)
    others = [folder_of(other) for other in ROOMS if other != room and other.startswith(f"{room}.")]
    found = (path for path in folder.rglob("*") if path.suffix in SCRIPTS and "__pycache__" not in path.parts)
    return sorted(path for path in found if path != folder / "__init__.py" and not any(path.is_relative_to(o) for o in others))


def section(room: str) -> str:
    """Return the Markdown of a room: what it says of itself, and a table of its files."""
    folder = folder_of(room)
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    parts = [f"### {folder.relative_to(REPOSITORY).as_posix()}", said]
    if files := files_of(room):
        rows = [f"| `{path.relative_to(REPOSITORY).as_posix()}` | {what_it_holds(path)} |" for path in files]
        parts.append("\n".join(["| file | what it holds |", "| --- | --- |", *rows]))
    return "\n\n".join(parts)


def page() -> str:
    """Return the Markdown of the page."""
    parts = [INTRODUCTION]
    for package in PACKAGES:
        parts.append(f"## The package {package}")
        parts += [section(room) for room in ROOMS if room.split(".")[0] == package]
    return "\n\n".join(parts) + "\n"
