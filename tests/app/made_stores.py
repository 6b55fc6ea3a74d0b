"""Small stores with fields of a closed form, for tests that need something to look at and no model."""

import numpy as np

from engine.runtime.paths import stores_folder
from engine.schema.batch import Batch
from engine.schema.grid import Grid
from engine.schema.variables import BIOGEOCHEMISTRY
from engine.stores import AnalysisStore, ForecastStore
from engine.stores.layout import Part
from tests.engine.diagnostics.eddies.bumps import axes, bump

START = np.datetime64("2019-02-23", "D")


def ocean(grid: Grid, day: int, shift: float = 0.0) -> Batch:
    """Return an ocean whose pattern moves a degree east a day: warm at the equator, colder with depth."""
    lat, lon = np.deg2rad(grid.lat)[:, None], np.deg2rad(grid.lon)[None, :]
    wave = np.sin(6 * (lon - np.deg2rad(day + shift))) * np.cos(3 * lat)
    fade = np.exp(-grid.depth / 200)[:, None, None]
    surface = 28 * np.cos(lat) ** 2 + 2 * wave
    fields = {
        "thetao": 2 + (surface - 2) * fade,
        "so": 35 + 0.5 * wave * fade,
        "uo": 0.5 * wave * fade,
        "vo": 0.5 * np.cos(6 * (lon - np.deg2rad(day))) * np.cos(3 * lat) * fade,
        "zos": 0.3 * wave,
    }
    levels = {name: np.where(grid.wet if values.ndim == 3 else grid.wet[0], values, np.nan) for name, values in fields.items()}
    return Batch({name: values.astype(np.float32) for name, values in levels.items()}, grid, START + np.timedelta64(day, "D"))


def write_forecast(
    grid: Grid,
    days: int = 30,
    finished: int | None = None,
    kind: str = "forecast",
    model: str = "small",
    shift: float = 0.0,
    parts: dict[str, Part] | None = None,
    begin: int = 0,
) -> str:
    """Write a forecast or reference of the sample ocean with `finished` of its days, and return its identifier.

    `parts` are those of `waves_and_detail`; `begin` is the sample day of its start.
    """
    name = "reference" if kind == "reference" else model
    init_time = START + np.timedelta64(begin, "D")
    identifier = f"{name}__sample__{str(init_time).replace('-', '')}__{days}d-made00"
    attrs = {
        "source": "sample", "source_label": "Sample ocean", "sample": True, "forcing_kind": "synthetic",
        "source_provenance": {"seed": 1}, "model": model, "model_label": "GOMS small", "days": days,
    }  # fmt: skip
    with ForecastStore.create(stores_folder() / identifier, grid, init_time, days, attrs, kind=kind, parts=parts) as store:
        last = days if finished is None else finished
        for lead in range(last + 1):
            fields = {name: fields_of(part, begin + lead, shift) for name, part in (parts or {}).items()}
            store.append(lead, ocean(grid, begin + lead, shift), fields)
        if last == days:
            store.finish()
    return identifier


def waves_and_detail(grid: Grid) -> dict[str, Part]:
    """Return the parts of a store that has waves on `grid` and the Kuroshio on a finer one."""
    lat, lon = np.arange(20.25, 50, 0.5), np.arange(122.75, 180, 0.5)
    sea = np.ones((1, lat.size, lon.size), bool)
    fine = Grid(lat, lon, np.array([0.0]), sea, np.full(sea.shape[1:], 4000, np.float32))
    return {
        "waves": Part(grid, ("swh",)),
        "kuroshio": Part(fine, ("thetao", "so", "uo", "vo", "zos"), {"detail": "statistical"}),
    }


def all_parts(grid: Grid) -> dict[str, Part]:
    """Return the parts of a store that has everything: those of `waves_and_detail`, and plankton and nutrients on `grid`."""
    return {**waves_and_detail(grid), "biogeochemistry": Part(grid, BIOGEOCHEMISTRY)}


def fields_of(part: Part, day: int, shift: float = 0.0) -> Batch:
    """Return what a part holds of a day: swell of two to four metres, plankton in equal groups, or the ocean on its grid."""
    whole = ocean(part.grid, day, shift)
    swell = whole["zos"] / 0.3
    if part.variables == ("swh",):
        return Batch({"swh": 3 + swell}, part.grid, whole.time)
    if part.variables == BIOGEOCHEMISTRY:
        groups = {name: 0.1 * np.float32(2) ** swell for name in BIOGEOCHEMISTRY}
        return Batch({**groups, "chl": 4 * groups["chl"]}, part.grid, whole.time)
    return whole


