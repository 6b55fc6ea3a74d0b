"""From a challenger to a forecast store on the model's cells and levels."""

from typing import Any

import numpy as np

from engine import __version__
from engine.oceanbench.challenger import Challenger
from engine.oceanbench.layout import PROVIDER, ZERO_OF_CHALLENGERS
from engine.oceanbench.opening import open_challenger
from engine.physics.sea_level_zero import ZERO
from engine.providers.protocols.http import Http
from engine.readers.regrid import AreaMean, LevelInterpolation
from engine.readers.values.land import zero_tracers
from engine.readers.values.tally import Outside, Tally, refusal, take_out
from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError
from engine.runtime.names import checked_name
from engine.runtime.paths import stores_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import Batch
from engine.schema.constants import DAY
from engine.schema.grid import Grid, coarsened
from engine.schema.variables import DEPTHS, PROGNOSTIC
from engine.stores import ForecastStore
from engine.stores.layout import add_attributes
from engine.stores.writer import lock_path

NEAR = 0.25
"""A level of the model is kept where one that is given lies within this share of its depth, or within a metre; set by hand.

Of the six scored levels 0, 50, 100, 200, 250, 300, 400 and 500 m stay: a straight line from 0.5 to 47 m would invent the rest.
"""

FEWER = 0.99
"""A field with less than this share of the first day's cells is refused: chunks that are not there read as missing values."""


def ingest_challenger(
    address: str,
    identifier: str | None = None,
    start: np.datetime64 | None = None,
    progress: Progress = no_progress,
    http: Http | None = None,
) -> str:
    """Write the forecast at `address` as a forecast store and return its name.

    `start` is the first day of the one wanted of several, `http` how the web is asked. Nodes become means of the cells around
    them, at 1 degree its cells are taken as they are; levels become those of the model that lie near given ones, linear in depth
    between two. Lead 1 is the first day, and there is no lead 0. The store appears when it is complete: InputError or
    ResourceError leaves nothing behind.
    """
    if identifier is not None:
        checked_name(identifier, "store")
    challenger = open_challenger(address, start, http)
    target = _Target(challenger)
    folder = stores_folder() / (identifier or _identifier(challenger))
    if folder.exists():
        raise InputError(f"store {folder.name} exists already; expected a new name: delete it or choose one with --name")
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    leads = ((challenger.times - challenger.init_time) / DAY).astype(int)
    try:
        with (
            replacing(folder, beside=unfinished),
            ForecastStore.create(
                unfinished, target.grid, challenger.init_time, int(leads[-1]), _attributes(challenger, target),
                variables=[name for name in PROGNOSTIC if name in challenger.fields], first=int(leads[0]),
            ) as store,
        ):  # fmt: skip
            for number, lead in enumerate(leads):
                progress(number / leads.size, f"{challenger.origin.label} day {number + 1} of {leads.size}")
                store.append(int(lead), target.batch(number))
            add_attributes(unfinished, target.report)
            store.finish()
    finally:
        lock_path(unfinished).unlink(missing_ok=True)
    progress(1.0, f"{leads.size} days")
    return folder.name


