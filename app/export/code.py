"""The lines of Python that make what is shown again, with the engine alone."""

import shlex

from app.data.readers import split_field_name
from app.export.frame import Extent
from app.state.scene import Scene
from app.state.selection import Selection
from app.text.plain_text import plain
from engine.runtime.errors import InputError


def script(selection: Selection, scene: Scene, extent: Extent, lead: int) -> str:
    """Return a script that makes the store where it is missing, reads the field and draws it; raises InputError for nothing."""
    panel = scene.panels[0]
    if scene.primary is None or not panel.leads:
        raise InputError("nothing is shown, so there is nothing to write down: wait for the first day")
    variable, quantity = split_field_name(panel.variable)
    if "@" in panel.store:
        raise InputError(f"{panel.title} is computed on the page and has no store: choose a forecast, reference or analysis")
    store, _, part = panel.store.partition("/")
    south, north, west, east = extent
    lines = [
        # A label comes from a store of unknown origin, so it is written as a string literal.
        repr(f"{panel.quantity}, day {lead}: {panel.title}. {panel.notice.capitalize()}."),
        "",
        "import xarray as xr",
        "",
        "from app.charts.elements import field_image",
        "from engine.diagnostics import derive, climatology_reader",
        "from engine.runtime.paths import stores_folder",
        "from engine.stores import open_store",
        "",
    ]
    if not selection.source.startswith("store:") and scene.start:
        source, days = shlex.quote(plain(selection.source)), len(scene.leads) - 1
        lines += [f"# goms forecast --source {source} --init {scene.start} --days {days} --heads all"]
    lines += [
        f"store = open_store(stores_folder() / {store!r})" + (f".part({part!r})" if part else ""),
        f'field = derive(store, "{variable}", {lead}, {panel.depth_index}, "{quantity}", climatology_reader(store.grid))',
        'values = xr.DataArray(field, {"lat": store.grid.lat, "lon": store.grid.lon}, ("lat", "lon"))',
        f'values.attrs["units"] = "{panel.units}"',
        f"values = values.assign_coords(lon=(values.lon - {west:g}) % 360 + {west:g}).sortby('lon')",
        f"view = values.sel(lat=slice({south:g}, {north:g}), lon=slice({west:g}, {east:g}))",
        f"image = field_image(view, title={panel.quantity!r})",
    ]
    return "\n".join(lines) + "\n"
