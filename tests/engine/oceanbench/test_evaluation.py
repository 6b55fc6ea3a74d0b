"""OceanBench's own functions score a challenger made here and one in the public layout as this program scores them."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from engine.oceanbench.export import export_challenger
from engine.oceanbench.layout import LATITUDES, LONGITUDES, SCORED
from engine.schema.grid import Grid, quarter_degree
from engine.schema.regions import REGIONS
from engine.verification.scores import score_fields
from tests.engine.oceanbench.challengers import waves, write_challenger
from tests.engine.oceanbench.environment import oceanbench_python
from tests.engine.oceanbench.forecasts import write_forecast

SCRIPT = Path(__file__).with_name("evaluate.py")
DAYS = 2
ROWS = {
    "zos": "Sea surface height (m) [sea_surface_height_above_geoid]{surface}",
    "thetao": "Temperature (°C) [sea_water_potential_temperature]",
    "so": "Salinity (PSU) [sea_water_salinity]",
    "uo": "Zonal current (m/s) [eastward_sea_water_velocity]",
    "vo": "Meridional current (m/s) [northward_sea_water_velocity]",
}
DEPTH_NAMES = ("surface", "50m", "100m", "200m", "300m", "500m")


def off(name: str, lat: np.ndarray, lon: np.ndarray, depth: float, day: int) -> np.ndarray:
    """A forecast whose wave runs ahead by a degree a day."""
    return waves(name, lat, lon, depth, 2 * day)


def land(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    return (lat > 30) & (lon > 20) & (lon < 80)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    python = oceanbench_python()
    folder = tmp_path_factory.mktemp("oceanbench")
    write_challenger(folder / "reference" / "20240103.zarr", days=DAYS, land=land)
    write_challenger(folder / "glonet" / "20240103.zarr", off, days=DAYS, land=land, chunks=(2, 3))
    export_challenger(write_forecast(folder / "store", off, days=DAYS), folder / "ours")
    command = [python, SCRIPT, folder, "reference", "reference", "glonet", "ours"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert ended.returncode == 0, ended.stderr[-3000:]
    return folder, json.loads(ended.stdout.splitlines()[-1])


def test_a_perfect_challenger_has_no_error_in_any_score(scored: tuple[Path, dict[str, Any]]) -> None:
    for score, rows in scored[1]["reference"].items():
        assert rows, score
        for values in rows.values():
            assert np.abs(values).max() == 0, score


@pytest.mark.parametrize("name", ["glonet", "ours"])
def test_their_errors_are_those_of_this_program_on_the_same_nodes(scored: tuple[Path, dict[str, Any]], name: str) -> None:
    folder, found = scored
    challenger, reference = (xr.open_zarr(folder / each / "20240103.zarr") for each in (name, "reference"))
    columns = np.argsort(LONGITUDES % 360)
    for field, row in ROWS.items():
        for level, label in enumerate(DEPTH_NAMES if field != "zos" else ("",)):
            theirs = found[name]["variables"][row + (f"{{{label}}}" if label else "")]
            for day in range(DAYS):
                place = {"time": day} | ({"depth": level} if field != "zos" else {})
                one, other = (data[field].isel(place).values[:, columns] for data in (challenger, reference))
                sea = np.isfinite(other)
                grid = Grid(LATITUDES, LONGITUDES[columns] % 360, np.zeros(1), sea[None], np.ones(sea.shape))
                ours = score_fields(one, grid, other, grid, REGIONS["global"])["rmse"]
                assert theirs[day] == pytest.approx(ours, rel=1e-5, abs=1e-6), (field, label, day)


def test_a_challenger_made_here_is_scored_everywhere_but_on_land(scored: tuple[Path, dict[str, Any]]) -> None:
    rows = scored[1]["ours"]["variables"]
    wet = quarter_degree()
    for label, depth in zip(DEPTH_NAMES, SCORED, strict=True):
        *errors, missing = rows[ROWS["thetao"] + f"{{{label}}}"]
        # The reference has no coasts but one: what is missing here is the land of the Earth, more of it with depth.
        share = 1 - np.average((np.nan_to_num(wet.deptho) > depth)[48:], weights=wet.cell_area[48:])
        assert missing == pytest.approx(share - 0.045, abs=0.05)
        assert errors == sorted(errors) and errors[-1] > 0


def test_mixed_layers_currents_and_drift_are_scored(scored: tuple[Path, dict[str, Any]]) -> None:
    for name in ("glonet", "ours"):
        scores = scored[1][name]
        (drift,) = scores["drift"].values()
        assert len(drift) == DAYS - 1 and 0 < drift[-1] < 200
        assert all(np.isfinite(values).all() for score in ("mixed layer", "geostrophic") for values in scores[score].values())
        for first, second, _ in scores["geostrophic"].values():
            assert first < second
