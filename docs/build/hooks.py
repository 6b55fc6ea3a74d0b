"""What MkDocs calls: pages that the site alone has, and links to them."""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from docs.build.code_reference import index_page, room_page, rooms
from docs.build.command_line import command_page
from docs.build.model_cards import WEIGHTS, card_paths
from docs.build.skill_page import skill_report
from engine.runtime.paths import REPOSITORY

INCLUDED = {"changelog.md": "CHANGELOG.md"}
"""Page -> the file at the top of the repository that it shows."""

SITE_ONLY = re.compile(r"`([\w/]+)\.html` in the site that `make docs` builds")
"""How a page in git names a page that the site alone has; in the site it becomes a link."""


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that the site alone has: code reference, command line, report of skill, changelog."""
    made = {f"reference/{room}.md": room_page(room, modules) for room, modules in rooms().items()}
    made |= {"reference/index.md": index_page(), "skill.html": skill_report(), "guide/commands.md": command_page()}
    made |= {page: (REPOSITORY / source).read_text(encoding="utf-8") for page, source in INCLUDED.items()}
    for name, content in made.items():
        files.append(File.generated(config, name, content=content))
    # The loss of each training lies beside its weights.
    for path in card_paths():
        picture = path.with_name(f"{path.stem}_loss.png")
        files.append(File.generated(config, f"models/{picture.name}", abs_src_path=str(picture)))
    return files


def on_page_markdown(markdown: str, page: Any, files: Files, **more: Any) -> str:
    """Link what the site alone has, and show the pictures of model cards from beside them."""
    folder = posixpath.dirname(page.file.src_uri)

    def link(found: re.Match[str]) -> str:
        source = f"{found[1]}.md" if files.get_file_from_path(f"{found[1]}.md") else f"{found[1]}.html"
        return f"[`{found[1]}.html`]({posixpath.relpath(source, folder or '.')})"

    return SITE_ONLY.sub(link, markdown).replace(f"]({WEIGHTS}/", "](")


def on_config(config: Any) -> Any:
    """Add the made pages to the navigation, and build again when their data change while `mkdocs serve` runs."""
    sections = {title: pages for entry in config.nav for title, pages in entry.items()}
    sections["Model cards"] += [f"models/{path.stem}.md" for path in card_paths()]
    sections["Code reference"] += [{room: f"reference/{room}.md"} for room in rooms()]
    config.watch += [str(REPOSITORY / "assets" / "weights"), str(REPOSITORY / "assets" / "skill"), str(Path(__file__).parent)]
    return config
