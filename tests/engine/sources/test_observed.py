"""A full state from satellite files: what was seen is kept, what was not is filled without a step."""

from pathlib import Path

import netCDF4
import numpy as np
import pytest

from engine.physics.displaced_state import climatology, mean_sea_level
from engine.readers.gap_filling import fill_gaps
from engine.runtime.errors import InputError
from engine.schema.grid import coarsened, quarter_degree
from engine.schema.variables import PROGNOSTIC
from engine.sources import open_source
from engine.sources.observed import ObservedSource
from tests.engine.readers import layouts

REAL_FILE = "altimetry/nrt_global_allsat_phy_l4_20190223_20190226.nc"
SST_FILE = "sst/20170605120000-UKMO-L4_GHRSST-SSTfnd-OSTIAanom-GLOB-v02.0-fv02.0.nc"
GRID = coarsened(8)
DAY = np.datetime64("2014-03-05")


def altimetry_file(folder: Path, fields: dict[str, np.ndarray], lon: np.ndarray = GRID.lon, count: int = 1) -> Path:
    return layouts.write_altimetry(folder / "altimetry.nc", fields, GRID.lat, lon, layouts.days(count, "2014-03-05T00"))


def test_every_wet_cell_of_all_61_channels_has_a_value_and_no_dry_one(tmp_path: Path) -> None:
    state = ObservedSource(altimetry_file(tmp_path, layouts.altimetry_fields(1)), grid=GRID).state(DAY)
    assert set(state.fields) == set(PROGNOSTIC)
    for name in PROGNOSTIC:
        wet = GRID.wet_surface if name == "zos" else GRID.wet
        assert np.array_equal(np.isfinite(state[name]), wet), name


def test_the_zero_of_the_altimetry_changes_nothing(tmp_path: Path) -> None:
    fields = layouts.altimetry_fields(1)
    low = ObservedSource(altimetry_file(tmp_path, fields), grid=GRID).state(DAY)
    high = ObservedSource(altimetry_file(tmp_path, {**fields, "adt": fields["adt"] + 0.7}), grid=GRID).state(DAY)
    np.testing.assert_allclose(high["zos"], low["zos"], atol=1e-4)
    np.testing.assert_allclose(high["thetao"], low["thetao"], atol=1e-3)


def test_both_longitude_conventions_give_the_same_state(tmp_path: Path) -> None:
    fields = layouts.altimetry_fields(1)
    fields["adt"] = fields["adt"] + 0.1 * np.cos(np.deg2rad(GRID.lon))
    east = ObservedSource(altimetry_file(tmp_path, fields), grid=GRID).state(DAY)
    rolled = {name: np.roll(values, 90, axis=-1) for name, values in fields.items()}
    west = ObservedSource(altimetry_file(tmp_path, rolled, GRID.lon - 180), grid=GRID).state(DAY)
    for name in PROGNOSTIC:
        np.testing.assert_array_equal(east[name], west[name])


def test_observed_slopes_and_currents_are_kept_where_they_were_seen(tmp_path: Path) -> None:
    fields = layouts.altimetry_fields(1)
    state = ObservedSource(altimetry_file(tmp_path, fields), grid=GRID).state(DAY)
    seen = np.isfinite(fields["adt"][0]) & GRID.wet_surface
    assert np.ptp((state["zos"] - fields["adt"][0])[seen]) < 1e-5
    np.testing.assert_allclose(state["uo"][0][seen], 0.2, atol=1e-4)
    np.testing.assert_allclose(state["vo"][0][seen], -0.2, atol=1e-4)


def test_a_gap_is_filled_without_a_step_and_ends_in_climatology() -> None:
    anomaly = np.where((np.abs(GRID.lat) < 60)[:, None] & GRID.wet_surface, 0.4, np.nan)
    filled = fill_gaps(anomaly, GRID, reach=4.0)
    edge = int(np.flatnonzero(GRID.lat < -60)[-1])
    open_columns = GRID.wet_surface[edge - 3 : edge + 2].all(axis=0)
    assert open_columns.sum() > 50
    steps = np.diff(filled[edge - 3 : edge + 2][:, open_columns], axis=0)
    assert np.abs(steps).max() < 0.4 * 0.6
    assert (steps >= -1e-4).all()
    assert np.nanmax(np.abs(filled[GRID.lat > 85])) < 0.02
    assert np.array_equal(np.isfinite(filled), GRID.wet_surface)
    np.testing.assert_array_equal(filled[np.isfinite(anomaly)], np.float32(0.4))


