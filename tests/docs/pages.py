"""The pages of the documentation and what they name."""

import re
from functools import cache
from pathlib import Path

from engine.runtime.paths import REPOSITORY

DOCS = REPOSITORY / "docs"
README = REPOSITORY / "README.md"
PAGES = [README, *sorted(path for path in DOCS.rglob("*.md"))]


@cache
def text(page: Path) -> str:
    """Return the Markdown of a page."""
    return page.read_text(encoding="utf-8")


def name(page: Path) -> str:
    """Return the path of a page from the top of the repository."""
    return page.relative_to(REPOSITORY).as_posix()


def links(page: Path) -> list[str]:
    """Return the links and pictures of a page that lie in the repository, without their anchors."""
    found = re.findall(r'(?:\]\(|src="|href=")([^)"#\s]+)', text(page))
    return sorted({link for link in found if "://" not in link})


def code_words(page: Path) -> list[str]:
    """Return what stands in backticks within sentences and tables."""
    prose = re.sub(r"```.*?```", "", text(page), flags=re.DOTALL)
    return re.findall(r"`([^`\n]+)`", prose)


def code_blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", text(page), re.DOTALL)


def commands(page: Path) -> list[str]:
    """Return every call of `goms` in code, one a line, without its comment."""
    lines = [line for block in code_blocks(page, "sh") for line in block.splitlines()] + code_words(page)
    calls = [re.split(r"\s+#", line)[0].strip() for line in lines]
    return sorted({call.removeprefix(".venv/bin/") for call in calls if re.match(r"(\.venv/bin/)?goms( |$)", call)})
