"""Pictures of a report as SVG text: scores by lead beside the baselines, spectra, energy, long rollouts."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from engine.schema.variables import PROGNOSTIC, VARIABLES
from engine.verification.aggregation import LATITUDE_BELTS
from engine.verification.comparison import OTHERS, Row
from engine.verification.energy import SPECTRUM_REGIONS
from engine.verification.scored_levels import ISOTHERM_DEPTH, MIXED_LAYER, SCORED_DEPTHS

COLOURS = ("#0b6fa4", "#d1495b", "#2e8b57", "#8a5cb8", "#c98a00")
STYLES: dict[str, dict[str, Any]] = {
    "persistence": {"color": "0.45", "ls": "--"},
    "damped": {"color": "0.45", "ls": ":"},
    "climatology": {"color": "#b08d57", "ls": "-."},
    "floor": {"color": "0.1", "ls": (0, (1, 1)), "lw": 0.9},
    "reference": {"color": "0.1", "lw": 1.4},
}
LABELS = {
    "damped": "damped persistence",
    "floor": "predictability floor",
    ISOTHERM_DEPTH: "Depth of 20 °C",
    MIXED_LAYER: "Mixed layer depth",
}
UNITS = {"thetao": "K", "so": "10⁻³", "uo": "m/s", "vo": "m/s", "zos": "m", ISOTHERM_DEPTH: "m", MIXED_LAYER: "m"}


def colour(models: Sequence[str], model: str) -> str:
    """Return the colour of a model, the same in every picture."""
    return COLOURS[list(models).index(model) % len(COLOURS)]


@contextmanager
def _figure(rows: int, columns: int, size: tuple[float, float]) -> Iterator[tuple[Any, Any, list[str]]]:
    """Give a figure, its axes and a list that receives the SVG when the block ends; text stays text."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    style: Any = {"svg.fonttype": "none", "svg.hashsalt": "goms", "font.size": 8.5, "axes.titlesize": 9}
    with rc_context({**style, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=size, layout="constrained")
        drawn: list[str] = []
        yield figure, figure.subplots(rows, columns, squeeze=False), drawn
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None})
        drawn.append(_shortened(buffer.getvalue()))


def _shortened(svg: str) -> str:
    """Return the picture alone, without fonts that no browser asks for, with coordinates to a tenth of a point."""
    svg = re.sub(r"font-family: [^;\"]*", "font-family: sans-serif", svg[svg.index("<svg") :])
    svg = re.sub(r' transform="rotate\(-0 [^)]*\)"', "", svg)
    svg = re.sub(r"(\d+\.\d)\d{4,}", r"\1", svg)
    return re.sub(r"\s*\n\s*", "\n", svg)


def scores_by_lead(rows: Sequence[Row], models: Sequence[str], score: str, belt: str) -> str:
    """Return a panel for each field of one latitude belt: `score` (rmse or acc) by lead with intervals, baselines and floor
    beside."""
    prefix = "" if score == "rmse" else f"{score}_"
    with _figure(5, 3, (9.5, 11)) as (_, axes, drawn):
        panels = {("zos", 0.0): axes[0, 0]}
        columned = [name for name in PROGNOSTIC if VARIABLES[name].depths]
        panels |= {
            (name, depth): axes[1 + row, column]
            for row, name in enumerate(columned)
            for column, depth in enumerate(SCORED_DEPTHS)
        }
        for (variable, depth), panel in panels.items():
            _score_panel(panel, _rows_of(rows, variable, depth, belt), models, prefix, score)
            place = f", {depth:g} m" if VARIABLES[variable].depths else ""
            unit = f" ({UNITS[variable]})" if score == "rmse" else ""
            panel.set_title(f"{VARIABLES[variable].long_name}{place}{unit}", loc="left")
        for panel in axes[-1]:
            panel.set_xlabel("lead (days)")
        axes[0, 1].legend(*axes[0, 0].get_legend_handles_labels(), loc="center left", frameon=False)
        axes[0, 2].text(0, 0.5, f"{score.upper()}, {LATITUDE_BELTS[belt].label}\nshaded: 95 % over starts", va="center", size=10)
        for panel in axes[0, 1:]:
            panel.axis("off")
    return drawn[0]


