"""The addresses of the show: `show` its page, `show/programme.json` what can be shown now, `show/<version>/...` its files."""

import asyncio
import json
import re
from html import escape
from pathlib import Path
from typing import Any

from tornado.web import authenticated

from app.frames.http import ComponentFiles
from app.loopmap.static_files import SCRIPTS, STATIC_VERSION, version_of
from app.page.panel_workarounds import AuthRequestHandler
from app.services.services import Services
from app.show.programme import programme
from app.text.i18n import LANGUAGES, TAGS, preferred, say, speaking, words_in

STATIC = Path(__file__).parent / "static"

SHOW_VERSION = version_of(STATIC.iterdir())

PAGE = (STATIC / "show.html").read_text(encoding="utf-8")

_SCRIPTS = (*sorted(STATIC.glob("*.js")), *SCRIPTS)


def page(spoken: str, chosen: bool) -> str:
    """Return the show's page in a language; links keep one that was `chosen` in the address.

    It is a page of its own, without a session on the server, so that a screen in a hall costs nothing but its frames.
    """
    other = next(name for name in LANGUAGES if name != spoken)
    with speaking(spoken):
        values = {
            "show": f"show/{SHOW_VERSION}", "loopmap": f"loopmap/{STATIC_VERSION}", "language": spoken, "tag": TAGS[spoken],
            "other": other, "other_tag": TAGS[other], "other_name": LANGUAGES[other],
            "back": f".?language={spoken}" if chosen else ".", "words": json.dumps(words_in(*_SCRIPTS)).replace("</", "<\\/"),
        }  # fmt: skip
        worded = re.sub(r"\{say ([^}]+)\}", lambda found: escape(say(found[1])), PAGE)
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], worded)


def spoken_to(handler: AuthRequestHandler) -> str:
    """Return the language of a request: that of its address, else the browser's."""
    return preferred(handler.get_query_argument("language", ""), handler.request.headers.get("Accept-Language", ""))


class ShowPage(AuthRequestHandler):
    """Answers the page of the show."""

    @authenticated
    async def get(self) -> None:
        """Answer the page; it names versions of files, so it is asked for anew each time."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        asked = self.get_query_argument("language", "")
        self.finish(page(spoken_to(self), asked in LANGUAGES))


class ShowProgramme(AuthRequestHandler):
    """Answers what can be shown now."""

    def initialize(self, services: Services) -> None:
        """Keep what all requests share."""
        self.services = services

    @authenticated
    async def get(self) -> None:
        """Answer the programme as JSON."""
        self.set_header("Cache-Control", "no-store")
        with speaking(spoken_to(self)):
            self.finish(await asyncio.to_thread(programme, self.services))


def patterns(services: Services) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the Tornado patterns to serve beside the page."""
    return [
        (r"/show", ShowPage, {}),
        (r"/show/programme\.json", ShowProgramme, {"services": services}),
        (rf"/show/{SHOW_VERSION}/(.+)", ComponentFiles, {"path": str(STATIC)}),
    ]
