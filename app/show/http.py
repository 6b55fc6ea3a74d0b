"""The addresses of the show: `show` its page, `show/programme.json` what can be shown now, `show/<version>/...` its files."""

import asyncio
from pathlib import Path
from typing import Any

from bokeh.server.views.auth_request_handler import AuthRequestHandler
from tornado.web import authenticated

from app.frames_http import ComponentFiles
from app.loopmap.static_files import STATIC_VERSION, version_of
from app.services import Services
from app.show.programme import programme

STATIC = Path(__file__).parent / "static"

SHOW_VERSION = version_of(STATIC.iterdir())

PAGE = (
    (STATIC / "show.html")
    .read_text(encoding="utf-8")
    .replace("{show}", f"show/{SHOW_VERSION}")
    .replace("{loopmap}", f"loopmap/{STATIC_VERSION}")
)
"""A page of its own, without a session on the server, so that a screen in a hall costs nothing but its frames."""


class ShowPage(AuthRequestHandler):
    """Answers the page of the show."""

    @authenticated
    async def get(self) -> None:
        """Answer the page; it names versions of files, so it is asked for anew each time."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(PAGE)


class ShowProgramme(AuthRequestHandler):
    """Answers what can be shown now."""

    def initialize(self, services: Services) -> None:
        """Keep what all requests share."""
        self.services = services

    @authenticated
    async def get(self) -> None:
        """Answer the programme as JSON."""
        self.set_header("Cache-Control", "no-store")
        self.finish(await asyncio.to_thread(programme, self.services))


def patterns(services: Services) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the Tornado patterns to serve beside the page."""
    return [
        (r"/show", ShowPage, {}),
        (r"/show/programme\.json", ShowProgramme, {"services": services}),
        (rf"/show/{SHOW_VERSION}/(.+)", ComponentFiles, {"path": str(STATIC)}),
    ]
