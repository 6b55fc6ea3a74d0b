"""Pages of the code reference: one page a room, with the docstrings of its public modules."""

from pathlib import Path

from engine.runtime.paths import REPOSITORY

PACKAGES = ("engine", "sample_data")
"""The page of the application (`app`) is no library; docs/architecture.md shows its rooms."""


def rooms() -> dict[str, list[str]]:
    """Return the modules of each room, which is a sub-package of `PACKAGES` or such a package's own top."""
    found: dict[str, list[str]] = {}
    for package in PACKAGES:
        for path in sorted((REPOSITORY / package).rglob("*.py")):
            module = _module(path)
            room = ".".join(module.split(".")[:2]) if path.parent != REPOSITORY / package else package
            found.setdefault(room, []).append(module)
    return dict(sorted(found.items()))


def room_page(room: str, modules: list[str]) -> str:
    """Return the Markdown of a room; mkdocstrings fills in what the modules say."""
    blocks = "\n\n".join(f"::: {module}" for module in modules if module != room)
    return f"# {room}\n\n::: {room}\n    options:\n      show_root_heading: false\n      members: false\n\n{blocks}\n"


def index_page() -> str:
    """Return the Markdown of the first page of the reference: the rooms and what they hold."""
    lines = [f"- [{room}]({room}.md), {len(modules)} modules" for room, modules in rooms().items()]
    introduction = (
        "The docstrings of `engine` and `sample_data`, room by room. Shapes are in backticks: `b` batch, `t` time, `c` channel, "
        "`z` level, `h` row from south to north, `w` column from 0 degrees east. Private names are left out."
    )
    return f"# Code reference\n\n{introduction}\n\n" + "\n".join(lines) + "\n"


def _module(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
