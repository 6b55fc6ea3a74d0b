"""Builds assets/wind_waves.json: the regression of significant wave height on the wind of a day and the day before.

    python -m sample_data.assets_build.wind_waves

It is fitted to the wave model of the sample ocean under the weather of the training seeds 2 and 3, over sample days 121 to 481,
every twelfth day: simulated waves, not measured ones. The wave model needs the weather alone, so that no run has to be built.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.physics.wind_regression import Winds, fit_wind_regression
from engine.runtime.paths import ASSETS
from engine.schema.head_grids import half_degree
from sample_data.waves.wave_model import at_half_degree, wave_model
from sample_data.weather.atmosphere import forcing

SEEDS = (2, 3)
FIRST, LAST, APART = 121, 481, 12


def days(seed: int, last: int = LAST) -> Iterator[tuple[Winds, np.ndarray]]:
    """Yield the winds and the wave height (360, 720) in m of every twelfth day of a seed."""
    model = wave_model(seed, FIRST)
    while model.day <= last:
        if (model.day - FIRST) % APART == 0:
            today, before = (forcing(seed, day, half_degree()) for day in (model.day, model.day - 1))
            winds = Winds(today["u10"], today["v10"], before["u10"], before["v10"])
            yield winds, at_half_degree(model.height(), model.day)
        model.step()


def main() -> None:
    """Fit and write the coefficients."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ASSETS / "wind_waves.json")
    chosen = parser.parse_args()
    held = [pair for seed in SEEDS for pair in days(seed)]
    regression = fit_wind_regression(held, half_degree().lat)
    errors = [(regression(winds, half_degree().lat) - height)[np.isfinite(height)] for winds, height in held]
    text = {
        "title": "Significant wave height in m by wind in m s-1: belts of 10 degrees from south to north; constant, speed and "
        "squared speed of the day, speed and squared speed of the day before",
        "fitted_to": f"the wave model of the sample ocean, seeds 2 and 3, sample days {FIRST} to {LAST}, every {APART}th "
        f"({len(held)} days)",
        "rms_error_of_the_fit_m": round(float(np.sqrt(np.mean([np.mean(error**2) for error in errors]))), 3),
        "coefficients": [[round(float(value), 6) for value in belt] for belt in regression.coefficients],
    }
    chosen.out.write_text(json.dumps(text, indent=1) + "\n")
    print(text["fitted_to"], text["rms_error_of_the_fit_m"])


if __name__ == "__main__":
    main()