def test_a_raised_sea_level_pushes_the_thermocline_down(tmp_path: Path) -> None:
    fields = layouts.altimetry_fields(1)
    fields["adt"] = np.where(np.isfinite(fields["adt"]), mean_sea_level(GRID), np.nan)
    row, column = GRID.nearest(30, 160)
    fields["adt"][0, row, column] += 0.3
    state = ObservedSource(altimetry_file(tmp_path, fields), grid=GRID).state(DAY)
    seasonal_mean = climatology(GRID, DAY)
    warmer = (state["thetao"] - seasonal_mean["thetao"])[:, row, column]
    assert warmer[12] > 0.3
    assert abs((state["thetao"] - seasonal_mean["thetao"])[12, row, column + 5]) < 0.1


def test_satellite_temperature_replaces_the_mixed_layer_in_degrees_celsius(tmp_path: Path) -> None:
    altimetry = altimetry_file(tmp_path, layouts.altimetry_fields(1))
    fields = layouts.temperature_fields(1)
    sst = layouts.write_temperature(tmp_path / "sst.nc", fields, GRID.lat, GRID.lon, layouts.days(1))
    source = open_source("observed", altimetry=altimetry, sst=sst, grid=GRID)
    surface = source.state(DAY)["thetao"][0]
    wet = GRID.wet_surface
    np.testing.assert_allclose(surface[wet], (fields["analysed_sst"][0] - 273.15)[wet], atol=0.02)
    assert "satellite temperature" in source.label


@pytest.mark.parametrize(("start", "accepted"), [("2014-03-06T12", True), ("2014-03-07T12", False)])
def test_temperature_of_more_than_a_day_apart_is_refused(tmp_path: Path, start: str, accepted: bool) -> None:
    altimetry = altimetry_file(tmp_path, layouts.altimetry_fields(1))
    sst = layouts.write_temperature(
        tmp_path / "sst.nc", layouts.temperature_fields(1), GRID.lat, GRID.lon, layouts.days(1, start)
    )
    if accepted:
        ObservedSource(altimetry, sst, GRID)
        return
    with pytest.raises(InputError, match=r"sst.nc is of 2014-03-07, 2 days from the altimetry of 2014-03-05; expected"):
        ObservedSource(altimetry, sst, GRID)


def test_a_run_from_observations_says_its_forcing_is_climatological_and_has_no_reference(tmp_path: Path) -> None:
    source = open_source("observed", altimetry=altimetry_file(tmp_path, layouts.altimetry_fields(2), count=2), grid=GRID)
    assert source.forcing_kind == "climatology"
    assert source.reference(DAY) is None
    assert source.init_times().tolist() == [DAY.item(), (DAY + 1).item()]
    assert set(source.forcing(DAY).fields) == {"u10", "v10", "t2m", "msl", "sp"}
    assert len(source.provenance["altimetry"]["sha256"]) == 64


def test_names_of_the_first_releases_are_understood(tmp_path: Path) -> None:
    path = altimetry_file(tmp_path, layouts.altimetry_fields(1))
    with netCDF4.Dataset(path, "a") as data:
        for old, new in (("ugos", "u"), ("vgos", "v"), ("adt", "ADT")):
            data.renameVariable(old, new)
    ObservedSource(path, grid=GRID).state(DAY)


def test_the_real_altimetry_of_2019_gives_a_quarter_degree_state(shared_data: Path) -> None:
    source = open_source("observed", altimetry=shared_data / REAL_FILE)
    day = source.init_times()[0]
    assert day == np.datetime64("2019-02-23")
    state = source.state(day)
    assert state.grid.same_as(quarter_degree())
    with netCDF4.Dataset(shared_data / REAL_FILE) as data:
        height = np.ma.filled(data["adt"][0], np.nan)
    seen = np.isfinite(height) & state.grid.wet_surface
    assert seen.sum() > 500_000
    assert np.ptp((state["zos"] - height)[seen]) < 1e-4
    assert np.isfinite(state["thetao"][state.grid.wet]).all()


def test_a_real_temperature_file_of_another_year_is_refused(shared_data: Path) -> None:
    with pytest.raises(InputError, match=r"OSTIA.* is of 2017-06-05, 628 days from the altimetry of 2019-02-23"):
        ObservedSource(shared_data / REAL_FILE, shared_data / SST_FILE)
