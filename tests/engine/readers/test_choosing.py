"""Which times are days: what does not fit together is named with its own file and day; a date is for files without one."""

from pathlib import Path

import netCDF4
import numpy as np
import pytest

from engine.ingest import ingest
from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from engine.sources import open_source
from engine.sources.uploads import take_in
from engine.stores import open_store
from tests.engine.readers import layouts

BOX = (layouts.LAT, layouts.LON)


def part(path: Path, name: str, times: np.ndarray) -> Path:
    fields = layouts.glorys_fields(times.size)
    return layouts.write_glorys(path, {name: fields[name]}, *BOX, times)


def hours(count: int, step: int = 1) -> np.ndarray:
    return np.datetime64("2014-03-05T00", "h") + step * np.arange(count) * np.timedelta64(1, "h")


def test_hourly_sea_level_beside_daily_temperature_is_named_with_both_files(tmp_path: Path) -> None:
    daily = part(tmp_path / "daily.nc", "thetao", hours(3, 24))
    hourly = part(tmp_path / "hourly.nc", "zos", hours(72))
    with pytest.raises(InputError, match=r"hourly\.nc: zos has 24 times on 2014-03-05, thetao of .*daily\.nc one; .*cdo daymean"):
        ingest("glorys", [daily, hourly])


def test_hourly_sea_level_beside_three_hourly_snapshots_is_read_at_noon(tmp_path: Path) -> None:
    fields = layouts.hycom_fields(48)
    hourly = layouts.write_hycom(tmp_path / "ssh.nc", {"surf_el": fields["surf_el"]}, *BOX, hours(48))
    fields = {"water_temp": layouts.hycom_fields(16)["water_temp"]}
    store = open_store(ingest("hycom", [layouts.write_hycom(tmp_path / "t3z.nc", fields, *BOX, hours(16, 3)), hourly]))
    assert [str(store.valid_time(lead)) for lead in store.leads] == ["2014-03-05T12:00:00", "2014-03-06T12:00:00"]
    assert store.read("zos", 1)[0, 0] == pytest.approx(-1.5 + 0.36, abs=1e-3)


def test_noon_beside_midnight_is_said(tmp_path: Path) -> None:
    first = part(tmp_path / "noon.nc", "thetao", layouts.days(3))
    second = part(tmp_path / "midnight.nc", "thetao", layouts.days(2, "2014-03-08T00"))
    with pytest.raises(InputError, match=r"midnight\.nc has 2014-03-08 at 00:00 UTC, .*noon\.nc has 2014-03-07 at 12:00 UTC"):
        ingest("glorys", [first, second])
    other = part(tmp_path / "other.nc", "so", layouts.days(3, "2014-03-05T00"))
    with pytest.raises(InputError, match=r"other\.nc: so of 2014-03-05 is at 00:00 UTC, thetao of .*noon\.nc at 12:00 UTC"):
        ingest("glorys", [first, other])


def test_a_day_that_one_variable_lacks_is_named(tmp_path: Path) -> None:
    whole = part(tmp_path / "thetao.nc", "thetao", layouts.days(3))
    short = part(tmp_path / "so.nc", "so", layouts.days(2))
    with pytest.raises(
        InputError, match=r"thetao\.nc: 2014-03-07 is there, but its so is in no file; .*download so of 2014-03-07"
    ):
        ingest("glorys", [whole, short])


def test_monthly_fields_are_called_so(tmp_path: Path) -> None:
    months = np.array(["2014-03-16T12", "2014-04-16T00", "2014-05-16T12"], "M8[h]")
    with pytest.raises(InputError, match=r"as of monthly fields; expected daily ones"):
        ingest("glorys", [part(tmp_path / "box.nc", "thetao", months)])


def without_time(path: Path) -> Path:
    """Drop the time of a file of one day and its dimension."""
    with netCDF4.Dataset(path) as old, netCDF4.Dataset(path.with_name("no_time.nc"), "w") as new:
        for name, dimension in old.dimensions.items():
            if name != "time":
                new.createDimension(name, dimension.size)
        for name, variable in old.variables.items():
            if name == "time":
                continue
            dimensions = tuple(dimension for dimension in variable.dimensions if dimension != "time")
            copy = new.createVariable(name, variable.dtype, dimensions, fill_value=-30000 if variable.ndim > 1 else None)
            copy.setncatts({key: variable.getncattr(key) for key in variable.ncattrs() if key != "_FillValue"})
            copy[:] = variable[0] if "time" in variable.dimensions else variable[:]
    return path.with_name("no_time.nc")


def test_a_file_without_time_takes_the_date_it_is_given(tmp_path: Path) -> None:
    path = without_time(part(tmp_path / "box.nc", "thetao", layouts.days(1)))
    with pytest.raises(InputError, match=r"thetao has no time; .*goms ingest KIND FILE --date 2014-03-05"):
        take_in([path])
    store = open_store(take_in([path], date="2014-03-05T12:00"))
    assert [str(store.valid_time(lead)) for lead in store.leads] == ["2014-03-05T12:00:00"]


def test_a_date_beside_a_time_of_the_files_own_is_refused_where_they_differ(tmp_path: Path) -> None:
    path = part(tmp_path / "box.nc", "thetao", layouts.days(1))
    with pytest.raises(InputError, match=r"is of 2014-03-05T12:00:00 by itself, but the date is said to be 2014-03-06"):
        take_in([path], date="2014-03-06")


@pytest.mark.parametrize("date", ["5.3.2014", "2014", "yesterday", "NaT"])
def test_a_date_that_is_none_is_refused(tmp_path: Path, date: str) -> None:
    path = part(tmp_path / "box.nc", "thetao", layouts.days(1))
    with pytest.raises(InputError, match="expected a day such as 2014-03-05"):
        take_in([path], date=date)


def test_altimetry_without_time_keeps_the_date_it_is_given(tmp_path: Path, small_grid: Grid) -> None:
    whole = layouts.write_altimetry(
        tmp_path / "altimetry.nc", layouts.altimetry_fields(1), small_grid.lat, small_grid.lon, layouts.days(1)
    )
    folder = take_in([without_time(whole)], grid=small_grid, date="2014-03-05")
    assert folder.name.startswith("observed-20140305-")
    source = open_source(folder.name, grid=small_grid)
    assert [str(day) for day in source.init_times()] == ["2014-03-05"]
    assert np.isfinite(source.state(np.datetime64("2014-03-05"))["zos"]).any()
