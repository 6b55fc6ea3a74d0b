"""What the charts at the chosen point and the pins share: the columns of each store at each place."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import xarray as xr

from app.analysis.places import at_place, curve_name, drawn_readers, places
from app.charts.drawings.drawing import Drawing
from app.charts.elements import Spread
from app.charts.style import Key
from app.data.lagged_reader import LaggedReader, members_words
from app.data.readers import FieldReader
from app.services.services import Services
from app.state.scene import Scene
from app.state.selection import Selection
from app.text.i18n import say

NO_WATER = "There is no water here in this store. Click on the sea, or type a place."


def at_point(selection: Selection, scene: Scene, key: Hashable, make: Callable[[], list[Any]], without: str = "") -> Drawing:
    """Return the drawing of charts of a scene at the chosen point and the pins.

    `key` is what `make` depends on besides stores, places, theme and units; `without` is said where it makes no chart, by
    default that there is no water.
    """
    stores = tuple((reader.identifier, tuple(reader.leads)) for reader in drawn_readers(scene))
    whole = key, selection.point, selection.pins, selection.theme, selection.units, stores

    def charts() -> tuple[list[Any], str]:
        made = make()
        return made, "" if made else without or say(NO_WATER)

    return Drawing(whole, charts)


def at_places(
    services: Services,
    selection: Selection,
    scene: Scene,
    variable: str,
    leads: list[int],
    readers: list[FieldReader] | None = None,
) -> dict[Key, xr.DataArray]:
    """Return a variable (lead, depth) of each store at each place, on the leads of what the map shows; no dry ones.

    The stores are those that the maps show, or `readers`.
    """
    found: dict[Key, xr.DataArray] = {}
    for letter, place in places(selection, scene):
        taken: dict[str, Any] = {}
        for reader in drawn_readers(scene) if readers is None else readers:
            values = at_place(services, scene, reader, variable, place, leads)
            name = curve_name(reader, taken)
            taken[name] = values
            if values is not None and values.notnull().any():
                found[letter, name] = values
    return found


def spread_about_mean(
    services: Services,
    selection: Selection,
    scene: Scene,
    variable: str,
    leads: list[int],
    pick: Callable[[xr.DataArray], xr.DataArray],
) -> Spread | None:
    """Return the standard deviation of the starts whose mean stands beside the map, at each place; None beside no mean.

    `pick` takes what is drawn of a variable (lead, depth).
    """
    mean = scene.comparison
    if not isinstance(mean, LaggedReader):
        return None
    found = at_places(services, selection, scene, variable, leads, [LaggedReader(mean.members, "spread")])
    name = curve_name(mean, {})
    about = {(key[0], name): pick(values) for key, values in found.items()}
    return Spread(about, say("± spread of {starts}", starts=members_words(mean)))


def only_product(curves: Iterable[Key]) -> str:
    """Return the product that all curves are of, which a title must name since no legend does; empty where there are several."""
    products = {key[1] if isinstance(key, tuple) else key for key in curves}
    return str(products.pop()) if len(products) == 1 else ""
