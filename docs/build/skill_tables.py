"""Tables of skill on held-out starts, made from `assets/skill/small.json`, which `tests.benchmarks.skill --json` wrote."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from docs.build.measured import markdown_table
from engine.runtime.paths import ASSETS

LEADS = (1, 5, 10, 20, 30)
MODEL, RIVALS = "small", ("aigoms-small", "fourcastnet")
BASELINES = ("persistence", "damped", "climatology")
FIELDS = {
    "zos": ("sea surface height (cm)", 100.0),
    "thetao": ("temperature (K)", 1.0),
    "so": ("salinity (10⁻³)", 1.0),
    "uo": ("eastward current (cm/s)", 100.0),
    "vo": ("northward current (cm/s)", 100.0),
}
"""Variable -> what it is called in a table, and the factor to the unit there."""

HEADLINE = (("zos", 0.0), ("thetao", 0.0), ("thetao", 100.0), ("so", 0.0), ("uo", 0.0))
RIVAL_FIELDS = (*HEADLINE, ("uo", 300.0))
ALL_FIELDS = (("zos", 0.0), *((name, depth) for name in ("thetao", "so", "uo", "vo") for depth in (0.0, 100.0, 300.0)))
STRATIFICATION = {
    ("d20", "equatorial Pacific"): "depth of the 20 °C isotherm (m), equatorial Pacific",
    ("mlotst", "14-64"): "mixed layer depth (m), 14-64 degrees",
    ("mlotst", "tropics"): "mixed layer depth (m), within 14 degrees of the equator",
}

Row = Mapping[str, Any]


@cache
def skill() -> dict[str, Any]:
    """Return the scores that the shipped networks have on held-out starts."""
    return json.loads((ASSETS / "skill" / "small.json").read_text(encoding="utf-8"))


def number(value: float) -> str:
    """Return three significant digits, two below 0.1."""
    digits = 2 if abs(value) < 0.0995 else 3
    text = f"{value:#.{digits}g}"
    return text.rstrip(".") if "e" not in text else f"{value:.{digits}g}"


def best_baseline(row: Row) -> float:
    """Return the lowest RMSE of persistence, damped persistence and climatology."""
    return min(row[name] for name in BASELINES if row[name] is not None)


def headline_table() -> str:
    """Return RMSE of the network, the best baseline and the floor of the main fields, 14 to 64 degrees."""
    return _table(HEADLINE, _beside_floor)


def scores_table(band: str) -> str:
    """Return RMSE of the network, the best baseline and the floor of all scored fields of a band."""
    return _table(ALL_FIELDS, _beside_floor, band)


def rivals_table() -> str:
    """Return RMSE of the network, its rivals and the best baseline, 14 to 64 degrees."""

    def beside(row: Row, scale: float) -> str:
        rivals = [_row("rows", model, row["variable"], row["depth"], row["band"], row["lead_days"])["rmse"] for model in RIVALS]
        return _cell(row, scale, [*rivals, best_baseline(row)], min(*rivals, best_baseline(row)))

    return _table(RIVAL_FIELDS, beside)


def stratification_table() -> str:
    """Return RMSE of isotherm and mixed layer depths of the network, the best baseline and the floor."""
    rows = []
    for (variable, band), label in STRATIFICATION.items():
        cells = [_beside_floor(_row("stratification", MODEL, variable, 0.0, band, lead), 1.0) for lead in LEADS]
        rows.append([label, *cells])
    return markdown_table(["field", *(f"day {lead}" for lead in LEADS)], rows)


def power_table() -> str:
    """Return power at the shortest wavelengths on the last day over the reference's, by region and model."""
    models = (MODEL, *RIVALS)
    found = {
        (row["wavelengths"], row["quantity"], row["region"], row["model"]): f"{row['ratio']:.2f}"
        for row in skill()["power"]
        if row["wavelengths"] in ("100-300 km", "100-200 km") and row["lead_days"] == LEADS[-1]
    }
    names = {"ke": "surface currents", "zos": "sea surface height"}
    places = sorted(dict.fromkeys(key[:3] for key in found), reverse=True)
    rows = [
        [place[0], names[place[1]], place[2].replace("_", " "), *(found[*place, model] for model in models)] for place in places
    ]
    return markdown_table(["wavelengths", "power", "region", *(f"`{model}`" for model in models)], rows)