def write_analysis(grid: Grid, product: str = "hycom", days: int = 5, offset: float = 0.4) -> str:
    """Write an analysis of another product on `grid` whose sea surface height has another zero and a 2 cm ripple.

    Returns the identifier of the store.
    """
    identifier = f"{product}__box__20190225"
    times = START + np.arange(2, 2 + days).astype("timedelta64[D]")
    attrs = {"source": product, "label": f"{product.upper()} native grid", "sampling": "snapshots at 12 UTC", "sample": False}
    with AnalysisStore.create(stores_folder() / identifier, grid, times, attrs) as store:
        for lead in range(days):
            batch = ocean(grid, lead + 2)
            ripple = 0.02 * np.cos(2 * np.deg2rad(grid.lon))
            store.append(lead, batch.with_fields(zos=(batch["zos"] + offset + ripple).astype(np.float32)))
        store.finish()
    return identifier


def write_eddies(days: int = 4, finished: int | None = None, kuroshio: bool = False) -> str:
    """Write a forecast of one high and one low off Japan that drift a tenth of a degree west a day, and return its identifier.

    The high at 32 N stands 30 cm, the low at 38 N 12 cm over a flat sea; the current is 0.5 m/s eastward everywhere. With
    `kuroshio` the store has them on a finer grid, too.
    """

    def box(step: float) -> Grid:
        lat, lon = axes(26, 44, 136, 164, step)
        return Grid(lat, lon, np.array([0.0]), np.ones((1, lat.size, lon.size), bool), np.full((lat.size, lon.size), 4000.0))

    def day(grid: Grid, number: int) -> Batch:
        sea = bump(grid.lat, grid.lon, 32, 150 - 0.1 * number, 0.3, 70e3) - bump(
            grid.lat, grid.lon, 38, 152 - 0.1 * number, 0.12, 70e3
        )
        still, east = np.zeros((1, *grid.shape), np.float32), np.full((1, *grid.shape), 0.5, np.float32)
        fields = {"thetao": still + 15, "so": still + 35, "uo": east, "vo": still, "zos": sea.astype(np.float32)}
        return Batch(fields, grid, START + np.timedelta64(number, "D"))

    identifier = f"small__eddies__20190223__{days}d"
    attrs = {"source": "eddies", "source_label": "Two eddies", "sample": True, "model": "small", "forcing_kind": "synthetic"}
    names = ("thetao", "so", "uo", "vo", "zos")
    grid, parts = box(0.25), {"kuroshio": Part(box(0.125), names)} if kuroshio else {}
    with ForecastStore.create(stores_folder() / identifier, grid, START, days, attrs, parts=parts) as store:
        last = days if finished is None else finished
        for lead in range(last + 1):
            store.append(lead, day(grid, lead), {name: day(part.grid, lead) for name, part in parts.items()})
        if last == days:
            store.finish()
    return identifier


def write_surface_analysis(grid: Grid, days: int = 3) -> str:
    """Write an analysis of temperature at the surface alone, and return its identifier."""
    surface = Grid(grid.lat, grid.lon, grid.depth[:1], grid.wet[:1], grid.deptho)
    times = START + np.arange(days).astype("timedelta64[D]")
    attrs = {"source": "glorys", "label": "GLORYS native grid", "sampling": "daily mean", "sample": False}
    identifier = "glorys__surface__20190223"
    with AnalysisStore.create(stores_folder() / identifier, surface, times, attrs, ("thetao",)) as store:
        for lead in range(days):
            store.append(lead, Batch({"thetao": ocean(grid, lead)["thetao"][:1]}, surface, times[lead]))
        store.finish()
    return identifier


SUBSETS: dict[str, tuple[tuple[str, ...], bool]] = {
    "temperature-and-salinity": (("thetao", "so"), False),
    "surface-temperature": (("thetao",), True),
    "currents": (("uo", "vo"), False),
    "sea-level": (("zos",), True),
}
"""Name -> fields of an analysis that has these alone, and whether it is of the surface alone."""


def write_subset(grid: Grid, name: str, days: int = 3) -> str:
    """Write an analysis of some of the fields, one of `SUBSETS`, and return its identifier."""
    fields, surface = SUBSETS[name]
    own = Grid(grid.lat, grid.lon, grid.depth[:1], grid.wet[:1], grid.deptho) if surface else grid
    times = START + np.arange(days).astype("timedelta64[D]")
    identifier = f"glorys__{name}__20190223"
    attrs = {"source": "glorys", "label": f"GLORYS {name}", "sampling": "daily mean", "sample": False}
    with AnalysisStore.create(stores_folder() / identifier, own, times, attrs, fields) as store:
        for lead in range(days):
            whole = ocean(grid, lead)
            found = {field: whole[field][:1] if surface and whole[field].ndim == 3 else whole[field] for field in fields}
            store.append(lead, Batch(found, own, times[lead]))
        store.finish()
    return identifier
