"""Verification results of a closed form, for tests that need something to look at and no model."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.schema.variables import PROGNOSTIC, VARIABLES
from engine.verification.energy import SPECTRUM_REGIONS
from engine.verification.starts.start import Scored
from engine.verification.starts.tables import skill_tables

LEADS = (1, 5, 10, 20, 30)
GROWTH = {"persistence": 1.6, "damped": 1.3, "floor": 0.5}
"""Root mean square error on day 1 over that of the first model; climatology's is the same on every day."""


def made_result(models: Sequence[str] = ("small", "fourcastnet"), starts: int = 5) -> dict[str, Any]:
    """Return tables in which each model's error is 20 % above the one before, and differs from start to start by a few percent.

    The first model's mean square error of sea level between 14 and 64 degrees on day L is (0.01 L)^2 m2 times the mean wobble.
    """
    wobbles = [1 + 0.04 * (number - (starts - 1) / 2) for number in range(starts)]
    scored = {name: [_scored(0.01 * 1.2**number, each) for each in wobbles] for number, name in enumerate(models)}
    others = [
        {
            **{name: _scored(0.01 * growth, each) for name, growth in GROWTH.items()},
            "climatology": _scored(0.2, each, growing=False),
            "reference": _scored(0.0, each, energy=1.25),
        }
        for each in wobbles
    ]
    return {
        **skill_tables(scored, others, LEADS),
        "starts": [240 + 30 * number for number in range(starts)],
        "run": "seed-1",
        "grid": [720, 1440],
        "damping_fitted_on": [],
        "weights_sha256": {name: f"{number}f" * 32 for number, name in enumerate(models)},
        "machine": "2 cores of a made machine",
    }


def _scored(error: float, wobble: float, growing: bool = True, energy: float = 1.0) -> Scored:
    places = [
        f"{name} {depth:g} {band}"
        for name in PROGNOSTIC
        for depth in ((0, 100, 300) if VARIABLES[name].depths else (0,))
        for band in ("14-64", "tropics")
    ]
    places += ["d20 0 equatorial Pacific", "mlotst 0 14-64", "mlotst 0 tropics"]
    wavenumber = np.linspace(0, 1 / 55, 60)
    power = np.divide(1.0, (1 + (wavenumber * 300) ** 3))
    found: Scored = {"statistics": {}, "energy": {}, "spectra": {}}
    for lead in LEADS:
        size = error * (lead if growing else 1)
        statistics = {
            "error": 0.1 * size, "squared_error": size**2 * wobble, "anomaly_product": 1 / (1 + size), "covered": 1.0,
            "squared_prediction_anomaly": 1.0, "squared_target_anomaly": 1.0,
        }  # fmt: skip
        found["statistics"][str(lead)] = dict.fromkeys(places, statistics)
        kept = energy * (1 - 0.005 * lead) * wobble
        found["energy"][str(lead)] = dict.fromkeys(("14-64", "tropics"), 0.02 * kept)
        found["spectra"][str(lead)] = {
            region.name: {"wavenumber": wavenumber, "zos": power * kept, "ke": power * kept / 10} for region in SPECTRUM_REGIONS
        }
    return found