def stratification(rows: Sequence[Row], models: Sequence[str]) -> str:
    """Return the RMSE of the depths of the 20 degC isotherm and of the mixed layer by lead."""
    places = list(dict.fromkeys((row["variable"], row["band"]) for row in rows))
    with _figure(1, len(places), (9.5, 3)) as (_, axes, drawn):
        for panel, (variable, belt) in zip(axes[0], places, strict=True):
            _score_panel(panel, _rows_of(rows, variable, 0.0, belt), models, "", "rmse")
            name = LATITUDE_BELTS[belt].label if belt in LATITUDE_BELTS else belt
            panel.set_title(f"{LABELS[variable]} (m), {name}", loc="left")
            panel.set_xlabel("lead (days)")
        axes[0, 0].legend(frameon=False, fontsize=7)
    return drawn[0]


def _rows_of(rows: Sequence[Row], variable: str, depth: float, belt: str) -> list[Row]:
    return [row for row in rows if (row["variable"], row["depth"], row["band"]) == (variable, depth, belt)]


def _score_panel(panel: Any, rows: Sequence[Row], models: Sequence[str], prefix: str, score: str) -> None:
    for model in models:
        ours = [row for row in rows if row["model"] == model]
        leads, values = [row["lead_days"] for row in ours], _numbers(ours, score)
        bounds = (_numbers(ours, f"{prefix}{bound}") for bound in ("low", "high"))
        panel.fill_between(leads, *bounds, color=colour(models, model), alpha=0.2, lw=0)
        panel.plot(leads, values, color=colour(models, model), marker="o", ms=3, lw=1.4, label=model)
    first = [row for row in rows if row["model"] == models[0]]
    for name in OTHERS:
        values = _numbers(first, f"{prefix}{name}")
        if np.isfinite(values).any():
            panel.plot([row["lead_days"] for row in first], values, label=LABELS.get(name, name), **STYLES[name])
    panel.set_xticks(sorted({row["lead_days"] for row in rows}))
    if score == "acc":
        panel.set_ylim(top=1.02)
    else:
        panel.set_ylim(bottom=0)


def _numbers(rows: Sequence[Row], name: str) -> np.ndarray:
    return np.array([np.nan if row.get(name) is None else row[name] for row in rows], dtype=float)


def spectra(found: Mapping[str, Mapping[str, Any]], models: Sequence[str]) -> str:
    """Return the mean zonal spectra of the last lead: sea surface height above, surface kinetic energy below."""
    regions = [region for region in SPECTRUM_REGIONS if region.name in found]
    with _figure(2, len(regions), (9.5, 6)) as (_, axes, drawn):
        for column, region in enumerate(regions):
            wavenumber = np.array(found[region.name]["wavenumber"], dtype=float)
            for panel, (quantity, unit) in zip(axes[:, column], (("zos", "m²"), ("ke", "m² s⁻²")), strict=True):
                for name, power in found[region.name][quantity].items():
                    style = STYLES.get(name) or {"color": colour(models, name), "lw": 1.4}
                    panel.loglog(wavenumber[1:], np.array(power, dtype=float)[1:], label=LABELS.get(name, name), **style)
                panel.axvspan(1 / 300, 1 / 100, color="0.93", zorder=0)
                panel.set_ylabel(f"{'height' if quantity == 'zos' else 'energy'} ({unit} per cycle/km)")
            axes[0, column].set_title(region.label, loc="left", size=8)
            axes[1, column].set_xlabel("cycles per km (grey: 100-300 km)")
        axes[0, 0].legend(frameon=False, fontsize=7)
    return drawn[0]


