"""Verification results as the page shows them: which there are, what one holds, and what of the forecasts on disk is scored."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from app.jobs.queue import Job, Request
from app.services.readers import VIRTUAL
from app.services.services import Services
from app.state.selection import Selection
from app.text.i18n import listed, say
from app.text.labels import MODEL_LABELS, date_label
from app.text.plain_text import plain
from engine import __version__
from engine.runtime.csv_table import csv_of
from engine.runtime.errors import InputError
from engine.runtime.names import plain_name
from engine.schema.regions import Region
from engine.verification.comparison import OTHERS
from engine.verification.energy import SPECTRUM_REGIONS
from engine.verification.report.page import UPPER_BOUND
from engine.verification.results import Result, read_result, result_files
from engine.verification.scored_levels import ISOTHERM_DEPTH, MIXED_LAYER

DISK = "disk"
"""The choice of what was scored that means the forecasts on the disk of the chosen source and model."""

SCORED = {"zos": "zos", "thetao": "thetao", "so": "so", "uo": "uo", "vo": "vo", "mixed_layer": MIXED_LAYER, "d20": ISOTHERM_DEPTH}
"""Display variable -> its name in verification results."""

WATERS: dict[str, Region] = {region.name: region for region in SPECTRUM_REGIONS}
OTHER_LABELS = {
    "persistence": "Persistence", "damped": "Damped persistence", "climatology": "Climatology",
    "floor": "Predictability floor", "reference": "Reference",
}  # fmt: skip
PREFIXES = {"rmse": "", "acc": "acc_", "bias": "bias_"}
"""Score -> what its columns begin with."""


@dataclass(frozen=True)
class Listing:
    """The results there are by the name the address has for them, and why other files are none."""

    results: dict[str, Result]
    refused: tuple[str, ...]


@lru_cache(maxsize=16)
def _read(path: Path, _: int) -> Result:
    return read_result(path)


def stamps() -> tuple[tuple[Path, int], ...]:
    """Return each file of results with what changes when it is written anew."""
    found = []
    for path in result_files():
        try:
            found.append((path, path.stat().st_mtime_ns))
        except FileNotFoundError:  # deleted since the folder was read
            continue
    return tuple(found)


def listing() -> Listing:
    """Return every result, shipped ones first, and the refusals of files that are none."""
    results: dict[str, Result] = {}
    refused: list[str] = []
    for path, stamp in stamps():
        try:
            found = _read(path, stamp)
        except InputError as error:
            refused.append(str(error))
        else:
            results[f"{'shipped' if found.shipped else 'own'}:{found.name}"] = found
    return Listing(results, tuple(refused))


def label_of(result: Result) -> str:
    """Return how a result is called in a list."""
    models = " + ".join(model_label(name) for name in result.models)
    count = len(result.tables["starts"])
    if "stores" in result.tables:
        return say("{forecasts} on the disk: {models}", forecasts=_forecasts(count), models=models)
    starts = say("1 held-out start") if count == 1 else say("{count} held-out starts", count=count)
    return say("{starts}: {models}", starts=listed((starts, say("shipped") if result.shipped else "")), models=models)


def model_label(name: str) -> str:
    """Return how a model is called on screen; one of other weights keeps the name of their file."""
    return say(MODEL_LABELS.get(name, plain(name)))


def _forecasts(count: int) -> str:
    return say("1 forecast") if count == 1 else say("{count} forecasts", count=count)


def pairs_on_disk(services: Services, source: str, model: str) -> tuple[tuple[str, str], ...]:
    """Return (forecast, reference) by name of every whole forecast of a source and model that has its whole reference."""
    if model in VIRTUAL or source.startswith("store:"):
        return ()
    whole = [
        store
        for store in services.stores.all()
        if services.sources.name_of(store) == source and store.grid.shape == services.options.grid_shape and store.complete
    ]
    references = {store.init_time: store.identifier for store in whole if store.kind == "reference"}
    forecasts = {
        store.init_time: store.identifier for store in whole if store.kind == "forecast" and store.attrs.get("model") == model
    }
    return tuple((forecasts[time], references[time]) for time in sorted(forecasts.keys() & references.keys()))


def disk_name(source: str, model: str) -> str:
    """Return the name of the result that the forecasts of a source and model on the disk have."""
    return plain_name(f"stores__{source}__{model}")


def disk_result(source: str, model: str) -> Result | None:
    """Return what was scored of the forecasts on the disk, None before the first time."""
    return listing().results.get(f"own:{disk_name(source, model)}")


def choices(source: str, model: str, on_disk: bool) -> dict[str, Result | None]:
    """Return every result by the name that the address has for it, the forecasts on the disk last; None for what is to come."""
    own = disk_result(source, model)
    found: dict[str, Result | None] = {key: each for key, each in listing().results.items() if each is not own}
    if on_disk or own is not None:
        found[DISK] = own
    return found


def chosen(name: str, found: dict[str, Result | None]) -> str:
    """Return the name of the result in force: the one asked for, else the first; empty where there is none."""
    return name if name in found else next(iter(found), "")


def is_current(result: Result | None, pairs: tuple[tuple[str, str], ...]) -> bool:
    """Return whether a result is of these very forecasts."""
    return result is not None and result.tables.get("stores") == [forecast for forecast, _ in pairs]


def request(source: str, model: str, pairs: tuple[tuple[str, str], ...]) -> Request:
    """Return the request that scores forecasts on the disk in the background."""
    return Request("skill", source, "", model, 0, (("pairs", pairs), ("result", disk_name(source, model))))


def score(services: Services, source: str, model: str, pairs: tuple[tuple[str, str], ...]) -> Job:
    """Start to score forecasts on the disk, or join who did."""
    return services.queues.chores.submit(request(source, model, pairs))


def rows_of(result: Result) -> list[dict[str, Any]]:
    """Return every row of a result: fields, then the depths that tell the layering."""
    return [*result.tables["rows"], *result.tables["stratification"]]


def places(result: Result) -> dict[str, dict[float, list[str]]]:
    """Return what was scored: display variable -> depth in metres -> bands, in the order of the tables."""
    names = {scored: shown for shown, scored in SCORED.items()}
    found: dict[str, dict[float, list[str]]] = {}
    for row in rows_of(result):
        if row["variable"] in names:
            bands = found.setdefault(names[row["variable"]], {}).setdefault(float(row["depth"]), [])
            if row["band"] not in bands:
                bands.append(row["band"])
    return {name: found[name] for name in SCORED if name in found}


def cells(result: Result, variable: str, depth: float, band: str) -> dict[str, pd.DataFrame]:
    """Return, for each model, the rows of a display variable at a depth in a band, indexed by lead in days."""
    wanted = [row for row in rows_of(result) if (row["variable"], row["depth"], row["band"]) == (SCORED[variable], depth, band)]
    return {
        model: pd.DataFrame([row for row in wanted if row["model"] == model]).set_index("lead_days").sort_index()
        for model in result.models
        if any(row["model"] == model for row in wanted)
    }


def curves(found: dict[str, pd.DataFrame], score: str) -> dict[str, pd.DataFrame]:
    """Return `value`, `low` and `high` of a score by lead for each model, then `value` of the others, those without left out.

    Raises no error for a result without intervals or others: what it lacks is missing.
    """
    prefix = PREFIXES[score]
    drawn: dict[str, pd.DataFrame] = {}
    for model, table in found.items():
        columns = {"value": score, "low": f"{prefix}low", "high": f"{prefix}high"}
        drawn[model] = pd.DataFrame({name: _numbers(table, column) for name, column in columns.items()})
    first = next(iter(found.values()), None)
    for name in OTHERS if first is not None else ():
        values = _numbers(first, f"{prefix}{name}")
        if values.notna().any() and name not in found:
            drawn[name] = pd.DataFrame({"value": values})
    return {name: table for name, table in drawn.items() if table["value"].notna().any()}


def _numbers(table: pd.DataFrame, column: str) -> "pd.Series[float]":
    missing = pd.Series(np.nan, table.index)
    return pd.to_numeric(table[column], errors="coerce") if column in table else missing


def energy(result: Result, band: str) -> dict[str, pd.DataFrame]:
    """Return `value`, `low`, `high` of the eddy kinetic energy over the reference's by lead, for each model."""
    found = {}
    for model in result.models:
        rows = [row for row in result.tables["energy"] if (row["model"], row["band"]) == (model, band)]
        if rows:
            table = pd.DataFrame(rows).set_index("lead_days").sort_index()
            found[model] = pd.DataFrame(
                {"value": _numbers(table, "ratio"), "low": _numbers(table, "low"), "high": _numbers(table, "high")}
            )
    return found


