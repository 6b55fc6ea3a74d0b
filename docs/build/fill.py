"""Writes into the pages in git what is made from data: `python -m docs.build.fill`.

A page names a table in a comment, and another comment ends it. What stands between them is written anew:

    <!-- measured: waves -->
    <!-- end -->

`measured` is a file of `docs/measured`, `skill` a table of `docs/build/skill_tables.py`,
`catalogue: providers` that of `docs/build/provider_table.py`. Model cards are written whole.
"""

import re
from pathlib import Path

from docs.build.measured import measured_table
from docs.build.model_cards import card_page, card_paths
from docs.build.provider_table import provider_table
from docs.build.skill_tables import TABLES
from engine.runtime.paths import REPOSITORY

DOCS = REPOSITORY / "docs"
OPENING = re.compile(r"<!-- (measured|skill|catalogue): ([\w-]+) -->")
BLOCK = re.compile(OPENING.pattern + r"\n(?:(?!<!-- (?:measured|skill|catalogue): ).)*?<!-- end -->", re.DOTALL)


def pages() -> list[Path]:
    """Return the pages that may name tables: the README and all of `docs` but the model cards."""
    return [REPOSITORY / "README.md", *sorted(path for path in DOCS.rglob("*.md") if path.parent != DOCS / "models")]


def table(kind: str, name: str) -> str:
    """Return the Markdown of a table; raises KeyError or FileNotFoundError where it is not known."""
    made = {"measured": measured_table, "skill": lambda name: TABLES[name](), "catalogue": lambda name: provider_table()}
    return made[kind](name)


def filled(text: str) -> str:
    """Return the Markdown of a page with the tables that its data give now; raises ValueError for a comment that nothing ends."""
    blocks = {found.start() for found in BLOCK.finditer(text)}
    for opening in OPENING.finditer(text):
        if opening.start() not in blocks:
            raise ValueError(f"{opening[0]} is not ended; expected <!-- end --> before the next table: add it")
    return BLOCK.sub(lambda found: f"<!-- {found[1]}: {found[2]} -->\n\n{table(found[1], found[2])}\n\n<!-- end -->", text)


def cards() -> dict[Path, str]:
    """Return the page of each model card and its Markdown."""
    return {DOCS / "models" / f"{path.stem}.md": card_page(path) for path in card_paths()}


def fill() -> list[Path]:
    """Write the pages and cards that are not up to date, and return them."""
    made = {page: filled(page.read_text(encoding="utf-8")) for page in pages()} | cards()
    stale = [page for page, text in made.items() if not page.exists() or page.read_text(encoding="utf-8") != text]
    for page in stale:
        page.parent.mkdir(exist_ok=True)
        page.write_text(made[page], encoding="utf-8")
    return stale


if __name__ == "__main__":
    for written in fill():
        print(written.relative_to(REPOSITORY).as_posix())
