"""A report page of held-out skill: one HTML file with pictures, tables and their facts."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from engine.runtime.atomic import replacing
from engine.verification.aggregation import LATITUDE_BELTS
from engine.verification.comparison import SCORES, Row, describe
from engine.verification.energy import SPECTRUM_REGIONS
from engine.verification.report import plots
from engine.verification.report.head_page import head_sections
from engine.verification.report.html import Table, folded, heading, table

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:1080px;margin:2rem auto;padding:0 1rem;color:#1c2733;background:#fff}
h1{font-size:1.7rem}h2{margin-top:2.5rem;font-size:1.25rem}svg{width:100%;height:auto}
table{border-collapse:collapse;font-size:.82rem;font-variant-numeric:tabular-nums}
td,th{padding:.15rem .55rem;text-align:right;border-bottom:1px solid #e3e8ee}
td.text,th.text{text-align:left}tr.behind td{background:#fdf1e7}
.wide{overflow-x:auto}summary{cursor:pointer}li{font-size:.85rem}
"""

UPPER_BOUND = (
    "The sample ocean is a simulation; its generator and the GOMS networks share parts of their physics. These figures say how "
    "well a model that learned it emulates it from an exact start, with the winds of the forecast days known. They are an upper "
    "bound and cannot be compared with scores against the real ocean."
)

TEXT = f"""{UPPER_BOUND} RMSE, bias
and ACC are over wet cells, weighted by area; ACC is the uncentred anomaly correlation against the climatology of the day of the
year, undefined for climatology itself. The root is taken after the mean over starts. Intervals hold 95 % of 1000 draws of whole
starts with replacement. The predictability floor is the sample's own dynamics from the same start without the noise of the days
to come; damped persistence was fitted on other runs. Energy and spectra are no score of skill: persistence keeps them exactly."""


def write_page(
    path: Path,
    skill: Mapping[str, Any],
    rollouts: Mapping[str, Any] | None,
    machine: str,
    heads: Sequence[Mapping[str, Any]] = (),
) -> Path:
    """Write the page of `held_out_skill`'s tables, and of `stability`'s and the scores of `heads` where given; return its file.

    `path` is an HTML file, or a folder in which the page is called skill.html. It needs no other file and no network.
    """
    path = path if path.suffix == ".html" else path / "skill.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_text(page(skill, rollouts, machine, heads), encoding="utf-8")
    return path


def page(
    skill: Mapping[str, Any], rollouts: Mapping[str, Any] | None, machine: str, heads: Sequence[Mapping[str, Any]] = ()
) -> str:
    """Return the HTML of the report."""
    models = list(dict.fromkeys(row["model"] for row in skill["rows"]))
    last = max(row["lead_days"] for row in skill["rows"])
    parts = [_introduction(skill, machine), heading("Summary"), table(summary(skill, models))]
    for belt in LATITUDE_BELTS:
        parts += [heading(f"RMSE, {LATITUDE_BELTS[belt].label}"), plots.scores_by_lead(skill["rows"], models, "rmse", belt)]
        parts += [heading(f"ACC, {LATITUDE_BELTS[belt].label}"), plots.scores_by_lead(skill["rows"], models, "acc", belt)]
    parts += [heading("Stratification"), plots.stratification(skill["stratification"], models)]
    parts += [heading("Eddy kinetic energy"), plots.energy_by_lead(skill["energy"], models)]
    if skill["spectra"]:
        parts += [heading(f"Spectra on day {last}"), plots.spectra(skill["spectra"], models)]
        parts.append(table(powers(skill, models, last)))
    if rollouts:
        parts += [heading(f"Rollouts of {rollouts['days']} days"), plots.rollout_energy(rollouts["rows"], models_of(rollouts))]
        parts.append(table(rollout_table(rollouts)))
    for each in heads:
        parts += head_sections(each)
    parts += [heading("Where a model is not ahead"), _lists(skill), heading("All scores")]
    parts += [folded(model, table(scores(skill, model), mark_behind=True)) for model in models]
    title = "Skill on held-out starts"
    body = "\n".join(parts)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style><h1>{title}</h1>\n{body}</html>\n'
    )


def models_of(rollouts: Mapping[str, Any]) -> list[str]:
    """Return the models of long rollouts."""
    return list(rollouts["models"])


