"""The work of `goms analyse`: observations and a background become a stored full state with maps of its error."""

import time
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np

from engine import __version__
from engine.readers.tables.dates import FIRST_YEAR, LAST_YEAR
from engine.readers.tables.observed_table import read_observations
from engine.reconstruction.analysis import reconstruct
from engine.reconstruction.writer import check_free, write_reconstruction
from engine.runtime.errors import InputError
from engine.runtime.names import plain_name
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import Batch
from engine.schema.grid import Grid, coarsened
from engine.schema.variables import PROGNOSTIC
from engine.sources.guarded import check_guarded
from engine.stores import Store, find_store, open_store


def analyse(
    observations: Path,
    moment: str,
    background: str | None = None,
    identifier: str | None = None,
    remove_zero: bool = False,
    sample: bool = False,
    grid_factor: int = 1,
    weights: Path | None = None,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Write the analysis of a table of observations as a store, and return its inputs and the share that is guessed.

    Raises InputError for a table, a time or a background that cannot be used, before anything is computed.
    """
    began = time.perf_counter()
    day = _time_of(moment)
    made = f"reconstruction__{plain_name(observations.stem)[:80]}__{str(day.astype('datetime64[D]')).replace('-', '')}"
    name = made if identifier is None else identifier
    check_free(name)
    check_guarded("observations", [observations], time=str(day))
    seen, left_out = read_observations(observations, day)
    grid = coarsened(grid_factor)
    store = None if background is None else _store(background)
    start = None if store is None else _state(store, day)
    if start is not None and not start.grid.same_as(grid):
        raise InputError(f"background {background} has the grid {start.grid.shape}; expected {grid.shape}: choose a global one")
    from_sample = sample or bool(store and store.attrs.get("sample"))
    complete, network = None, None
    if weights is not None:
        from engine.reconstruction.completion import completed, load_completion

        completion, network = load_completion(weights, grid)
        complete = partial(completed, network=completion)
    progress(0.1, f"interpolating {len(seen)} observations")
    found = reconstruct(seen, grid, day, start, remove_zero, complete)
    progress(0.8, "writing")
    counts = {variable: int(np.sum(seen.variable == variable)) for variable in PROGNOSTIC}
    guessed = {variable: round(share, 4) for variable, share in found.guessed_share().items()}
    folder = write_reconstruction(
        found,
        name,
        {
            "source": "reconstruction",
            "label": f"Analysis of {len(seen)} observations{' of the sample ocean - simulation' if from_sample else ''}",
            "description": "Optimal interpolation of observations; *_guess is the share of variance not observed",
            "sampling": "at one time",
            "temperature": "potential, as given",
            "files": [observations.name],
            "observations_sha256": _digest(observations),
            "observations": counts,
            "left_out_by_flags": left_out,
            "background": store.identifier if store else "climatology",
            "network": network,
            "forcing_kind": "climatology",
            "guessed_share": guessed,
            "sample": from_sample,
            "software_version": __version__,
        },
    )
    progress(1.0, "analysis written")
    return {
        "store": folder.name,
        "folder": folder,
        "observations": counts,
        "left_out_by_flags": left_out,
        "background": store.identifier if store else "climatology",
        "guessed_share": guessed,
        "mean_error": {variable: round(_mean(error, grid), 4) for variable, error in found.error.items()},
        "seconds": round(time.perf_counter() - began, 2),
    }


def _mean(field: np.ndarray, grid: Grid) -> float:
    there = np.isfinite(field)
    return float(np.average(field[there], weights=grid.cell_area[there]))


def _time_of(text: str) -> np.datetime64:
    try:
        day = np.datetime64(text)
    except ValueError as error:
        raise InputError(f"--time is {text!r}; expected a date such as 2019-02-23 or 2019-02-23T12:00") from error
    if np.isnat(day) or not FIRST_YEAR <= day.astype("datetime64[Y]").astype(int) + 1970 <= LAST_YEAR:
        raise InputError(
            f"--time is {text!r}; expected a date from {FIRST_YEAR} to {LAST_YEAR}, such as 2019-02-23 or 2019-02-23T12:00"
        )
    return day.astype("datetime64[s]")


def _store(name: str) -> Store:
    folder = Path(name)
    return open_store(folder if folder.is_dir() else find_store(name))


def _state(store: Store, moment: np.datetime64) -> Batch:
    """Return the finished state of the day of `moment`, with all fields."""
    days = {store.valid_time(lead).astype("datetime64[D]"): lead for lead in store.leads}
    lead = days.get(moment.astype("datetime64[D]"))
    lacking = [name for name in PROGNOSTIC if name not in store.variables]
    if lead is None or lacking:
        held = f"{min(days)} to {max(days)}" if days else "no finished day"
        raise InputError(
            f"background {store.identifier} holds {held} and {', '.join(store.variables)}; expected "
            f"{moment.astype('datetime64[D]')} with {', '.join(PROGNOSTIC)}: choose another store or --time"
        )
    found = store.batch(lead)
    return Batch({name: found[name] for name in PROGNOSTIC}, found.grid, moment)


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
