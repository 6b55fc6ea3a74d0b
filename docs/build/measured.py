"""Tables of measured figures: one JSON file a table in `docs/measured/`, with command, machine and date."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "measured"
FACTS = ("title", "command", "machine", "date", "origin")


def measured(name: str) -> dict[str, Any]:
    """Return the table called `name`: its facts, `columns` and `rows`; raises KeyError where a fact is missing.

    Where the file has `results`, the lines of JSON that the command printed, cells take figures from them by `str.format`:
    `{0[seconds]:.0f}` is a figure of the first.
    """
    found = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    if results := found.get("results"):
        found["rows"] = [[cell.format(*results) for cell in row] for row in found["rows"]]
    if missing := [fact for fact in FACTS if fact not in found]:
        raise KeyError(f"docs/measured/{name}.json lacks {', '.join(missing)}; expected {', '.join(FACTS)}, columns and rows")
    return found


def measured_table(name: str) -> str:
    """Return the Markdown of a table under its title, and below it when, where and by which command it was measured."""
    found = measured(name)
    commands = "; ".join(f"`{command}`" for command in found["command"].split("; "))
    facts = [f"Measured on {found['date']}, {found['machine']}, by {commands}", found["origin"][:1].upper() + found["origin"][1:]]
    caption = ". ".join((*facts, found.get("note", "").rstrip("."))).rstrip(". ")
    return f"**{found['title']}**\n\n{markdown_table(found['columns'], found['rows'])}\n\n<small>{caption}.</small>"


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table of texts."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