class _Target:
    """The model's cells and those of its levels that a challenger reaches."""

    def __init__(self, challenger: Challenger) -> None:
        self.challenger = challenger
        step = float(np.median(np.diff(challenger.lat)))
        whole = coarsened(4 if step > 0.5 else 1)
        self._mean = AreaMean(challenger.lat, challenger.lon, whole.lat, whole.lon)
        kept = [number for number, metres in enumerate(DEPTHS) if _is_near(metres, challenger.depth)]
        self._levels = LevelInterpolation(challenger.depth, np.asarray(DEPTHS)[kept])
        numbers = [kept[place] for place in self._levels.reached]
        if not numbers:
            found = ", ".join(f"{metres:g}" for metres in challenger.depth[:6])
            raise InputError(f"{challenger.address}: its depths are {found} m; expected some near those of the model")
        self.grid = Grid(whole.lat, whole.lon, np.asarray(DEPTHS, dtype=np.float64)[numbers], whole.wet[numbers], whole.deptho)
        self._tally = Tally()
        self._zero_land = 0
        self._first: dict[tuple[str, int], int] = {}

    @property
    def report(self) -> dict[str, Any]:
        """Return counts of the values that were treated as missing."""
        return self._tally.report() | ({"zero_land": self._zero_land} if self._zero_land else {})

    def batch(self, number: int) -> Batch:
        """Return the fields of one day, NaN on land and where the challenger has nothing."""
        challenger = self.challenger
        with_levels = [name for name in challenger.fields if challenger.has_levels(name)]
        fields: dict[str, np.ndarray] = {}
        if with_levels:
            stacked = self._levels(lambda level: self._level(with_levels, number, level))
            for place, name in enumerate(with_levels):
                fields[name] = np.where(self.grid.wet, stacked[:, place], np.float32(np.nan))
        for name in challenger.fields:
            if name in with_levels:
                continue
            surface = self._mean(self._checked(name, number, 0))
            # A field with levels in the schema may be given at the surface alone.
            values = (
                surface if name == "zos" else np.stack([surface, *[np.full_like(surface, np.nan)] * (self.grid.depth.size - 1)])
            )
            fields[name] = np.where(self.grid.wet_surface if values.ndim == 2 else self.grid.wet, values, np.float32(np.nan))
        return Batch(fields, self.grid, challenger.times[number])

    def _level(self, names: list[str], number: int, level: int) -> np.ndarray:
        values = {name: self._checked(name, number, level) for name in names}
        if {"thetao", "so"} <= values.keys():
            land = zero_tracers(values["thetao"], values["so"], {"thetao": 0.0, "so": 0.0})
            if land.any():
                self._zero_land = max(self._zero_land, int(land.sum()))
                for field in values.values():
                    field[land] = np.nan
        return np.stack([self._mean(field) for field in values.values()])

    def _checked(self, name: str, number: int, level: int) -> np.ndarray:
        values = self.challenger.read(name, number, level)
        found = take_out(values, name, (-np.inf, np.inf))
        total = self._tally.out_of_range(name, number, level, found) if found.cells else Outside()
        day = self.challenger.times[number].astype("datetime64[D]")
        metres = f" at {self.challenger.depth[level]:g} m" if self.challenger.has_levels(name) else ""
        subject = f"{self.challenger.address}: {name}{metres} on {day}"
        if found.cells > 0.01 * found.values:
            raise refusal(subject, name, self.challenger.origin.label, total, "its _FillValue")
        there = int(np.isfinite(values).sum())
        first = self._first.setdefault((name, level), there)
        if not there or not FEWER * first <= there <= first / FEWER:
            raise InputError(
                f"{subject} has {there} values where the first day has {first}; expected as many: chunks of the store are "
                "missing, get it again"
            )
        return values


def _is_near(metres: float, given: np.ndarray) -> bool:
    return bool(np.abs(given - metres).min() <= max(1.0, NEAR * metres))


def _identifier(challenger: Challenger) -> str:
    origin, day = challenger.origin, challenger.init_time.astype("datetime64[D]").item()
    return f"{origin.model}__{origin.provider}__{day:%Y%m%d}__{challenger.times.size}d"


def _attributes(challenger: Challenger, target: _Target) -> dict[str, Any]:
    origin = challenger.origin
    step = "1 degree" if target.grid.shape[0] == 180 else "1/4 degree"
    day = str(challenger.init_time.astype("datetime64[D]"))
    missing = [metres for metres in DEPTHS if metres not in target.grid.depth]
    return {
        "title": challenger.text("title") or f"{origin.label}, {challenger.times.size} days",
        "model": origin.model,
        "model_label": origin.label,
        "label": origin.label,
        PROVIDER: origin.provider,
        "source": origin.provider,
        "source_label": origin.provider_label,
        "source_provenance": {"address": challenger.address, **_provenance(challenger)},
        "sampling": "daily mean",
        "temperature": "potential, as distributed",
        ZERO: challenger.text(ZERO) or ZERO_OF_CHALLENGERS,
        "tides": "unknown",
        "license": challenger.text("license", "licence") or "not stated",
        "sample": False,
        "init": day,
        "init_label": day,
        "days": int(challenger.times.size),
        "grid_shape": list(target.grid.shape),
        "regridding": f"area means on {step}, linear in depth between given levels",
        "given_depths": [round(float(metres), 3) for metres in challenger.depth],
        "missing_depths": missing,
        "software_version": __version__,
    }


def _provenance(challenger: Challenger) -> dict[str, str]:
    kept = ("title", "institution", "source", "references", "contact", "credit")
    return {name: challenger.attributes[name] for name in kept if challenger.attributes.get(name)}
