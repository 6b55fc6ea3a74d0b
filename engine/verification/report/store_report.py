"""A forecast store against its reference, as rows and as a table."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.physics.displaced_state import climatology
from engine.physics.sea_level_zero import align_zero, zero_of
from engine.runtime.errors import InputError
from engine.runtime.progress import Progress, no_progress
from engine.schema.conventions import SAMPLING, mixed_conventions
from engine.schema.variables import VARIABLES
from engine.stores import Store, find_store, open_store
from engine.verification.aggregation import LATITUDE_BELTS, belt_weights, weighted_means
from engine.verification.energy import eddy_kinetic_energy
from engine.verification.scored_levels import scored_fields
from engine.verification.scores import reference_lead
from engine.verification.statistics import cell_statistics, metrics

LEADS = (1, 5, 10, 20, 30)

Row = dict[str, Any]


def verify(
    forecast: str | Path,
    reference: str | Path | None = None,
    leads: Sequence[int] = LEADS,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Return `rows` (rmse, bias, acc, persistence, climatology by variable, depth, belt and lead) and `eke_ratio` by belt.

    `forecast` is a store's folder or name; without `reference` the reference of the same start is taken. Persistence is the
    forecast's own initial state; a forecast without one has that of the reference of that day, where it is. Fields and depths
    that both have are scored. Sea level with another zero is aligned: `zero_removed` by lead. `mixed` says in
    words where one holds daily means and the other snapshots, or one alone tides, with the `sampling` of both. Raises InputError
    where stores, days or grids do not fit.
    """
    predicted = _opened(forecast)
    observed = _opened(reference or f"reference__{predicted.identifier.partition('__')[2]}")
    if not observed.grid.same_cells_as(predicted.grid):
        raise InputError(
            f"{observed.identifier} has the grid {observed.grid.shape}, {predicted.identifier} {predicted.grid.shape}; "
            "expected the same: choose the reference of this start"
        )
    leads = [lead for lead in leads if lead in predicted.leads]
    if not leads:
        raise InputError(f"{predicted.identifier} has finished leads {predicted.leads}; none of those asked for is among them")
    fields = _common_fields(predicted, observed)
    first = _first_state(predicted, observed)
    other_zero = zero_of(predicted.attrs) != zero_of(observed.attrs)
    zero_removed: dict[int, float] = {}
    weights = {name: belt_weights(predicted.grid, belt) for name, belt in LATITUDE_BELTS.items()}
    rows: list[Row] = []
    energy: dict[str, float] = {}
    for number, lead in enumerate(leads):
        progress(number / len(leads), f"lead {lead} days")
        target_lead = reference_lead(predicted, observed, lead)
        seasonal_mean = climatology(predicted.grid, predicted.valid_time(lead))
        for variable, depth, level, target_level in fields:
            target = observed.read(variable, target_lead, target_level)
            mean = seasonal_mean[variable][level] if VARIABLES[variable].depths else seasonal_mean[variable]
            others = {"climatology": mean}
            if first is not None:
                store, at, own = first
                others["persistence"] = store.read(variable, at, level if own else target_level)
            prediction = predicted.read(variable, lead, level)
            if variable == "zos" and other_zero:
                prediction, zero_removed[lead] = align_zero(prediction, target, predicted.grid)
                if first is not None and first[2]:
                    others["persistence"] = others["persistence"] - np.float32(zero_removed[lead])
            found = cell_statistics(prediction, target, mean)
            for belt in LATITUDE_BELTS:
                row: Row = {"model": predicted.attrs.get("model", ""), "variable": variable, "depth": depth, "band": belt}
                row |= {"lead_days": lead, **metrics(weighted_means(found, weights[belt]))}
                for name, other in others.items():
                    row[name] = metrics(weighted_means(cell_statistics(other, target), weights[belt]))["rmse"]
                rows.append(row)
        if lead == leads[-1] and {"uo", "vo"} <= {name for name, *_ in fields}:
            flow = seasonal_mean["uo"][0], seasonal_mean["vo"][0]
            for belt in LATITUDE_BELTS:
                kept, true = (
                    eddy_kinetic_energy(store.read("uo", at), store.read("vo", at), *flow, weights[belt])
                    for store, at in ((predicted, lead), (observed, target_lead))
                )
                energy[belt] = kept / true
    progress(1.0, "scored")
    said: dict[str, Any] = {"zero_removed": zero_removed} if zero_removed else {}
    if mixed := mixed_conventions(predicted.attrs, observed.attrs, {variable for variable, *_ in fields}):
        said["mixed"] = list(mixed)
        said[SAMPLING] = {"forecast": predicted.attrs.get(SAMPLING), "reference": observed.attrs.get(SAMPLING)}
    return {"forecast": predicted.identifier, "reference": observed.identifier, "rows": rows, "eke_ratio": energy, **said}


def _common_fields(predicted: Store, observed: Store) -> list[tuple[str, float, int, int]]:
    """Return (variable, depth in metres, level of the forecast, level of the reference) of the scored fields that both have."""
    found = []
    for variable, _, depth in scored_fields():
        if variable in predicted.variables and variable in observed.variables:
            ours, theirs = (_level(store, variable, depth) for store in (predicted, observed))
            if ours is not None and theirs is not None:
                found.append((variable, depth, ours, theirs))
    if not found:
        raise InputError(
            f"{predicted.identifier} has {', '.join(predicted.variables)}, {observed.identifier} "
            f"{', '.join(observed.variables)}; expected a field in common at a scored depth: choose another reference"
        )
    return found


def _level(store: Store, variable: str, depth: float) -> int | None:
    levels = store.depths(variable) or (0.0,)
    return next((number for number, metres in enumerate(levels) if abs(metres - depth) < 0.01), None)


def _first_state(predicted: Store, observed: Store) -> tuple[Store, int, bool] | None:
    """Return the store and lead that hold the state the forecast starts from, and whether it is its own; None where none does."""
    if 0 in predicted.leads:
        return predicted, 0, True
    day = predicted.init_time.astype("datetime64[D]")
    same = [lead for lead in observed.leads if observed.valid_time(lead).astype("datetime64[D]") == day]
    return (observed, same[0], False) if same else None


def _opened(store: str | Path) -> Store:
    folder = Path(store)
    return open_store(folder if folder.is_dir() else find_store(str(store)))


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return rows as a text table, numbers to three significant figures, '-' where a value is absent."""
    cells = [[_text(row.get(name)) for name in columns] for row in rows]
    widths = [max([len(name), *(len(line[n]) for line in cells)]) for n, name in enumerate(columns)]
    lines = ["  ".join(name.rjust(width) for name, width in zip(columns, widths, strict=True))]
    lines += ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
    return "\n".join(lines)


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
