"""Stored forecasts against their references: each pair is scored once, with tables like those of held-out starts."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.forecasting.forecast import Cancelled
from engine.runtime.errors import InputError
from engine.runtime.paths import cache_folder
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import Batch
from engine.stores import Store, find_store, open_store
from engine.verification.report.store_report import LEADS
from engine.verification.scores import reference_lead
from engine.verification.starts.damping import decay_factors
from engine.verification.starts.result_cache import SCORING, ResultCache, short_hash
from engine.verification.starts.start import Start
from engine.verification.starts.tables import skill_tables


class Reference:
    """The days of a store as the reference of a forecast."""

    def __init__(self, store: Store) -> None:
        self.store, self.grid = store, store.grid
        self._leads = {store.valid_time(lead).astype("datetime64[D]"): lead for lead in store.leads}

    def state(self, time: np.datetime64) -> Batch:
        """Return the fields of a day; raises InputError where it is not finished."""
        day = time.astype("datetime64[D]")
        if day not in self._leads:
            raise InputError(f"{self.store.identifier} has no finished day {day}; continue the reference, or score fewer days")
        return self.store.batch(self._leads[day])


def stored_skill(
    pairs: Sequence[tuple[str, str]],
    leads: Sequence[int] = LEADS,
    progress: Progress = no_progress,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Return the tables of `skill_tables` for forecasts of one model, each with its reference, both given by name.

    Without a floor, and with the decay times of the model "damped-persistence". Every pair is scored once; results are cached.
    Raises InputError for no pair, partial stores, several models or grids, or no lead in common; Cancelled on request.
    """
    opened = [(open_store(find_store(forecast)), open_store(find_store(reference))) for forecast, reference in pairs]
    wanted = _common_leads(opened, leads)
    model = _only_model(opened)
    results = ResultCache(cache_folder() / "skill" / "stores")
    factors = decay_factors(opened[0][0].grid, wanted)
    scored, others = [], []
    for number, (forecast, reference) in enumerate(opened):
        if cancelled():
            raise Cancelled(f"scoring was cancelled before {forecast.identifier}; what was scored is kept")
        kept = f"{forecast.identifier}-{short_hash([SCORING, wanted, _written(forecast), _written(reference)])}"

        def report(share: float, doing: str, number: int = number) -> None:
            progress((number + share) / len(opened), f"scoring forecast {number + 1} of {len(opened)}, {doing}")

        if not results.has(kept):
            start = Start(Reference(reference), forecast.init_time, wanted)
            days = ((lead, forecast.batch(lead)) for lead in wanted)
            results.put(kept, {"model": start.score_days(days, report), "others": start.score_baselines(factors)})
        found = results.get(kept)
        scored.append(found["model"])
        others.append(found["others"])
    progress(1.0, f"{len(opened)} forecasts scored")
    return {
        **skill_tables({model: scored}, others, wanted),
        "starts": [str(forecast.init_time.astype("datetime64[D]")) for forecast, _ in opened],
        "run": str(opened[0][0].attrs["source"]),
        "grid": list(opened[0][0].grid.shape),
        "damping_fitted_on": [],
        "weights_sha256": {model: opened[0][0].attrs.get("weights_sha256")},
        "stores": [forecast.identifier for forecast, _ in opened],
    }


def _common_leads(opened: Sequence[tuple[Store, Store]], leads: Sequence[int]) -> list[int]:
    """Return those of `leads` that every pair has."""
    if not opened:
        raise InputError("no forecast has a reference beside it; expected at least one: run a forecast of the sample ocean")
    for forecast, reference in opened:
        if not (forecast.complete and reference.complete and forecast.grid.same_as(reference.grid)):
            raise InputError(
                f"{forecast.identifier} and {reference.identifier} are not both whole on one grid; continue them, then score them"
            )
    wanted = [lead for lead in sorted(leads) if all(lead in forecast.leads for forecast, _ in opened)]
    if not wanted:
        raise InputError(
            f"{opened[0][0].identifier} is too short: none of days {', '.join(map(str, leads))} is in every forecast"
        )
    for forecast, reference in opened:
        reference_lead(forecast, reference, wanted[-1])
    return wanted


def _only_model(opened: Sequence[tuple[Store, Store]]) -> str:
    kinds = {(str(forecast.attrs.get("model")), forecast.grid.shape, str(forecast.attrs["source"])) for forecast, _ in opened}
    if len(kinds) > 1:
        raise InputError(f"the forecasts are of {len(kinds)} models, grids or sources; expected one: score them apart")
    return next(iter(kinds))[0]


def _written(store: Store) -> tuple[int, int]:
    """Return what changes when a store is written anew."""
    status = (store.folder / "zarr.json").stat()
    return status.st_ino, status.st_mtime_ns
