"""What MkDocs calls: pages that the site alone has, and links to them."""

from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from docs.build.code_reference import index_page, room_page, rooms
from docs.build.command_line import command_page
from docs.build.model_cards import WEIGHTS, card_paths
from docs.build.site_only import with_links
from docs.build.skill_page import skill_report
from engine.runtime.paths import REPOSITORY

INCLUDED = {"changelog.md": "CHANGELOG.md"}
"""Page -> the file at the top of the repository that it shows."""


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


def on_page_markdown(markdown: str, page: Any, **more: Any) -> str:
    """Link what the site alone has, and show the pictures of model cards from beside them."""
    return with_links(markdown, page.file.src_uri).replace(f"]({WEIGHTS}/", "](")


def on_config(config: Any) -> Any:
    """Add the made pages to the navigation, and build again when their data change while `mkdocs serve` runs."""
    sections = {title: pages for entry in config.nav for title, pages in entry.items()}
    sections["Model cards"] += [f"models/{path.stem}.md" for path in card_paths()]
    sections["Code reference"] += [{room: f"reference/{room}.md"} for room in rooms()]
    config.watch += [str(REPOSITORY / "assets" / "weights"), str(REPOSITORY / "assets" / "skill"), str(Path(__file__).parent)]
    return config
