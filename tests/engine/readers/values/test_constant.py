"""Rows of one number are found where they break the field, and left alone where the ocean is so."""

import netCDF4
import numpy as np
import pytest

from engine.readers.values.constant import constant_rows, has_checksums


def waves(rows: int = 40, columns: int = 60) -> np.ndarray:
    """Return a field that changes smoothly, with land in a corner."""
    row, column = np.mgrid[:rows, :columns]
    values = (np.sin(row / 6) * np.cos(column / 9) + 0.1 * np.sin(column + 2 * row)).astype(np.float32)
    values[:5, :20] = np.nan
    return values


@pytest.mark.parametrize("rows", [slice(12, 13), slice(20, 31), slice(0, 3), slice(38, 40)])
@pytest.mark.parametrize("number", [20.0, -3.0])
def test_rows_of_one_number_amid_others_are_counted(rows: slice, number: float) -> None:
    values = waves()
    wet = np.isfinite(values[rows])
    values[rows] = np.where(wet, number, np.nan)
    assert constant_rows(values) == wet.shape[0]


def test_land_and_rows_of_few_cells_are_no_damage() -> None:
    values = waves()
    values[10:20] = np.nan
    values[25, 5:] = np.nan
    values[25, :5] = 7.0
    assert constant_rows(values) == 0


def test_water_at_the_freezing_point_under_ice_passes_without_a_jump() -> None:
    values = np.maximum(waves() - np.linspace(0, 3, 40)[:, None], -1.8).astype(np.float32)
    assert np.unique(values[-1]).size == 1
    assert constant_rows(values) == 0


def test_a_level_of_one_number_is_counted_whole() -> None:
    values = np.where(np.isfinite(waves()), np.float32(3), np.nan)
    assert constant_rows(values) == 40
    values[1:] = np.nan
    values[0, :55] = np.nan
    assert constant_rows(values) == 0


def test_a_field_that_changes_with_latitude_alone_is_no_damage() -> None:
    assert constant_rows(np.linspace(0, 30, 40)[:, None] + np.zeros((40, 60))) == 0


@pytest.mark.parametrize(
    ("options", "checked"), [({}, False), ({"zlib": True}, True), ({"fletcher32": True}, True), ({"shuffle": True}, False)]
)
def test_which_values_the_library_checks_itself(options: dict[str, bool], checked: bool) -> None:
    for file_format in ("NETCDF4", "NETCDF3_CLASSIC"):
        with netCDF4.Dataset("memory", "w", diskless=True, format=file_format) as data:
            data.createDimension("x", 4)
            variable = data.createVariable("x", "f4", ("x",), **(options if file_format == "NETCDF4" else {}))
            assert has_checksums(variable) == (checked and file_format == "NETCDF4")
