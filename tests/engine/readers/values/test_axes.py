"""Axes lie in a file in every order and direction; what is certain is read to the same cells, what is not is named."""

from collections.abc import Callable
from pathlib import Path

import h5py
import netCDF4
import numpy as np
import pytest

from engine.readers.glorys import GLORYS
from engine.readers.netcdf import GriddedFile
from engine.runtime.errors import InputError
from tests.engine.readers.small import DEPTH, LAT, LON, Change, truth, write


def opened(path: Path) -> GriddedFile:
    return GriddedFile(path, GLORYS.wanted)


def expect_truth(file: GriddedFile, lon: np.ndarray = LON) -> None:
    np.testing.assert_allclose(file.lat, LAT)
    np.testing.assert_allclose(file.lon, np.sort(np.round(lon % 360, 9)), atol=1e-6)
    assert file.depth is not None
    np.testing.assert_allclose(file.depth, DEPTH)
    for time in range(2):
        np.testing.assert_allclose(file.read("thetao", time), truth(file.lon)[time], atol=1e-4)
        np.testing.assert_allclose(file.read("thetao", time, 1), truth(file.lon)[time, 1], atol=1e-4)


@pytest.mark.parametrize(
    "order",
    [
        ("time", "depth", "longitude", "latitude"),
        ("longitude", "latitude", "depth", "time"),
        ("depth", "time", "latitude", "longitude"),
    ],
)
def test_dimensions_in_any_order_are_read(tmp_path: Path, order: tuple[str, ...]) -> None:
    expect_truth(opened(write(tmp_path / "a.nc", order=order)))


def test_rows_columns_and_levels_that_run_the_other_way_are_read(tmp_path: Path) -> None:
    numbers = truth()[:, ::-1, ::-1, ::-1]
    expect_truth(opened(write(tmp_path / "a.nc", numbers, lat=LAT[::-1], lon=LON[::-1], depth=DEPTH[::-1])))


def test_depths_counted_upwards_are_read(tmp_path: Path) -> None:
    def upwards(data: netCDF4.Dataset) -> None:
        data["depth"][:] = -DEPTH
        data["depth"].positive = "up"

    expect_truth(opened(write(tmp_path / "a.nc", change=upwards)))


def test_depths_in_centimetres_are_read(tmp_path: Path) -> None:
    def centimetres(data: netCDF4.Dataset) -> None:
        data["depth"][:] = 100 * DEPTH
        data["depth"].units = "centimeters"

    expect_truth(opened(write(tmp_path / "a.nc", change=centimetres)))


@pytest.mark.parametrize(
    "lon",
    [
        (LON + 180) % 360 - 180,
        LON + 360,
        LON - 360,
        np.r_[np.arange(178, 180, 0.1), np.arange(-180, -177.95, 0.1)],
        np.sort((np.arange(178, 182, 0.1) + 180) % 360 - 180),
        np.arange(-2, 2, 0.1),
        np.arange(-2, 2, 0.1) % 360,
        np.round(np.arange(150, 151, 1 / 12), 2),
    ],
)
def test_longitudes_in_any_convention_and_across_any_seam_are_read(tmp_path: Path, lon: np.ndarray) -> None:
    file = opened(write(tmp_path / "a.nc", lon=lon))
    np.testing.assert_allclose(np.sort(lon % 360), file.lon, atol=0.01)
    np.testing.assert_allclose(file.read("thetao", 0), truth(file.lon)[0], atol=2e-3)


@pytest.mark.parametrize("lon", [np.r_[np.arange(178, 180.05, 0.1), np.arange(-180, -177.95, 0.1)], np.arange(0, 360.5, 1.0)])
def test_a_meridian_that_is_there_twice_is_taken_once(tmp_path: Path, lon: np.ndarray) -> None:
    file = opened(write(tmp_path / "a.nc", lon=lon))
    assert file.lon.size == lon.size - 1
    np.testing.assert_allclose(file.read("thetao", 0), truth(file.lon)[0], atol=1e-4)


def test_a_hole_between_columns_is_named(tmp_path: Path) -> None:
    lon = np.r_[10:20:0.5, 40:50:0.5]
    with pytest.raises(InputError, match=r"longitude runs from 10 to 49\.5 .*between 19\.5 and 40 E there are 20\.5 degrees"):
        opened(write(tmp_path / "a.nc", lon=lon))


def test_stale_valid_ranges_of_coordinates_mask_nothing(tmp_path: Path) -> None:
    def stale(data: netCDF4.Dataset) -> None:
        for name in ("time", "depth", "latitude", "longitude"):
            data[name].valid_min = data[name].valid_max = float(data[name][0])

    expect_truth(opened(write(tmp_path / "a.nc", change=stale)))


@pytest.mark.parametrize(
    "names", [("MT", "Depth", "Latitude", "Longitude"), ("time_counter", "deptht", "y", "x"), ("t", "z", "j", "i")]
)
def test_axes_of_other_names_are_known_by_their_units(tmp_path: Path, names: tuple[str, str, str, str]) -> None:
    expect_truth(opened(write(tmp_path / "a.nc", names=names)))


def test_coordinates_of_another_name_than_their_dimension_are_found(tmp_path: Path) -> None:
    def change(data: netCDF4.Dataset) -> None:
        data.renameVariable("depth", "depth_levels")
        data.renameVariable("latitude", "rows")

    expect_truth(opened(write(tmp_path / "a.nc", change=change)))


def two_dimensional(tilt: float) -> Change:
    def change(data: netCDF4.Dataset) -> None:
        for name, values in (("latitude", LAT[:, None] + tilt * LON), ("longitude", LON + 0 * LAT[:, None])):
            data.renameVariable(name, f"old_{name}")
            data[f"old_{name}"].delncattr("units")
            data.createVariable(f"{name}_2d", "f8", ("latitude", "longitude"))[:] = values
            data[f"{name}_2d"].standard_name = name

    return change


