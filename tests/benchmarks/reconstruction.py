"""How well a full state comes back from a part of it: error against the share of the ocean that was observed.

Random whole columns of zos, thetao and so without noise, then altimeter tracks with noise and floats as they sample the sea,
on held-out days of the sample ocean, beside climatology. With --forecast, how much skill a forecast keeps that starts from
tracks and floats, or tracks alone, beside one from the exact state and persistence of it.

python -m tests.benchmarks.reconstruction [--days 240,360] [--shares 100,50,25,10,5,1] [--grid-factor 1] [--forecast 30]
    [--weights FILE] [--json]
"""

import argparse
import json
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from engine.forecasting.rollout import rollout
from engine.physics.displaced_state import climatology
from engine.readers.tables.observations import Observations, joined
from engine.reconstruction.analysis import Complete, reconstruct
from engine.reconstruction.completion import completed, load_completion
from engine.reconstruction.training.observing_systems import floats, random_columns, tracks
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.grid import coarsened, from_sea_floor
from engine.schema.regions import REGIONS, Region
from engine.schema.sample_calendar import sample_date
from engine.sources import initial_state
from engine.verification.aggregation import LATITUDE_BELTS, belt_weights
from engine.weights.loading import load_model
from sample_data.held_out import held_out_run
from sample_data.source import SampleSource

FIELDS = {"zos": ("zos", 0), "thetao 0 m": ("thetao", 0), "thetao 100 m": ("thetao", 7), "thetao 300 m": ("thetao", 12),
          "so 0 m": ("so", 0)}  # fmt: skip
BAND = "14-64"
LEADS = (0, 1, 5, 10, 20, 30)


def errors(found: Batch, truth: Batch, weights: np.ndarray) -> dict[str, float]:
    """Return the root mean square error of every field over the cells that `weights` (h, w) count."""
    result = {}
    for label, (name, level) in FIELDS.items():
        ours, theirs = (batch[name] if batch[name].ndim == 2 else batch[name][level] for batch in (found, truth))
        there = np.isfinite(theirs) & (weights > 0)
        result[label] = float(np.sqrt(np.average((ours - theirs)[there] ** 2, weights=weights[there])))
    return result


def cropped(batch: Batch, region: Region | None) -> Batch:
    """Return the part of a state inside a region that does not cross the prime meridian; all of it without one."""
    if region is None:
        return batch
    grid = batch.grid
    rows, columns = grid.rows_and_columns(region)
    part = from_sea_floor(grid.lat[rows], grid.lon[columns], grid.deptho[np.ix_(rows, columns)])
    fields = {name: field[..., rows[:, None], columns] for name, field in batch.fields.items()}
    return Batch(fields, part, batch.time)


def systems(source: SampleSource, day: int, wanted: list[str], noise: float, region: Region | None) -> dict[str, Observations]:
    """Return what altimeters, altimeters and floats, and floats alone see about a sample day."""
    generator = np.random.default_rng(day)

    def sea_level(days: float) -> Batch:
        moment = sample_date(day) + np.timedelta64(round(days), "D")
        level = source.sea_level(moment)
        assert level is not None
        return cropped(Batch({"zos": np.where(source.grid.wet_surface, level, np.nan)}, source.grid, moment), region)

    def state(days: float) -> Batch:
        return cropped(source.state(sample_date(day) + np.timedelta64(round(days), "D")), region)

    seen = {"tracks": tracks(sea_level, generator, noise)}
    if any("floats" in name for name in wanted):
        seen["floats"] = floats(state, generator)
        seen["tracks and floats"] = joined([seen["tracks"], seen["floats"]])
    return {name: each for name, each in seen.items() if name in wanted}


def measure(
    source: SampleSource,
    day: int,
    shares: list[float],
    wanted: list[str],
    noise: float,
    complete: Complete | None,
    region: Region | None,
) -> tuple[list[dict[str, Any]], dict[str, Batch]]:
    """Return a row for each way of observing a day, and the states from tracks, with floats and without."""
    moment = sample_date(day)
    truth = cropped(source.state(moment), region)
    grid = truth.grid
    weights = belt_weights(grid, LATITUDE_BELTS[BAND])
    rows = [{"observed": "climatology", "day": day, "rmse": errors(climatology(grid, moment), truth, weights)}]
    print(rows[-1], flush=True)
    seen = {f"{share:g} %": random_columns(truth, share / 100, np.random.default_rng(day)) for share in shares}
    states = {}
    seen |= systems(source, day, wanted, noise, region)
    for name, observed in seen.items():
        for label, network in ((name, None), (f"{name}, network", complete)):
            if network is None and label != name:
                continue
            began = time.process_time()
            found = reconstruct(observed, grid, moment, complete=network)
            row = {"observed": label, "day": day, "rmse": errors(found.state, truth, weights), "guessed": found.guessed_share()}
            rows.append({**row, "processor_seconds": round(time.process_time() - began, 1)})
            print(rows[-1], flush=True)
        if "tracks" in name:
            states[name] = found.state
    return rows, states


