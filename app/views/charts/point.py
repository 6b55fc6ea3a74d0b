"""What the charts at the chosen point and the pins share: places, stores, their columns, and drawing off the page's thread."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import xarray as xr

from app.analysis.errors import covers, point_values
from app.charts.elements import Spread
from app.charts.style import Key
from app.data.lagged_reader import LaggedReader, members_words
from app.data.readers import FieldReader, day_offset
from app.services.services import Services
from app.state.scene import Scene, shown_variable
from app.state.selection import Selection
from app.text.coordinates import PIN_LETTERS, Position, position
from app.text.i18n import listed, say
from app.text.labels import date_label, day_label, is_sample, store_label
from app.views.widgets.chart_box import ChartBox
from app.views.widgets.latest_only import LatestOnly
from engine.diagnostics import DISPLAY_VARIABLES
from engine.runtime.errors import InputError

NO_WATER = "There is no water here in this store. Click on the sea, or type a place."


class PointCharts:
    """Charts of forecast and reference at the chosen point and the pins."""

    def __init__(self, selection: Selection, services: Services, count: int = 1) -> None:
        self.selection = selection
        self.services = services
        self.box = ChartBox(count)
        self.layout = self.box.layout
        self._latest = LatestOnly(services, self.box.fail)

    def draw(self, scene: Scene, asked: Hashable, make: Callable[[], list[Any]], without: str = "") -> None:
        """Draw the elements that `make` returns, or the words `without` any, unless what was `asked` for is on screen already.

        The words are by default that there is no water.
        """
        stores = tuple((reader.identifier, tuple(reader.leads)) for reader in drawn_readers(scene))
        asked = asked, self.selection.point, self.selection.pins, self.selection.theme, self.selection.units, stores
        self._latest.run(asked, make, lambda made: self.box.put(made, without or say(NO_WATER)))

    def say(self, words: str) -> None:
        """Show words in place of charts."""
        self._latest.forget()
        self.box.put([], words)

    def at_places(
        self, scene: Scene, variable: str, leads: list[int], readers: list[FieldReader] | None = None
    ) -> dict[Key, xr.DataArray]:
        """Return a variable (lead, depth) of each store at each place, on the leads of what the map shows; no dry ones.

        The stores are those that the maps show, or `readers`.
        """
        found: dict[Key, xr.DataArray] = {}
        for letter, place in places(self.selection, scene):
            taken: dict[str, Any] = {}
            for reader in drawn_readers(scene) if readers is None else readers:
                values = at_place(self.services, scene, reader, variable, place, leads)
                name = curve_name(reader, taken)
                taken[name] = values
                if values is not None and values.notnull().any():
                    found[letter, name] = values
        return found

    def spread(
        self, scene: Scene, variable: str, leads: list[int], pick: Callable[[xr.DataArray], xr.DataArray]
    ) -> Spread | None:
        """Return the standard deviation of the starts that the mean beside the map is of, at each place; None beside no mean.

        `pick` takes what is drawn of a variable (lead, depth).
        """
        mean = scene.comparison
        if not isinstance(mean, LaggedReader):
            return None
        found = self.at_places(scene, variable, leads, [LaggedReader(mean.members, "spread")])
        name = curve_name(mean, {})
        about = {(key[0], name): pick(values) for key, values in found.items()}
        return Spread(about, say("± spread of {starts}", starts=members_words(mean)))


def places(selection: Selection, scene: Scene) -> list[tuple[str, Position]]:
    """Return (letter, position) of the pins inside the store shown, after the chosen point, which has none unless it is one."""
    assert scene.primary is not None
    found = list(zip(PIN_LETTERS, selection.pinned, strict=False))
    point = selection.point
    if point is not None and not any(_same(point, place) for _, place in found):
        found.insert(0, ("", point))
    return [(letter, place) for letter, place in found if covers(scene.primary.grid, *place)]


def where(selection: Selection, scene: Scene) -> str:
    """Return the places of a chart in words."""
    found = places(selection, scene)
    if len(found) == 1:
        return position(*found[0][1])
    return say("{count} places", count=len(found))


def when(scene: Scene, lead: int) -> str:
    """Return the day of a chart in words: valid time and lead, or the day of an analysis alone."""
    assert scene.primary is not None
    day = day_label(scene.primary.valid_time(lead), is_sample(scene.primary.attrs))
    return day if scene.primary.kind == "analysis" else listed((day, say("lead {lead} d", lead=lead)))


def drawn_readers(scene: Scene) -> list[FieldReader]:
    """Return the stores whose curves belong into one plot: what the map shows, then what stands beside it."""
    drawn = [reader for reader in (scene.primary, scene.comparison, scene.whole) if reader is not None]
    return list({reader.identifier: reader for reader in drawn}.values())


def curve_name(reader: FieldReader, taken: dict[str, Any]) -> str:
    """Return the name of a store's curve, with its first day where the name is taken."""
    label = store_label(reader.kind, reader.attrs)
    if label not in taken:
        return label
    return listed((label, say("from {day}", day=date_label(reader.init_time, is_sample(reader.attrs)))))


def at_place(
    services: Services, scene: Scene, reader: FieldReader, variable: str, place: Position, leads: list[int]
) -> xr.DataArray | None:
    """Return a variable (lead, depth) of a store at a place on those of `leads`, counted by what the map shows, that it has.

    None where the store and the whole it is a part of lack the variable.
    """
    assert scene.primary is not None
    offset = day_offset(scene.primary, reader)
    held = whole(services, reader, variable)
    if held is None:
        return None
    there = set(held.leads)
    common = [lead for lead in leads if lead + offset in there]
    values = point_values(services, held, variable, *place, [lead + offset for lead in common])
    return values.assign_coords(lead=common)


def only_product(curves: Iterable[Key]) -> str:
    """Return the product that all curves are of, which a title must name since no legend does; empty where there are several."""
    products = {key[1] if isinstance(key, tuple) else key for key in curves}
    return str(products.pop()) if len(products) == 1 else ""


def whole(services: Services, reader: FieldReader, variable: str) -> FieldReader | None:
    """Return the reader if it has what a variable is made of, else the store it is a part of if that has; else None."""
    needs = set(DISPLAY_VARIABLES[variable].needs)
    if needs <= set(reader.variables):
        return reader
    try:
        store = services.reader(reader.identifier.partition("/")[0])
    except InputError:
        return None
    return store if needs <= set(store.variables) else None


def variable_with_depth(selection: Selection, scene: Scene) -> str:
    """Return the variable of a chart over depth: the shown one, or temperature where that has no levels or needs neighbours."""
    shown = shown_variable(selection, scene)
    return shown if len(scene.depths) > 1 and not DISPLAY_VARIABLES[shown].of_neighbours else "thetao"


def _same(one: Position, other: Position) -> bool:
    return abs(one[0] - other[0]) < 1e-3 and abs(one[1] - other[1]) < 1e-3