def _introduction(skill: Mapping[str, Any], machine: str) -> str:
    grid = " x ".join(map(str, skill["grid"]))
    days = ", ".join(map(str, skill["starts"]))
    weights = "; ".join(f"{name}: {sha[:12] if sha else 'no weights'}" for name, sha in skill["weights_sha256"].items())
    fitted = ", ".join(skill["damping_fitted_on"]) or "decay times of the training days"
    facts = (
        f"{len(skill['starts'])} starts of run {skill['run']} of the sample ocean, which training never saw "
        f"(sample days {days}); grid {grid}. Weights (sha256): {weights}. Damped persistence: {fitted}. Machine: {machine}."
    )
    return f"<p>{escape(TEXT)}</p><p>{escape(facts)}</p>"


def summary(skill: Mapping[str, Any], models: Sequence[str]) -> Table:
    """Return in how many cells each model is ahead of every baseline, its share of the way to the floor, and its final energy."""
    last = max(row["lead_days"] for row in skill["rows"])
    head = ["model", *(f"{score} ahead, {LATITUDE_BELTS[belt].label}" for score in SCORES for belt in LATITUDE_BELTS)]
    leads = sorted({row["lead_days"] for row in skill["rows"]})
    head += [f"way to floor, height, day {lead}" for lead in leads] + [f"energy, day {last}"]
    lines: list[list[object]] = []
    for model in models:
        ours = [row for row in skill["rows"] if row["model"] == model]
        line: list[object] = [model]
        for score in SCORES:
            for belt in LATITUDE_BELTS:
                compared = [row[f"behind_{score}"] for row in ours if row["band"] == belt and row[f"behind_{score}"] is not None]
                line.append(f"{sum(value < 0 for value in compared)} of {len(compared)}")
        main = {row["lead_days"]: row["share"] for row in ours if row["variable"] == "zos" and row["band"] == "14-64"}
        line += [main[lead] for lead in leads]
        line.append(_percent(_energy(skill, model, last)))
        lines.append(line)
    return head, lines


def _energy(skill: Mapping[str, Any], model: str, lead: int) -> Row:
    return next(row for row in skill["energy"] if (row["model"], row["band"], row["lead_days"]) == (model, "14-64", lead))


def powers(skill: Mapping[str, Any], models: Sequence[str], lead: int) -> Table:
    """Return the power over the reference's by region and wavelength at a lead, for every model."""
    found = {
        (row["quantity"], row["region"], row["wavelengths"], row["model"]): _percent(row)
        for row in skill["power"]
        if row["lead_days"] == lead
    }
    labels = {region.name: region.label for region in SPECTRUM_REGIONS}
    places = list(dict.fromkeys(key[:3] for key in found))
    names = {"zos": "sea surface height", "ke": "kinetic energy"}
    lines = [[names[place[0]], labels[place[1]], place[2], *(found.get((*place, model)) for model in models)] for place in places]
    return ["power over the reference's", "region", "wavelengths", *models], lines


def rollout_table(found: Mapping[str, Any]) -> Table:
    """Return the results of long rollouts, a line for each model."""
    head = ["model", "finite", "inside ranges", "first day not finite", "first day outside", "energy, least", "energy, most"]
    lines: list[list[object]] = []
    for model, each in found["models"].items():
        counted = [f"{each[name]} of {each['starts']}" for name in ("finite", "inside")]
        shown = ("first_day_not_finite", "first_day_outside", "energy_least", "energy_most")
        lines.append([model, *counted, *(each[name] for name in shown)])
    return head, lines


def scores(skill: Mapping[str, Any], model: str) -> Table:
    """Return every score of a model; the last column is how far its RMSE is behind that of the best baseline."""
    names = ["variable", "depth", "band", "lead_days", "rmse", "low", "high", "persistence", "damped", "climatology", "floor"]
    names += ["acc", "acc_low", "acc_high", "acc_persistence", "acc_damped", "bias", "share", "behind_rmse"]
    rows = [row for row in (*skill["rows"], *skill["stratification"]) if row["model"] == model]
    return names, [[row[name] for name in names] for row in rows]


def _lists(skill: Mapping[str, Any]) -> str:
    parts = []
    for score, rows in skill["not_ahead"].items():
        lines = "".join(f"<li>{escape(describe(row))}</li>" for row in rows)
        sure = sum(row["certain"] for row in rows)
        parts.append(folded(f"{score}: {len(rows)} cells, {sure} of them beyond doubt", f"<ul>{lines}</ul>"))
    return "\n".join(parts)


def _percent(row: Row) -> str:
    if row["ratio"] is None:
        return "-"
    bounds = "" if row["low"] is None else f" ({100 * row['low']:.0f}-{100 * row['high']:.0f})"
    return f"{100 * row['ratio']:.0f}{bounds} %"