def forecast_skill(source: SampleSource, day: int, starts: dict[str, Batch], days: int, name: str) -> list[dict[str, Any]]:
    """Return errors by lead of forecasts from the exact state and from `starts`, and of persistence and climatology."""
    moment = sample_date(day)
    exact = initial_state(source, moment)
    model = load_model(name, source.grid)
    weights = belt_weights(source.grid, LATITUDE_BELTS[BAND])
    leads = [lead for lead in LEADS if lead <= days]
    truths = {lead: source.state(moment + np.timedelta64(lead, "D")) for lead in leads}
    rows = []
    for lead, truth in truths.items():
        rows.append({"from": "persistence", "lead": lead, "rmse": errors(exact, truth, weights)})
        rows.append({"from": "climatology", "lead": lead, "rmse": errors(climatology(source.grid, truth.time), truth, weights)})
    for start, initial in {**starts, "exact": exact}.items():
        rows.append({"from": start, "lead": 0, "rmse": errors(initial, truths[0], weights)})
        for step in rollout(model, initial, source.forcing, days):
            if step.lead in truths:
                rows.append({"from": start, "lead": step.lead, "rmse": errors(step.batch, truths[step.lead], weights)})
                print(rows[-1], flush=True)
    return rows


def table(rows: list[dict[str, Any]], key: str) -> str:
    """Return the mean over days of the rows, one line for each value of `key` and lead."""
    groups: dict[tuple[str, int], list[dict[str, float]]] = {}
    for row in rows:
        groups.setdefault((row[key], row.get("lead", 0)), []).append(row["rmse"])
    lines = [f"{key:22} {'day':>4} " + " ".join(f"{name:>13}" for name in FIELDS)]
    for (name, lead), found in groups.items():
        means = [np.sqrt(np.mean([each[field] ** 2 for each in found])) for field in FIELDS]
        lines.append(f"{name:22} {lead:4} " + " ".join(f"{value:13.4f}" for value in means))
    return "\n".join(lines)


def main() -> None:
    """Measure, print the tables, and with --json one line of JSON last."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", default="240,360", help="held-out sample days, separated by commas")
    parser.add_argument("--shares", default="100,50,25,10,5,1", help="shares observed in per cent")
    parser.add_argument("--systems", default="tracks,floats,tracks and floats", help="separated by commas")
    parser.add_argument("--noise", type=float, default=0.02, help="noise of altimeters in m")
    parser.add_argument("--run", type=Path, help="folder of the held-out run (default: seed-1 built by the user, else shipped)")
    parser.add_argument("--grid-factor", type=int, default=1, help="on a grid this many times coarser than 1/4 degree")
    parser.add_argument("--forecast", type=int, default=0, metavar="DAYS", help="forecast so far from the first day's states")
    parser.add_argument("--region", choices=sorted(REGIONS), help="only there, as if nothing were known around it")
    parser.add_argument("--model", default="small")
    parser.add_argument("--weights", type=Path, help="trained completion, scored beside the interpolation")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    source = SampleSource(folder=held_out_run(chosen.run).folder, grid=coarsened(chosen.grid_factor))
    region = REGIONS[chosen.region] if chosen.region else None
    if region and chosen.forecast:
        raise InputError("a forecast needs the whole globe; leave out --region or --forecast")
    complete = None
    if chosen.weights:
        complete = partial(completed, network=load_completion(chosen.weights, source.grid)[0])
    days = [int(day) for day in chosen.days.split(",")]
    wanted = chosen.systems.split(",")
    shares = [float(share) for share in chosen.shares.split(",") if share]
    rows: list[dict[str, Any]] = []
    skill: list[dict[str, Any]] = []
    for day in days:
        found, states = measure(source, day, shares, wanted, chosen.noise, complete, region)
        rows += found
        if chosen.forecast and day == days[0]:
            skill = forecast_skill(source, day, states, chosen.forecast, chosen.model)
    print(f"root mean square error, {chosen.region or 'globe'}, {BAND} degrees; m, K and 1e-3; sample days {chosen.days}")
    print(table(rows, "observed"))
    if skill:
        print(table(skill, "from"))
    if chosen.json:
        print(json.dumps({"days": days, "rows": rows, "forecast": skill, "grid_factor": chosen.grid_factor}))


if __name__ == "__main__":
    main()
