"""A model against the baselines over several starts: scores with intervals, and the cells where it is not ahead."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.verification.bootstrap import draw_starts, drawn_means, interval
from engine.verification.statistics import metric_arrays

Row = dict[str, Any]
Statistics = Mapping[str, np.ndarray]
"""Mean statistics (starts, cells) by name; a cell of a table is one field, depth, latitude belt and lead.

Rows and files call the belt `band`, as earlier results do.
"""

BASELINES = ("persistence", "damped", "climatology")
OTHERS = (*BASELINES, "floor")
SCORES = ("rmse", "acc", "bias")


def comparison_rows(model: Statistics, others: Mapping[str, Statistics], cells: Sequence[Row]) -> list[Row]:
    """Return one row for each of `cells`: its keys, then scores, intervals, the others' scores and how far behind the best.

    `rmse` `acc` `bias` are the model's, `low` and `high` bound the RMSE, `acc_low` and so on the rest. Under its own name each of
    `others` has its RMSE, under `acc_NAME` and `bias_NAME` the rest. `behind_SCORE` is how much worse the model is than the best
    baseline, negative where it is ahead, with bounds of its own; of biases the sizes are compared. `share` is the way from
    persistence to the floor. An undefined score is None.
    """
    starts = len(model["error"])
    shares = draw_starts(starts)
    found = {name: _scores(values, None) for name, values in {"model": model, **others}.items()}
    drawn = {name: _scores(values, shares) for name, values in {"model": model, **others}.items()}
    columns: dict[str, np.ndarray] = {}
    for score in SCORES:
        prefix = "" if score == "rmse" else f"{score}_"
        columns[score] = found["model"][score]
        columns[f"{prefix}low"], columns[f"{prefix}high"] = interval(drawn["model"][score], starts)
        columns |= {f"{prefix}{name}": found[name][score] for name in OTHERS}
        columns[f"behind_{score}"] = _behind(found, score)
        columns[f"behind_{score}_low"], columns[f"behind_{score}_high"] = interval(_behind(drawn, score), starts)
    room = columns["persistence"] - columns["floor"]
    columns["share"] = np.divide(columns["persistence"] - columns["rmse"], room, out=np.full_like(room, np.nan), where=room > 0)
    columns["covered"] = model["covered"].mean(axis=0)
    return [{**cell, **{name: defined(values[number]) for name, values in columns.items()}} for number, cell in enumerate(cells)]


def _scores(statistics: Statistics, shares: np.ndarray | None) -> dict[str, np.ndarray]:
    return metric_arrays(
        {name: values.mean(axis=0) if shares is None else drawn_means(shares, values) for name, values in statistics.items()}
    )


def _behind(scores: Mapping[str, Mapping[str, np.ndarray]], score: str) -> np.ndarray:
    ours, theirs = scores["model"][score], [scores[name][score] for name in BASELINES]
    if score == "acc":
        return np.fmax.reduce(theirs) - ours
    return np.abs(ours) - np.fmin.reduce([np.abs(values) for values in theirs])


def defined(value: float) -> float | None:
    """Return a number to six figures, or None where it is undefined, as JSON needs it."""
    return float(f"{value:.6g}") if np.isfinite(value) else None


def not_ahead(rows: Sequence[Row], score: str = "rmse") -> list[Row]:
    """Return the cells whose `score` is no better than the best baseline's: `value`, `best`, `behind` with `low` and `high`.

    `certain` says that the interval excludes zero. Cells without a score of the model or of any baseline are left out.
    """
    prefix = "" if score == "rmse" else f"{score}_"
    found = []
    for row in rows:
        behind, low = row[f"behind_{score}"], row[f"behind_{score}_low"]
        if behind is None or behind < 0:
            continue
        theirs = [row[f"{prefix}{name}"] for name in BASELINES if row[f"{prefix}{name}"] is not None]
        found.append(
            {name: row[name] for name in ("model", "variable", "depth", "band", "lead_days")}
            | {"score": score, "value": row[score], "best": max(theirs) if score == "acc" else min(theirs, key=abs)}
            | {"behind": behind, "low": low, "high": row[f"behind_{score}_high"], "certain": low is not None and low > 0}
        )
    return found


def describe(lost: Row) -> str:
    """Return one line for a cell of `not_ahead`: where it is, the model's score and the best baseline's."""
    sure = "interval excludes zero" if lost["certain"] else "interval includes zero"
    place = f"{lost['variable']} {lost['depth']:g} m {lost['band']} day {lost['lead_days']}"
    return f"{lost['model']}: {place}: {lost['score']} {lost['value']:.3g} against {lost['best']:.3g} ({sure})"


def ratio_with_interval(prediction: np.ndarray, target: np.ndarray) -> dict[str, float | None]:
    """Return `ratio` of the means of two quantities (starts,), with `low` and `high`."""
    shares = draw_starts(len(prediction))
    low, high = interval(drawn_means(shares, prediction) / drawn_means(shares, target), len(prediction))
    found = {"ratio": prediction.mean() / target.mean(), "low": low, "high": high}
    return {name: defined(float(value)) for name, value in found.items()}
