"""The numbers behind the charts of skill as one table of a page."""

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd

from app.language import say

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


def table(scores: Mapping[str, Mapping[str, pd.DataFrame]], names: Mapping[str, str], caption: str) -> str:
    """Return HTML: a group of rows a score, a row a model or baseline, a column a lead; intervals stand in brackets.

    `scores` maps the heading of a group to tables of `app.skill.curves`, `names` what they are of to how it is called.
    """
    leads = sorted({int(lead) for drawn in scores.values() for each in drawn.values() for lead in each.index})
    head = "".join(f'<th scope="col">{say("day {lead}", lead=lead)}</th>' for lead in leads)
    parts = [f"<caption>{escape(caption)}</caption>", f'<thead><tr><th scope="col"></th>{head}</tr></thead>']
    for heading, drawn in scores.items():
        rows = "".join(_row(names[name], each, leads) for name, each in drawn.items())
        title = f'<tr><th scope="rowgroup" colspan="{len(leads) + 1}">{escape(heading)}</th></tr>'
        parts.append(f"<tbody>{title}{rows}</tbody>")
    return f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}"><table>{"".join(parts)}</table></div>'


def _row(label: str, values: pd.DataFrame, leads: list[int]) -> str:
    found = "".join(f"<td>{_cell(values.loc[lead]) if lead in values.index else ''}</td>" for lead in leads)
    return f'<tr><th scope="row">{escape(label)}</th>{found}</tr>'


def _cell(row: "pd.Series[float]") -> str:
    if not np.isfinite(row["value"]):
        return "-"
    low, high = row.get("low", np.nan), row.get("high", np.nan)
    interval = say("{first} to {last}", first=f"{low:.3g}", last=f"{high:.3g}")
    bounds = f' <span class="interval">({interval})</span>' if np.isfinite(low) and np.isfinite(high) else ""
    return f"{row['value']:.3g}{bounds}"
