"""From the stored results of each start to the tables of a report."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.verification.comparison import (
    OTHERS,
    SCORES,
    Row,
    Statistics,
    comparison_rows,
    defined,
    not_ahead,
    ratio_with_interval,
)
from engine.verification.energy import WAVELENGTHS, classes_of
from engine.verification.scored_levels import ISOTHERM_DEPTH, MIXED_LAYER
from engine.verification.starts.start import Scored

MAIN_BELT = "14-64"
OPEN_OCEAN = "north_pacific"


def skill_tables(
    scored: Mapping[str, Sequence[Scored]], others: Sequence[Mapping[str, Scored]], leads: Sequence[int]
) -> dict[str, Any]:
    """Return the tables of all models, each by its label with one `Scored` a start, beside the `others` of the same starts.

    The floor may be absent from the others, where it cannot be computed; its columns are None then.

    `rows` and `stratification` as `comparison_rows` gives them (variable, depth, band, lead_days), `not_ahead` by score, `energy`
    and `power` as ratios to the reference with intervals, `spectra` (means over starts at the last lead). `eke_ratio_day30` and
    `zos_power_kept` are those of the first model at the last lead.
    """
    keys = list(others[0]["persistence"]["statistics"][str(leads[0])])
    known = {name: _gathered([start[name] for start in others], keys, leads) for name in OTHERS if name in others[0]}
    nothing = {name: np.full_like(values, np.nan) for name, values in known["persistence"].items()}
    theirs = {name: known.get(name, nothing) for name in OTHERS}
    reference = [start["reference"] for start in others]
    rows: list[Row] = []
    energy: list[Row] = []
    power: list[Row] = []
    for label, starts in scored.items():
        cells = [_cell(label, key, lead) for lead in leads for key in keys]
        rows += comparison_rows(_gathered(starts, keys, leads), theirs, cells)
        energy += _energy_rows(label, starts, reference, leads)
        power += _power_rows(label, starts, reference, leads)
    layered = (ISOTHERM_DEPTH, MIXED_LAYER)
    compared = [row for row in rows if row["variable"] not in layered]
    first, last = next(iter(scored)), leads[-1]
    return {
        "rows": compared,
        "stratification": [row for row in rows if row["variable"] in layered],
        "not_ahead": {score: not_ahead(rows, score) for score in SCORES},
        "energy": energy,
        "power": power,
        "spectra": _mean_spectra(scored, others, last),
        "eke_ratio_day30": _ratio_of(energy, model=first, band=MAIN_BELT, lead_days=last),
        "zos_power_kept": {
            row["wavelengths"]: row["ratio"]
            for row in power
            if (row["model"], row["region"], row["quantity"], row["lead_days"]) == (first, OPEN_OCEAN, "zos", last)
        },
    }


def _cell(model: str, key: str, lead: int) -> Row:
    variable, depth, belt = key.split(maxsplit=2)
    return {"model": model, "variable": variable, "depth": float(depth), "band": belt, "lead_days": lead}


def _gathered(starts: Sequence[Scored], keys: Sequence[str], leads: Sequence[int]) -> Statistics:
    """Return each statistic (starts, leads x places) in the order of the rows."""
    cells = [[start["statistics"][str(lead)][key] for lead in leads for key in keys] for start in starts]
    return {name: np.array([[cell[name] for cell in start] for start in cells]) for name in cells[0][0]}


def _energy_rows(label: str, starts: Sequence[Scored], reference: Sequence[Scored], leads: Sequence[int]) -> list[Row]:
    rows = []
    for lead in map(str, leads):
        for belt in starts[0]["energy"][lead]:
            ours, true = (np.array([each["energy"][lead][belt] for each in part]) for part in (starts, reference))
            rows.append({"model": label, "band": belt, "lead_days": int(lead), **ratio_with_interval(ours, true)})
    return rows


def _power_rows(label: str, starts: Sequence[Scored], reference: Sequence[Scored], leads: Sequence[int]) -> list[Row]:
    rows = []
    for lead in map(str, leads):
        for region in reference[0]["spectra"][lead]:
            for quantity in ("zos", "ke"):
                ours, true = (_powers(part, lead, region, quantity) for part in (starts, reference))
                rows += [
                    {"model": label, "region": region, "quantity": quantity, "wavelengths": name, "lead_days": int(lead)}
                    | ratio_with_interval(ours[name], true[name])
                    for name in true
                    if name in ours
                ]
    return rows


def _powers(starts: Sequence[Scored], lead: str, region: str, quantity: str) -> dict[str, np.ndarray]:
    spectra = [start["spectra"][lead].get(region) for start in starts]
    if None in spectra:
        return {}
    classes = [classes_of(np.array(each["wavenumber"]), np.array(each[quantity]), WAVELENGTHS) for each in spectra]
    return {name: np.array([each[name] for each in classes]) for name in classes[0]}


def _mean_spectra(
    scored: Mapping[str, Sequence[Scored]], others: Sequence[Mapping[str, Scored]], lead: int
) -> dict[str, dict[str, Any]]:
    """Return, by region, `wavenumber` and by quantity the mean spectrum of the reference, the floor and each model."""
    parts: dict[str, Sequence[Scored]] = {
        name: [start[name] for start in others] for name in ("reference", "floor") if name in others[0]
    }
    parts |= scored
    found: dict[str, dict[str, Any]] = {}
    for region, first in others[0]["reference"]["spectra"][str(lead)].items():
        found[region] = {"lead_days": lead, "wavenumber": [defined(value) for value in first["wavenumber"]], "zos": {}, "ke": {}}
        for quantity in ("zos", "ke"):
            for name, starts in parts.items():
                spectra = [start["spectra"][str(lead)].get(region) for start in starts]
                if None not in spectra:
                    mean = np.mean([each[quantity] for each in spectra], axis=0)
                    found[region][quantity][name] = [defined(value) for value in mean]
    return found


def _ratio_of(rows: Sequence[Row], **wanted: Any) -> float | None:
    return next((row["ratio"] for row in rows if all(row[name] == value for name, value in wanted.items())), None)
