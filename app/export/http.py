"""The address of exports: `export/<what>.<ending>?<the page's own address>` answers what that page shows, as a file.

`map.png`, `map.svg`, `loop.mp4`, `loop.gif`, `chart.png`, `chart.svg`, `chart.csv`, `data.nc`, `data.zarr.zip`, `data.csv`,
`point.csv`, `skill.png`, `skill.svg`, `skill.csv`, `view.py`. No session is needed: whoever has the address of a page has its
pictures and numbers, too.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import BoundedSemaphore
from typing import Any

import numpy as np
from tornado.web import authenticated

from app.access.limits import MOST_EXPORTS
from app.analysis import skill
from app.export import charts, data, film, picture
from app.export.code import script
from app.export.frame import Colouring, Extent, Frame, frames
from app.page.panel_workarounds import AuthRequestHandler
from app.services.services import Services
from app.state.colour_choice import colour_choice
from app.state.map_view import ASPECT, untouched, view_of
from app.state.nearest_address import refuse_instead
from app.state.scene import shown_variable
from app.state.scene_builder import build_scene
from app.state.selection import Selection, from_address
from engine.runtime.errors import InputError, ResourceError
from engine.runtime.failures import failure_of
from engine.schema.regions import REGIONS

NO_ROOM = (
    "the server lacks the disk or the memory for this file: choose a smaller region or fewer maps, or ask whoever runs it to "
    "free space where temporary files lie (TMPDIR)"
)

SKILL_FILES = ("skill.png", "skill.svg", "skill.csv")
"""What there is of the view without maps."""

LOOK = (0.0, 0.5, 1.0)
"""Days from which the limits of the colours are taken, as shares of the loop."""


class Export:
    """What one address shows, as every kind of file.

    Raises InputError for an address or a scene that shows nothing, and where it would show something else than is asked for.
    """

    def __init__(self, services: Services, arguments: dict[str, str]) -> None:
        self.services = services
        self.selection = from_address(arguments)
        if untouched(self.selection) and (region := REGIONS.get(self.selection.region)) is not None:
            self.selection.latitude, self.selection.longitude, self.selection.span = view_of(region)
        self.scene = build_scene(self.selection, services)
        refuse_instead(arguments, self.selection, services, self.scene)
        self.leads = [lead for lead in self.scene.leads if lead in self.scene.panels[0].leads]
        if not self.leads:
            raise InputError(f"{self.scene.panels[0].empty}; nothing can be saved yet")
        self._lead_is_asked_for = "lead" in arguments
        self.lead = min(self.leads, key=lambda lead: abs(lead - int(self.selection.lead)))

    @property
    def extent(self) -> Extent:
        """Return the bounds of the view (south, north, west, east) in degrees."""
        middle, span = float(self.selection.latitude), min(float(self.selection.span), 360.0)
        west = float(self.selection.longitude) % 360 - span / 2
        if span > 330:
            return -80.0, 90.0, west, west + span
        half = span / ASPECT / 2
        return max(middle - half, -90.0), min(middle + half, 90.0), west, west + span

    def file(self, name: str) -> tuple[bytes, str]:
        """Return the body and media type of a file such as `map.png`; raises InputError for a name that is not made."""
        what, _, ending = name.partition(".")
        if what == "map" and ending in picture.FORMATS:
            self._refuse_another_day()
            return picture.picture(self._frames(self.lead), ending, self.selection.theme), picture.FORMATS[ending]
        if what == "chart" and ending in (*picture.FORMATS, "csv"):
            shown = charts.charts_of(self.services, self.selection, self.scene, self.extent, self.lead)
            return _chart_file(shown, ending, self.selection.theme)
        if what == "loop" and ending in film.FORMATS:
            return film.film(self._film_frames, self._drawn_leads(), ending, self.selection.theme), film.FORMATS[ending]
        if what == "data" and ending in data.FORMATS:
            return data.saved(data.dataset(self.services, self.scene, self.extent), ending), data.FORMATS[ending]
        if name == "point.csv":
            return data.point_table(self.services, self.selection, self.scene), data.FORMATS["csv"]
        if name == "view.py":
            self._refuse_another_day()
            return script(self.selection, self.scene, self.extent, self.lead).encode(), "text/x-python"
        raise InputError(f"there is no export {name!r}; expected map.png, map.svg, loop.mp4, loop.gif, chart.png, chart.svg, "
                         "chart.csv, data.nc, data.zarr.zip, data.csv, point.csv or view.py")  # fmt: skip

    def _refuse_another_day(self) -> None:
        """Refuse a picture of a day that the map lacks, while a run goes on or where a day is missing: it would show another."""
        asked = int(self.selection.lead)
        if self._lead_is_asked_for and asked not in self.leads:
            raise InputError(
                f"the map has nothing for day {asked}; expected one of its {len(self.leads)} days from {self.leads[0]} to "
                f"{self.leads[-1]}: choose a day that is drawn"
            )

    def _drawn_leads(self) -> list[int]:
        """The leads that all maps have: a film with a map that comes and goes would jump."""
        shown = [(set(panel.leads), panel.lead_offset) for panel in self.scene.panels if panel.leads]
        return [lead for lead in self.leads if all(lead + offset in leads for leads, offset in shown)]

    def _film_frames(self, lead: int) -> list[Frame]:
        """The maps of a day; they say how many days are missing between the day of the last picture and this one."""
        earlier = [each for each in self._drawn_leads() if each < lead]
        missing = lead - earlier[-1] - 1 if earlier else 0
        words = f"{missing} {'day' if missing == 1 else 'days'} before missing" if missing else ""
        return [
            replace(frame, notice="; ".join(filter(None, (words, frame.notice)))) if words else frame
            for frame in self._frames(lead)
        ]

    def _frames(self, lead: int) -> list[Frame]:
        if not hasattr(self, "_colouring"):
            self._colouring = self._coloured()
        return frames(self.services, self.scene, self._colouring, self.extent, lead, selection=self.selection)

    def _coloured(self) -> Colouring:
        """Palette and limits over a few days of all fields, as the page chooses them over the loop."""
        choice = colour_choice(self.selection, shown_variable(self.selection, self.scene))
        plain = Colouring(choice.palette, (0.0, 1.0))
        leads = self._drawn_leads() or self.leads
        looked = sorted({leads[round(share * (len(leads) - 1))] for share in LOOK})
        fields = [
            frame.values.ravel()
            for lead in looked
            for frame in frames(self.services, self.scene, plain, self.extent, lead)
            if frame.colouring is plain
        ]
        limits = choice.limits_of(np.concatenate(fields))
        return Colouring(choice.palette, limits, choice.log_scale and limits[0] > 0)


def skill_file(services: Services, selection: Selection, ending: str) -> tuple[bytes, str]:
    """Return the body and media type of a picture or table of scores; raises InputError where nothing, or not this, is scored."""
    if selection.skill:
        found = skill.choices(selection.source, selection.model, on_disk=True)
        if selection.skill not in found:
            raise InputError(f"skill is {selection.skill[:40]!r}; expected one of {', '.join(found)}: choose another result")
    if ending == "csv":
        return skill.as_csv(selection), data.FORMATS["csv"]
    return _chart_file(charts.skill_charts_of(services, selection), ending, selection.theme)


def _chart_file(shown: charts.Charts, ending: str, theme: str) -> tuple[bytes, str]:
    if ending == "csv":
        return charts.table(shown), data.FORMATS["csv"]
    return charts.picture(shown, ending, theme), picture.FORMATS[ending]


class ExportHandler(AuthRequestHandler):
    """Answers one file to a visitor who is logged in; one is made at a time, so that the page keeps its processor."""

    def initialize(self, services: Services, pool: ThreadPoolExecutor, places: BoundedSemaphore) -> None:
        """Keep what all requests share."""
        self.services, self.pool, self.places = services, pool, places

    @authenticated
    async def get(self, name: str) -> None:
        """Answer the file, or one sentence: 400 where it cannot be made, 503 while many are, 507 without disk or memory."""
        arguments = {key: self.get_query_argument(key) for key in self.request.query_arguments}

        def make() -> tuple[bytes, str]:
            if name in SKILL_FILES:
                return skill_file(self.services, from_address(arguments), name.removeprefix("skill."))
            return Export(self.services, arguments).file(name)

        if not self.places.acquire(blocking=False):
            self._say(503, f"{MOST_EXPORTS} files are being made for others: try again in a minute")
            return
        try:
            body, media_type = await asyncio.get_running_loop().run_in_executor(self.pool, make)
        except Exception as error:
            failure = failure_of(error)
            if failure is None:
                raise
            short = isinstance(failure, ResourceError)
            self._say(507 if short else 400, NO_ROOM if short else str(failure))
            return
        finally:
            self.places.release()
        self.set_header("Content-Type", media_type)
        self.set_header("Content-Disposition", f'attachment; filename="goms-{name}"')
        self.set_header("Cache-Control", "no-store")
        self.finish(body)

    def _say(self, status: int, words: str) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{words}\n")


def patterns(services: Services) -> list[tuple[str, type, dict[str, Any]]]:
    """Return the Tornado patterns to serve beside the page."""
    shared = {"services": services, "pool": ThreadPoolExecutor(1, "export"), "places": BoundedSemaphore(MOST_EXPORTS)}
    return [(r"/export/([\w.]+)", ExportHandler, shared)]
