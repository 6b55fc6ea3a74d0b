"""Sections of a report on heads: scores beside those of their baselines, by field and lead."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from engine.schema.variables import VARIABLES
from engine.verification.report import plots
from engine.verification.report.html import Table, folded, heading, table

TITLES = {
    "kuroshio": "Kuroshio at 1/12 degree",
    "waves": "Waves at 1/2 degree: errors in metres",
    "biogeochemistry": "Biogeochemistry at 1 degree: errors in log10",
}


def head_sections(found: Mapping[str, Any]) -> list[str]:
    """Return the HTML of `day_head_skill`'s or `kuroshio_skill`'s scores."""
    rows = found.get("rows", found.get("forecasts", []))
    facts = f"Weights {found['weights_sha256'][:12]}; forecasts from sample days {', '.join(map(str, found['starts']))}."
    parts = [heading(TITLES[found["head"]]), f"<p>{escape(facts)}</p>"]
    if "bicubic" in found:
        scores = [[score, found["bicubic"][score], found["on_days"][score]] for score in sorted(found["bicubic"])]
        parts.append(table((["days of the reference itself", "bicubic", "head"], scores)))
    if rows:
        parts.append(plots.heads_by_lead([row for row in rows if row["field"] in VARIABLES]))
        parts.append(folded("All scores", table(scores_by_method(rows))))
    return parts


def scores_by_method(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return every score of a head and its baselines: a line for each field and lead."""
    methods = list(dict.fromkeys(row["method"] for row in rows))
    beside = "acc" if "acc" in rows[0] else "bias"
    names = [(method, score) for method in methods for score in ("rmse", beside)]
    found = {(row["field"], row["lead_days"], row["method"]): row for row in rows}
    lines: list[list[object]] = []
    for field, lead in dict.fromkeys((row["field"], row["lead_days"]) for row in rows):
        line = [found.get((field, lead, method), {}).get(score) for method, score in names]
        lines.append([field, lead, *line])
    return ["field", "lead_days", *(f"{method} {score}" for method, score in names)], lines