def below_rivals() -> str:
    """Return in how many cells of both bands the RMSE of the network is below each rival's, as a table."""
    keys = ("variable", "depth", "band", "lead_days")
    ours = {tuple(row[key] for key in keys): row["rmse"] for row in skill()["rows"] if row["model"] == MODEL}
    rows = []
    for rival in RIVALS:
        theirs = {tuple(row[key] for key in keys): row["rmse"] for row in skill()["rows"] if row["model"] == rival}
        below = sum(ours[cell] < theirs[cell] for cell in ours)
        rows.append([f"`{rival}`", f"{below} of {len(ours)}"])
    return markdown_table(["rival", "cells of both bands in which `small` has the lower RMSE"], rows)


def energy_table() -> str:
    """Return eddy kinetic energy over the reference's by lead, model and band, with 95 % intervals."""
    rows = []
    for model in (MODEL, *RIVALS):
        for band in ("14-64", "tropics"):
            found = {row["lead_days"]: row for row in skill()["energy"] if (row["model"], row["band"]) == (model, band)}
            rows.append([f"`{model}`", band, *(_percent(found[lead]) for lead in LEADS)])
    return markdown_table(["model", "band", *(f"day {lead}" for lead in LEADS)], rows)


def counts_table() -> str:
    """Return in how many cells each network is below, or in correlation above, every baseline."""
    rows = []
    for model in (MODEL, *RIVALS):
        for band in ("14-64", "tropics"):
            cells = [row for row in skill()["rows"] if (row["model"], row["band"]) == (model, band)]
            ahead = [sum(row[f"behind_{score}"] < 0 for row in cells) for score in ("rmse", "acc")]
            rows.append([f"`{model}`", band, *(f"{count} of {len(cells)}" for count in ahead)])
    return markdown_table(["model", "band", "RMSE ahead", "anomaly correlation ahead"], rows)


def behind_table() -> str:
    """Return the cells in which the RMSE of the network is not below the best baseline's."""
    cells = [row for row in skill()["rows"] if row["model"] == MODEL and row["behind_rmse"] >= 0]
    rows = []
    for row in sorted(cells, key=lambda row: (row["band"], row["lead_days"])):
        label, scale = FIELDS[row["variable"]]
        place = [f"{label}, {row['depth']:g} m", row["band"], f"{row['lead_days']}"]
        rows.append([*place, number(scale * row["rmse"]), number(scale * best_baseline(row))])
    return markdown_table(["field", "band", "day", "`small`", "best baseline"], rows)


def share_table() -> str:
    """Return the share of the way from persistence to the predictability floor, sea surface height, 14 to 64 degrees."""
    shares = [f"{_row('rows', MODEL, 'zos', 0.0, '14-64', lead)['share']:.2f}" for lead in LEADS]
    return markdown_table(["share of the way", *(f"day {lead}" for lead in LEADS)], [["sea surface height", *shares]])


TABLES: dict[str, Callable[[], str]] = {
    "headline": headline_table,
    "scores": lambda: scores_table("14-64"),
    "tropics": lambda: scores_table("tropics"),
    "rivals": rivals_table,
    "stratification": stratification_table,
    "below": below_rivals,
    "power": power_table,
    "energy": energy_table,
    "counts": counts_table,
    "behind": behind_table,
    "share": share_table,
}
"""What a page names in `<!-- skill: NAME -->`."""


def _table(fields: tuple[tuple[str, float], ...], cell: Callable[[Row, float], str], band: str = "14-64") -> str:
    rows = []
    for variable, depth in fields:
        label, scale = FIELDS[variable]
        place = label if variable == "zos" else f"{label}, {depth:g} m"
        rows.append([place, *(cell(_row("rows", MODEL, variable, depth, band, lead), scale) for lead in LEADS)])
    return markdown_table(["field", *(f"day {lead}" for lead in LEADS)], rows)


def _row(table: str, *wanted: Any) -> Row:
    keys = ("model", "variable", "depth", "band", "lead_days")
    return next(row for row in skill()[table] if tuple(row[key] for key in keys) == wanted)


def _beside_floor(row: Row, scale: float) -> str:
    return _cell(row, scale, [best_baseline(row), row["floor"]], best_baseline(row))


def _cell(row: Row, scale: float, others: list[float], best: float) -> str:
    ours = number(scale * row["rmse"])
    return " / ".join((f"**{ours}**" if row["rmse"] < best else ours, *(number(scale * value) for value in others)))


def _percent(row: Row) -> str:
    return f"{100 * row['ratio']:.0f} % ({100 * row['low']:.0f}-{100 * row['high']:.0f})"
