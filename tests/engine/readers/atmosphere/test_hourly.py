"""Days of air from every layout that is downloaded: the same numbers, and never a day that is not whole."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from engine.readers.atmosphere.hourly import HourlyDays
from engine.readers.atmosphere.products import ECMWF, ERA5
from engine.runtime.errors import DayMissing, InputError
from tests.engine.readers.atmosphere import air_files as files

REAL_FILE = "era5/era5_20250101_20250105.nc"
FIRST = files.START.astype("datetime64[D]")
ROWS = files.LAT[::-1]


def expected(name: str, hour: float) -> np.ndarray:
    """Return a field of the files, rows northward, in the unit of the model."""
    return files.air(name, ROWS, files.LON, hour) - (273.15 if name == "t2m" else 0)


LAYOUTS: dict[str, Callable[[Path, np.ndarray], Path]] = {
    "new.nc": files.new,
    "old.nc": files.old,
    "versions.nc": lambda path, times: files.old(path, times, versions=True),
    "arco.nc": files.long_names,
    "west.nc": files.west,
    "two_members.nc": files.two_members,
    "hub.zarr": files.zarr_store,
    "hub2.zarr": lambda path, times: files.zarr_store(path, times, format=2),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_mean_of_all_hours_is_the_same_from_every_layout(layout: str, tmp_path: Path) -> None:
    days = HourlyDays(ERA5, [LAYOUTS[layout](tmp_path / layout, files.hours(48))])
    assert days.fields == tuple(files.FIELDS) and days.is_global and list(days.days) == [FIRST, FIRST + 1]
    for number in (0, 1):
        found = days.day(FIRST + number)
        for name, values in found.items():
            np.testing.assert_allclose(values, expected(name, 11.5 + 24 * number), atol=files.SWING[name] / 5000, err_msg=name)
    days.close()


def test_noon_is_the_field_of_12_utc(tmp_path: Path) -> None:
    days = HourlyDays(ERA5, [files.new(tmp_path / "new.nc", files.hours(24))], "12 UTC")
    np.testing.assert_allclose(days.day(FIRST)["t2m"], expected("t2m", 12), atol=1e-3)
    assert days.sampling == "12 UTC"


def test_daily_means_are_taken_as_they_are_where_that_is_said(tmp_path: Path) -> None:
    path = files.daily(tmp_path / "daily.nc", 3)
    days = HourlyDays(ERA5, [path], "given")
    assert list(days.days) == [FIRST, FIRST + 1, FIRST + 2] and days.sampling == "daily mean"
    np.testing.assert_allclose(days.day(FIRST + 2)["u10"], expected("u10", 48), atol=1e-4)
    with pytest.raises(DayMissing, match="1 of 24 hours"):
        HourlyDays(ERA5, [path]).day(FIRST)


def test_a_forecast_of_six_hourly_steps_needs_all_four_of_a_day(tmp_path: Path) -> None:
    days = HourlyDays(ECMWF, [files.forecast(tmp_path / "run.nc", files.hours(7, 6))])
    np.testing.assert_allclose(days.day(FIRST)["u10"], expected("u10", 9), atol=1e-4)
    with pytest.raises(DayMissing, match="3 of 4 times"):
        days.day(FIRST + 1)


def test_a_day_without_all_its_hours_is_missing_and_says_how_many_there_were(tmp_path: Path) -> None:
    days = HourlyDays(ERA5, [files.new(tmp_path / "new.nc", files.hours(47))])
    assert days.day(FIRST)
    with pytest.raises(DayMissing, match=r"u10 of 2019-02-26 has 23 of 24 hours$") as missing:
        days.day(FIRST + 1)
    assert missing.value.variables == ("u10",)


@pytest.mark.parametrize("fault", ["empty", "one cell", "zero"])
def test_hours_that_are_empty_or_torn_or_zero_everywhere_make_no_day(fault: str, tmp_path: Path) -> None:
    data = files.dataset(files.hours(48)).load()
    if fault == "one cell":
        data["v10"][30, 4, 4] = np.nan
    else:
        data["v10"][30:] = np.nan if fault == "empty" else 0
    data.assign_attrs(valid_time_stop="2019-02-26").to_netcdf(tmp_path / "tail.nc")
    days = HourlyDays(ERA5, [tmp_path / "tail.nc"])
    assert np.isfinite(days.day(FIRST)["v10"]).all()
    count = 23 if fault == "one cell" else 6
    with pytest.raises(DayMissing, match=f"{count} of 24 hours with values; the store is filled to 2019-02-26"):
        days.day(FIRST + 1)


def test_the_filled_part_of_a_store_ends_where_its_attributes_say(tmp_path: Path) -> None:
    data = files.dataset(files.hours(48)).drop_vars(["number", "expver"]).load()
    for name in files.FIELDS:
        data[name][24:] = np.nan
    data.assign_attrs(valid_time_stop_era5t="2019-02-25").to_zarr(tmp_path / "arco.zarr", zarr_format=2)
    days = HourlyDays(ERA5, [tmp_path / "arco.zarr"])
    assert days.day(FIRST)
    with pytest.raises(DayMissing, match="0 of 24 hours with values; the store is filled to 2019-02-25"):
        days.day(FIRST + 1)


@pytest.mark.parametrize(("unit", "shift"), [("degC", 0.0), ("K", -273.15)])
def test_kelvin_said_to_be_celsius_and_the_other_way_round_are_no_days(unit: str, shift: float, tmp_path: Path) -> None:
    data = files.dataset(files.hours(24))
    data["t2m"] = data.t2m + np.float32(shift)
    data.t2m.attrs["units"] = unit
    data.to_netcdf(tmp_path / "wrong.nc")
    with pytest.raises(InputError, match=r"t2m of 2019-02-25.*outside the range of the air.*check its units"):
        HourlyDays(ERA5, [tmp_path / "wrong.nc"]).day(FIRST)


def test_hectopascals_are_read_and_a_pressure_without_units_is_not(tmp_path: Path) -> None:
    data = files.dataset(files.hours(24))
    data["msl"] = data.msl / 100
    data.msl.attrs["units"] = "hPa"
    data.to_netcdf(tmp_path / "hpa.nc")
    np.testing.assert_allclose(HourlyDays(ERA5, [tmp_path / "hpa.nc"]).day(FIRST)["msl"], expected("msl", 11.5), rtol=1e-5)
    data.msl.attrs["units"] = ""
    data.to_netcdf(tmp_path / "none.nc")
    with pytest.raises(InputError, match="msl has no units; expected Pa or hPa"):
        HourlyDays(ERA5, [tmp_path / "none.nc"])


def test_files_of_other_things_are_refused_with_what_they_hold(tmp_path: Path) -> None:
    rain = files.dataset(files.hours(24), ("u10",)).rename(u10="tp")
    rain.to_netcdf(tmp_path / "rain.nc")
    with pytest.raises(InputError, match=r"rain.nc holds .*tp.*; expected u10/10u/10m_u_component_of_wind"):
        HourlyDays(ERA5, [tmp_path / "rain.nc"])
    levels = files.dataset(files.hours(2), ("u10", "v10")).rename(u10="u", v10="v").expand_dims(model_level=[1, 2])
    levels.to_netcdf(tmp_path / "levels.nc")
    with pytest.raises(InputError, match=r"holds .*u, v"):
        HourlyDays(ERA5, [tmp_path / "levels.nc"])
    with pytest.raises(InputError, match="no file has v10/10v/10m_v_component_of_wind; expected u10 and v10"):
        HourlyDays(ERA5, [files.new(tmp_path / "half.nc", files.hours(24), ("u10",))])


def test_one_variable_a_file_and_one_month_a_file_are_read_together(tmp_path: Path) -> None:
    parts = [
        files.new(tmp_path / f"{name}{day}.nc", files.hours(48)[24 * day : 24 * day + 24], (name,))
        for name in ("u10", "v10") for day in (0, 1)
    ]  # fmt: skip
    days = HourlyDays(ERA5, parts)
    assert days.fields == ("u10", "v10")
    np.testing.assert_allclose(days.day(FIRST + 1)["v10"], expected("v10", 35.5), atol=1e-4)


def test_an_hour_that_two_files_have_is_refused(tmp_path: Path) -> None:
    twice = [files.new(tmp_path / f"{name}.nc", files.hours(24)) for name in "ab"]
    with pytest.raises(InputError, match=r"b.nc: u10 of 2019-02-25T00:00:00 is also in .*a.nc"):
        HourlyDays(ERA5, twice).day(FIRST)


def test_real_hours_of_era5_become_their_mean(shared_data: Path) -> None:
    days = HourlyDays(ERA5, [shared_data / REAL_FILE])
    assert days.fields == ("u10", "v10") and days.days.size == 5 and not days.is_global
    with xr.open_dataset(shared_data / REAL_FILE) as data:
        mean = data.u10.isel(valid_time=slice(24, 48)).mean("valid_time").values[::-1]
    np.testing.assert_allclose(days.day(days.days[1])["u10"], mean, atol=1e-5)