def test_two_dimensional_coordinates_of_a_regular_grid_are_axes(tmp_path: Path) -> None:
    expect_truth(opened(write(tmp_path / "a.nc", change=two_dimensional(0))))


def test_regridding_is_the_remedy_for_a_curvilinear_grid_alone(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"curvilinear grid of 12 x 14 cells.*regrid the file first"):
        opened(write(tmp_path / "a.nc", change=two_dimensional(0.1)))


def set_depth(values: np.ndarray, units: str = "m") -> Change:
    def change(data: netCDF4.Dataset) -> None:
        data["depth"][:] = values
        data["depth"].units = units

    return change


FIVE = np.arange(5.0)


@pytest.mark.parametrize(
    ("depth", "units", "words"),
    [
        (FIVE + 1, "m", "which counts levels"),
        (FIVE * 1e4, "m", "deeper than any ocean"),
        (FIVE - 2, "m", "above and below zero"),
        (np.array([0, 10, np.nan, 30, 40]), "m", "depth of level 3 of 5 is missing"),
        (FIVE * 10, "dbar", "are pressure .*interpolate to depths"),
        (FIVE * 10, "fathom", "expected units of m"),
    ],
)
def test_levels_that_are_no_depths_are_called_what_they_are(tmp_path: Path, depth: np.ndarray, units: str, words: str) -> None:
    numbers = np.full((2, 5, LAT.size, LON.size), 20.0)
    with pytest.raises(InputError, match=words):
        opened(write(tmp_path / "a.nc", numbers, depth=FIVE, change=set_depth(depth, units)))


def missing_row(data: netCDF4.Dataset) -> None:
    data["latitude"][3] = np.nan


def one_row(data: netCDF4.Dataset) -> None:
    data["latitude"][:] = 91 + np.arange(LAT.size)


@pytest.mark.parametrize(
    ("change", "words"),
    [(missing_row, "latitude of row 4 of 12 is missing"), (one_row, "expected at least 2 rows within -90 to 90")],
)
def test_a_latitude_that_is_none_is_named(tmp_path: Path, change: Change, words: str) -> None:
    with pytest.raises(InputError, match=words):
        opened(write(tmp_path / "a.nc", change=change))


def plain_hdf5(path: Path, rows: int) -> Path:
    """Write variables whose dimensions have no names, as HDF5 without dimension scales has none."""
    with h5py.File(path, "w") as data:
        data["time"], data["time"].attrs["units"] = np.array([0.0, 24.0]), "hours since 2014-03-05"
        data["depth"], data["depth"].attrs["units"] = DEPTH, "m"
        data["latitude"], data["longitude"] = 28 + 0.1 * np.arange(rows), LON
        data["thetao"] = truth().astype("f4") if rows == LAT.size else np.full((2, 3, rows, LON.size), 20.0, "f4")
        data["thetao"].attrs["units"] = "degC"
    return path


def test_fields_without_dimension_scales_are_read_where_sizes_tell_the_axes(tmp_path: Path) -> None:
    expect_truth(opened(plain_hdf5(tmp_path / "a.nc", LAT.size)))


def test_fields_without_dimension_scales_are_refused_where_sizes_do_not_tell(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="latitude and longitude of thetao have 14 steps each and nothing says which"):
        opened(plain_hdf5(tmp_path / "a.nc", LON.size))


def test_variables_in_the_only_group_are_found(tmp_path: Path) -> None:
    source = write(tmp_path / "source.nc")
    with netCDF4.Dataset(source) as old, netCDF4.Dataset(tmp_path / "a.nc", "w") as new:
        group = new.createGroup("ocean")
        for name, dimension in old.dimensions.items():
            group.createDimension(name, dimension.size)
        for name, variable in old.variables.items():
            copy = group.createVariable(name, variable.dtype, variable.dimensions)
            copy.setncatts({key: variable.getncattr(key) for key in variable.ncattrs() if key != "_FillValue"})
            copy[:] = variable[:]
    expect_truth(opened(tmp_path / "a.nc"))


def without(axis: str) -> Callable[[Path], Path]:
    """Return how to keep the first step of an axis and drop its dimension, with a scalar coordinate."""

    def keep(path: Path) -> Path:
        source = write(path.with_name("source.nc"))
        with netCDF4.Dataset(source) as old, netCDF4.Dataset(path, "w") as new:
            for name, dimension in old.dimensions.items():
                if name != axis:
                    new.createDimension(name, dimension.size)
            for name, variable in old.variables.items():
                dimensions = tuple(dimension for dimension in variable.dimensions if dimension != axis)
                copy = new.createVariable(name, variable.dtype, dimensions)
                copy.setncatts({key: variable.getncattr(key) for key in variable.ncattrs() if key != "_FillValue"})
                index = tuple(0 if dimension == axis else slice(None) for dimension in variable.dimensions)
                copy[...] = variable[index]
        return path

    return keep


def test_a_scalar_time_is_the_time(tmp_path: Path) -> None:
    file = opened(without("time")(tmp_path / "a.nc"))
    assert list(file.times) == [np.datetime64("2014-03-05")]
    np.testing.assert_allclose(file.read("thetao", 0), truth()[0], atol=1e-4)


def test_a_field_without_levels_is_that_of_its_scalar_depth(tmp_path: Path) -> None:
    file = opened(without("depth")(tmp_path / "a.nc"))
    assert file.depth is not None and file.depth.tolist() == [0.5]
    np.testing.assert_allclose(file.read("thetao", 1), truth()[1, 0], atol=1e-4)