def energy_by_lead(rows: Sequence[Row], models: Sequence[str]) -> str:
    """Return the eddy kinetic energy over the reference's by lead, for both belts, with the bounds of 85 and 115 %."""
    with _figure(1, len(LATITUDE_BELTS), (9.5, 3)) as (_, axes, drawn):
        for panel, belt in zip(axes[0], LATITUDE_BELTS, strict=True):
            _ratio_panel(panel, [row for row in rows if row["band"] == belt], models, ("low", "high"), (0.85, 1.15))
            panel.set_title(f"Eddy kinetic energy over the reference's, {LATITUDE_BELTS[belt].label}", loc="left")
        axes[0, 0].legend(frameon=False)
    return drawn[0]


def rollout_energy(rows: Sequence[Row], models: Sequence[str]) -> str:
    """Return energy by day of long rollouts (shaded: the extremes of single starts) and the RMSE of sea surface height."""
    with _figure(1, len(LATITUDE_BELTS) + 1, (9.5, 3)) as (_, axes, drawn):
        for panel, belt in zip(axes[0], LATITUDE_BELTS, strict=False):
            _ratio_panel(panel, [row for row in rows if row["band"] == belt], models, ("least", "most"), (0.8, 1.2))
            panel.set_title(f"Energy over the reference's, {LATITUDE_BELTS[belt].label}", loc="left")
        last = axes[0, -1]
        for model in models:
            ours = [row for row in rows if row["model"] == model and "zos_rmse" in row]
            last.plot([row["lead_days"] for row in ours], _numbers(ours, "zos_rmse"), color=colour(models, model), label=model)
        first = [row for row in rows if row["model"] == models[0] and "zos_persistence" in row]
        days = [row["lead_days"] for row in first]
        last.plot(days, _numbers(first, "zos_persistence"), label="persistence", **STYLES["persistence"])
        last.set(title="RMSE of sea surface height (m)", xlabel="lead (days)", ylim=(0, None))
        last.legend(frameon=False)
    return drawn[0]


def heads_by_lead(rows: Sequence[Row]) -> str:
    """Return the RMSE of a head and of its baselines by lead, a panel for each field."""
    fields = list(dict.fromkeys(row["field"] for row in rows))
    columns = min(len(fields), 4)
    with _figure(-(-len(fields) // columns), columns, (9.5, 2.6 * -(-len(fields) // columns))) as (_, axes, drawn):
        for panel in axes.flat[len(fields) :]:
            panel.axis("off")
        for panel, field in zip(axes.flat, fields, strict=False):
            ours = [row for row in rows if row["field"] == field]
            for method in dict.fromkeys(row["method"] for row in ours):
                style = STYLES.get(method, {"color": COLOURS[0] if method == "head" else COLOURS[4], "lw": 1.4})
                line = [row for row in ours if row["method"] == method]
                panel.plot([row["lead_days"] for row in line], _numbers(line, "rmse"), label=method, **style)
            panel.set_title(VARIABLES[field].long_name, loc="left")
            panel.set(xlabel="lead (days)", ylim=(0, None))
        axes.flat[0].legend(frameon=False, fontsize=7)
    return drawn[0]


def _ratio_panel(
    panel: Any, rows: Sequence[Row], models: Sequence[str], bounds: tuple[str, str], wanted: tuple[float, float]
) -> None:
    for model in models:
        ours = [row for row in rows if row["model"] == model]
        leads = [row["lead_days"] for row in ours]
        panel.fill_between(leads, *(_numbers(ours, name) for name in bounds), color=colour(models, model), alpha=0.15, lw=0)
        panel.plot(leads, _numbers(ours, "ratio"), color=colour(models, model), marker="o", ms=3, label=model)
    for bound in wanted:
        panel.axhline(bound, color="0.5", lw=0.8, ls="--")
    panel.axhline(1, color="0.8", lw=0.8, zorder=0)
    panel.set_xlabel("lead (days)")