def spectra(result: Result, water: str, quantity: str) -> dict[str, pd.DataFrame]:
    """Return the mean spectra at the last lead in a region, `value` by wavelength in km, reference and floor last."""
    found = result.tables["spectra"].get(water)
    if not isinstance(found, dict) or not isinstance(found.get(quantity), dict):
        return {}
    wavenumber = np.array(found.get("wavenumber", []), dtype=float)
    drawn = {}
    known_names = [name for name in found[quantity] if name in result.models or name in OTHER_LABELS]
    for name in sorted(known_names, key=lambda name: name not in result.models):
        power = np.array(found[quantity][name], dtype=float)
        if power.shape == wavenumber.shape:
            known = (wavenumber > 0) & np.isfinite(power) & (power > 0)
            drawn[name] = pd.DataFrame({"value": power[known]}, index=1 / wavenumber[known])
    return drawn


def facts(result: Result) -> str:
    """Return what was measured, in words: starts, run, grid, weights, machine."""
    tables = result.tables
    rows, columns = tables["grid"][:2]
    starts = tables["starts"]
    if all(isinstance(start, int) for start in starts):
        began = listed(map(str, starts))
        count = say("1 start") if len(starts) == 1 else say("{count} starts", count=len(starts))
        text = "{starts} of run {run} of the sample ocean, which training never saw (sample days {began})"
        what = say(text, starts=count, run=plain(tables["run"]), began=began)
    else:
        began = listed(_start_label(str(start), str(tables["run"])) for start in starts)
        text = "{forecasts} on the disk, from {began}, each against its reference ({run})"
        what = say(text, forecasts=_forecasts(len(starts)), began=began, run=plain(tables["run"]))
    weights = say("; ").join(
        f"{model_label(name)} {plain(sha)[:12] if sha else say('has none')}" for name, sha in tables["weights_sha256"].items()
    )
    fitted = plain(listed(map(str, tables.get("damping_fitted_on") or ()))) or say("decay times of the training days")
    sentences = [
        say("{what}; grid {rows} x {columns}.", what=what, rows=rows, columns=columns),
        say("Weights (sha256): {weights}.", weights=weights),
        say("Damped persistence: {fitted}.", fitted=fitted),
        say("Machine: {machine}.", machine=plain(tables["machine"])) if tables.get("machine") else "",
        say("Wet cells, by area; the root is taken after the mean over starts; shaded: 95 % of 1000 draws of whole starts."),
    ]
    return " ".join(filter(None, sentences))


def _start_label(start: str, run: str) -> str:
    try:
        return date_label(np.datetime64(start, "D"), run.startswith("sample"))
    except ValueError:  # no date
        return plain(start)


def as_csv(selection: Selection) -> bytes:
    """Return every score of the chosen result as a table, with lines before it that say what was measured.

    Raises InputError where nothing is scored.
    """
    found = choices(selection.source, selection.model, on_disk=False)
    result = found.get(chosen(selection.skill, found))
    if result is None:
        raise InputError("nothing is scored yet, so there is nothing to save: wait for the first scores")
    table = pd.DataFrame(rows_of(result))
    return csv_of(table, [label_of(result), facts(result), UPPER_BOUND, f"GOMS Explorer {__version__}"]).encode()
