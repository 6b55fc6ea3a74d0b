"""The words of the page in the language of a visit: English is written where it is used, Chinese stands in one table.

The language is that of the address (`language=zh`), else the one the browser prefers, else English, and stays the same for the
whole visit. What the engine says of its errors stays English, as do saved files: their pictures must not depend on the fonts of
the machine that draws them. `tests/app/text/test_i18n.py` holds the table and the sources together.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path

import panel as pn

LANGUAGES = {"en": "English", "zh": "中文"}
"""Name in the address -> how a language calls itself."""

TAGS = {"en": "en", "zh": "zh-Hans"}
"""Name in the address -> its tag in HTML (BCP 47)."""

TABLE = Path(__file__).with_name("chinese.json")

_FIGURE = re.compile(r"\d[\d.:-]*\d|\d")
_spoken: ContextVar[str] = ContextVar("spoken", default="")


@cache
def chinese() -> Mapping[str, str]:
    """Return the table: English text -> Chinese text, whatever view it belongs to."""
    views = json.loads(TABLE.read_text(encoding="utf-8"))
    return {english: text for view in views.values() for english, text in view.items()}


def language() -> str:
    """Return the language of the visit at hand; English where there is none, as in a notebook or a saved file."""
    if spoken := _spoken.get():
        return spoken
    asked = pn.state.session_args.get("language", [b""])[0].decode(errors="replace")
    return preferred(asked, str(pn.state.headers.get("Accept-Language", "")))


@lru_cache(maxsize=256)
def preferred(asked: str, accepted: str) -> str:
    """Return the language that an address asks for, else the first of an Accept-Language header that is spoken, else English."""
    if asked in LANGUAGES:
        return asked
    weighed = []
    for part in accepted.split(","):
        tag, _, weight = part.partition(";q=")
        name = tag.strip().lower().partition("-")[0]
        if name in LANGUAGES:
            weighed.append((float(weight) if re.fullmatch(r"[01](\.\d*)?", weight.strip()) else 1.0, name))
    return max(weighed, key=lambda each: each[0], default=(1.0, "en"))[1]


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Speak a language in this block, wherever it runs: threads and requests know of no visit."""
    token = _spoken.set(name)
    try:
        yield
    finally:
        _spoken.reset(token)


def say(text: str, /, **values: object) -> str:
    """Return English `text` in the language of the visit, its named places filled in, such as `{days}` or `{metres:g}`."""
    found = chinese().get(text, text) if language() == "zh" else text
    return found.format(**values) if values else found


def say_progress(doing: str) -> str:
    """Return what a job in another process does, in the language of the visit: each part of it stands in the table with `#`s."""

    def part(text: str) -> str:
        figures = iter(_FIGURE.findall(text))
        return re.sub("#", lambda _: next(figures), say(_FIGURE.sub("#", text)))

    return "".join(map(part, re.split("(, |: )", doing)))


def listed(parts: Iterable[str]) -> str:
    """Return parts that are not empty, with a comma of the language between them."""
    return say(", ").join(filter(None, parts))


def words_in(*files: Path) -> dict[str, str]:
    """Return the part of the table that scripts of the browser need, as {English: text}; nothing where the page is English."""
    return _in_sources(files) if language() == "zh" else {}


@cache
def _in_sources(files: tuple[Path, ...]) -> dict[str, str]:
    sources = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return {english: text for english, text in chinese().items() if english in sources}
