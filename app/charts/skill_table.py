"""The numbers behind the charts of skill as one table of a page."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from app.text.i18n import say
from app.text.plain_text import Markup

STYLE = """
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 11.5px; line-height: 1.5; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 2px 0 4px; }
th, td { padding: 1px 7px 1px 0; text-align: right; white-space: nowrap; font-weight: 400; }
th[scope=row], th[scope=rowgroup] { text-align: left; padding-right: 10px; }
thead th { border-bottom: 1px solid var(--mui-palette-divider, rgba(127, 127, 127, .3)); }
tbody th[scope=rowgroup] { padding-top: 6px; font-weight: 600; }
.interval { opacity: .75; }
"""


TABLE = Markup('<div class="wide" tabindex="0" role="region" aria-label="{}"><table>{}</table></div>')
CAPTION, HEAD = Markup("<caption>{}</caption>"), Markup('<thead><tr><th scope="col"></th>{}</tr></thead>')
COLUMN = Markup('<th scope="col">{}</th>')
GROUP = Markup('<tbody><tr><th scope="rowgroup" colspan="{}">{}</th></tr>{}</tbody>')
ROW, CELL = Markup('<tr><th scope="row">{}</th>{}</tr>'), Markup("<td>{}</td>")
VALUE, INTERVAL = Markup("{:.3g}{}"), Markup(' <span class="interval">({})</span>')


def table(scores: Mapping[str, Mapping[str, pd.DataFrame]], names: Mapping[str, str], caption: str) -> Markup:
    """Return HTML: a group of rows a score, a row a model or baseline, a column a lead; intervals stand in brackets.

    `scores` maps the heading of a group to tables of `app.analysis.skill.curves`, `names` what they are of to how it is called.
    """
    leads = sorted({int(lead) for drawn in scores.values() for each in drawn.values() for lead in each.index})
    parts = [CAPTION.format(caption), HEAD.format(_joined(COLUMN.format(say("day {lead}", lead=lead)) for lead in leads))]
    for heading, drawn in scores.items():
        rows = _joined(_row(names[name], each, leads) for name, each in drawn.items())
        parts.append(GROUP.format(len(leads) + 1, heading, rows))
    return TABLE.format(caption, _joined(parts))


def _row(label: str, values: pd.DataFrame, leads: list[int]) -> Markup:
    return ROW.format(label, _joined(CELL.format(_cell(values.loc[lead]) if lead in values.index else "") for lead in leads))


def _cell(row: "pd.Series[float]") -> Markup | str:
    if not np.isfinite(row["value"]):
        return "-"
    low, high = row.get("low", np.nan), row.get("high", np.nan)
    interval = say("{first} to {last}", first=f"{low:.3g}", last=f"{high:.3g}")
    return VALUE.format(float(row["value"]), INTERVAL.format(interval) if np.isfinite(low) and np.isfinite(high) else "")


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
