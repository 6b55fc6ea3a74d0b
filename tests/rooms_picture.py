"""The picture of the rooms, docs/rooms.svg: `python -m tests.rooms_picture` writes it from the order that the tests check.

The same command writes the page of all files, docs/where.md.

Each package is a column, its lowest room at the bottom; each room says in a few words what it holds, from its own docstring.
"""

from html import escape
from textwrap import wrap

from engine.runtime.paths import REPOSITORY
from tests.test_architecture import PACKAGES, ROOMS
from tests.where_page import PAGE, folder_of, page, what_it_holds

PICTURE = REPOSITORY / "docs" / "rooms.svg"
WIDTH, HEIGHT, GAP, TOP = 400, 56, 6, 56
CHARACTERS = 66
"""Of a line of a description that fits its box."""
LINES = 2


def description(room: str) -> list[str]:
    """Return the first sentence of what a room says of itself in lines that fit its box."""
    sentence = what_it_holds(folder_of(room) / "__init__.py").rstrip(".")
    return wrap(sentence, CHARACTERS, max_lines=LINES, placeholder=" ...")


def picture() -> str:
    """Return the picture as SVG."""
    columns = [[room for room in ROOMS if room.split(".")[0] == package] for package in PACKAGES]
    tallest = max(map(len, columns))
    height = TOP + tallest * (HEIGHT + GAP) + 40
    width = len(columns) * (WIDTH + 24) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        "<title>The rooms of GOMS Explorer, the lowest at the bottom of each column</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for column, rooms in enumerate(columns):
        left = 24 + column * (WIDTH + 24)
        parts.append(f'<text x="{left}" y="34" font-size="20" font-weight="bold" fill="#10303f">{PACKAGES[column]}/</text>')
        for place, room in enumerate(rooms):
            y = TOP + (tallest - 1 - place) * (HEIGHT + GAP)
            name = room.partition(".")[2] or "top folder"
            parts.append(
                f'<rect x="{left}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="4" fill="#e8f1f4" stroke="#7fa3b1"/>'
                f'<text x="{left + 10}" y="{y + 17}" font-size="14" font-weight="bold" fill="#10303f">{escape(name)}</text>'
            )
            for line, words in enumerate(description(room)):
                text = f'font-size="12" fill="#2f4450">{escape(words)}</text>'
                parts.append(f'<text x="{left + 10}" y="{y + 33 + 15 * line}" {text}')
    words = "A room imports rooms below it in its column. app imports engine; sample_data imports engine; engine imports neither,"
    parts.append(f'<text x="24" y="{height - 24}" font-size="13" fill="#2f4450">{words} but for its command line.</text>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
