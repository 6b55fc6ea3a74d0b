"""What is no water never becomes water: fills of every kind, ranges, flags; and water never becomes a fill."""

from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import pytest

from engine.readers.glorys import GLORYS
from engine.readers.netcdf import GriddedFile
from engine.runtime.errors import InputError
from tests.engine.readers.small import SIZES, truth, write

ONE = (slice(None), slice(None), 5, 5)
"""One of 168 cells of a level, at every time and level."""


def read(path: Path, time: int = 0) -> np.ndarray:
    return GriddedFile(path, GLORYS.wanted).read("thetao", time)


def with_bad_cell(value: float, step: float = 1.0) -> np.ndarray:
    numbers = truth() if step == 1 else np.rint((truth() - 20) / step)
    numbers[ONE] = value
    return numbers


@pytest.mark.parametrize("value", [9999.0, -999.0, 1e20, -30.0, np.inf, -np.inf, 3e38])
def test_a_cell_out_of_range_is_missing_and_counted(tmp_path: Path, value: float) -> None:
    file = GriddedFile(write(tmp_path / "a.nc", with_bad_cell(value)), GLORYS.wanted)
    for time in (0, 1, 1):
        found = file.read("thetao", time)
        assert np.isnan(found[:, 5, 5]).all() and np.isnan(found).sum() == SIZES[1]
    if not np.isclose(value, 1e20):  # the declared fill is no value
        counted = file.tally.report()["out_of_range"]["thetao"]
        assert counted["cells"] == 2 * SIZES[1]
        assert counted["lowest"] == counted["highest"] == pytest.approx(np.clip(value, -3.4028235e38, 3.4028235e38))


def test_levels_read_one_by_one_count_as_much(tmp_path: Path) -> None:
    file = GriddedFile(write(tmp_path / "a.nc", with_bad_cell(9999)), GLORYS.wanted)
    for level in range(SIZES[1]):
        assert np.isnan(file.read("thetao", 0, level)[5, 5])
    assert file.tally.report()["out_of_range"]["thetao"]["cells"] == SIZES[1]


def test_a_field_with_more_than_the_stated_share_out_of_range_is_refused_with_the_value(tmp_path: Path) -> None:
    numbers = truth()
    numbers[..., :2, :3] = -999
    with pytest.raises(
        InputError, match=r"thetao of 2014-03-05: 3\.6 % of its values are -999 degC; .*declare it \(ncatted -a _Fill"
    ):
        read(write(tmp_path / "a.nc", numbers))


@pytest.mark.parametrize(
    "missing", [np.float32(1e20), 1.2676506e30, np.nan, "NaN", "none", np.array([-30000, -29999], "i2"), np.array([1e20, np.nan])]
)
@pytest.mark.parametrize("kind", ["i2", "f4"])
def test_missing_value_of_another_type_takes_no_water_away(tmp_path: Path, missing: Any, kind: str) -> None:
    """A packed 0 is water of 20 degC; 1e20 cast to 16 bits was 0."""
    numbers = with_bad_cell(0, 0.001) if kind == "i2" else with_bad_cell(20.0)
    fill = -30000 if kind == "i2" else 1e20
    numbers[:, :, 0, 0] = fill
    found = read(write(tmp_path / "a.nc", numbers, {"missing_value": missing}, kind, fill))
    assert found[:, 5, 5] == pytest.approx(20.0, abs=1e-4)
    assert np.isnan(found[:, 0, 0]).all() and np.isnan(found).sum() == SIZES[1]


def test_missing_value_in_whole_numbers_counts_beside_the_fill(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.nc", with_bad_cell(-999, 0.001), {"missing_value": np.int16(-999)}, "i2", -30000))
    assert np.isnan(found[:, 5, 5]).all() and np.isnan(found).sum() == SIZES[1]


def test_a_fractions_missing_value_beside_packed_numbers_is_a_value(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.nc", with_bad_cell(-10000, 0.001), {"missing_value": np.float32(10.0)}, "i2", -30000))
    assert np.isnan(found[:, 5, 5]).all() and np.isnan(found).sum() == SIZES[1]


def test_the_default_fill_is_missing_where_none_is_declared(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.nc", with_bad_cell(netCDF4.default_fillvals["i2"], 0.001), None, "i2", None))
    assert np.isnan(found[:, 5, 5]).all()


def test_numbers_marked_unsigned_are_read_so(tmp_path: Path) -> None:
    raw = np.rint(truth() / 0.0005).astype("u2").view("i2")
    attributes = {"_Unsigned": "true", "scale_factor": 0.0005, "add_offset": 0.0}
    assert (raw < 0).any()
    found = read(write(tmp_path / "a.nc", raw, attributes, "i2", -1, file_format="NETCDF3_CLASSIC"))
    np.testing.assert_allclose(found, truth()[0], atol=3e-4)


@pytest.mark.parametrize("attributes", [{"scale_factor": "0.001", "add_offset": "20"}, {"scale_factor": np.array([0.001])}])
def test_factors_as_text_or_in_a_vector_of_one_are_numbers(tmp_path: Path, attributes: dict[str, Any]) -> None:
    np.testing.assert_allclose(read(write(tmp_path / "a.nc", None, attributes, "i2", -30000)), truth()[0], atol=6e-4)


@pytest.mark.parametrize("value", ["n/a", np.array([1.0, 2.0]), np.nan, 0.0])
def test_a_factor_that_is_no_number_is_one_clear_line(tmp_path: Path, value: Any) -> None:
    with pytest.raises(InputError, match=r"thetao has scale_factor .*; expected one number other than zero: correct") as caught:
        read(write(tmp_path / "a.nc", None, {"scale_factor": value}, "i2", -30000))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "attributes",
    [
        {"valid_min": np.int16(-15000), "valid_max": np.int16(15000)},
        {"valid_range": np.array([-15000, 15000], "i2")},
        {"valid_max": 35.0},
        {"valid_min": np.int32(-2), "valid_max": np.int32(35)},
    ],
)
def test_a_declared_valid_range_is_honoured_in_packed_and_in_unpacked_units(tmp_path: Path, attributes: dict[str, Any]) -> None:
    file = GriddedFile(write(tmp_path / "a.nc", with_bad_cell(16000, 0.001), attributes, "i2", -30000), GLORYS.wanted)
    found = file.read("thetao", 0)
    assert np.isnan(found[:, 5, 5]).all() and np.isnan(found).sum() == SIZES[1]
    assert file.tally.report()["out_of_range"]["thetao"]["highest"] == pytest.approx(36.0)


@pytest.mark.parametrize("attributes", [{"valid_max": "high"}, {"valid_range": np.array([5, 1, 2], "i2")}, {"valid_max": np.nan}])
def test_a_valid_range_that_says_nothing_changes_nothing(tmp_path: Path, attributes: dict[str, Any]) -> None:
    np.testing.assert_allclose(read(write(tmp_path / "a.nc", None, attributes, "i2", -30000)), truth()[0], atol=6e-4)


def test_a_valid_range_that_excludes_most_of_a_field_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"valid_min, valid_max or valid_range exclude 100 % .*correct or delete these attributes"
    ):
        read(write(tmp_path / "a.nc", None, {"valid_max": np.float32(12.0)}))


@pytest.mark.parametrize(
    ("attributes", "flag"),
    [
        ({"flag_meanings": "water land sea_ice", "flag_masks": np.array([1, 2, 4], "i1")}, 2),
        ({"flag_meanings": "no_data bad_data good", "flag_values": np.array([0, 1, 5], "i1")}, 1),
    ],
)
def test_cells_under_a_bad_flag_are_missing_and_counted(tmp_path: Path, attributes: dict[str, Any], flag: int) -> None:
    def add(data: netCDF4.Dataset) -> None:
        data["thetao"].ancillary_variables = "flags"
        variable = data.createVariable("flags", "i1", data["thetao"].dimensions)
        variable.setncatts(attributes)
        variable[:] = 5 if "flag_values" in attributes else 1
        variable[:, :, 5, 5] = flag

    file = GriddedFile(write(tmp_path / "a.nc", change=add), GLORYS.wanted)
    found = file.read("thetao", 0)
    assert np.isnan(found[:, 5, 5]).all() and np.isnan(found).sum() == SIZES[1]
    assert file.tally.report() == {"flagged": {"thetao": SIZES[1]}}


def test_flags_without_words_or_on_other_cells_are_left_alone(tmp_path: Path) -> None:
    def add(data: netCDF4.Dataset) -> None:
        data["thetao"].ancillary_variables = "flags other"
        data.createVariable("flags", "i1", data["thetao"].dimensions)[:] = 2
        other = data.createVariable("other", "i1", ("latitude", "longitude"))
        other.setncatts({"flag_meanings": "land", "flag_masks": np.int8(1)})
        other[:] = 1

    assert np.isfinite(read(write(tmp_path / "a.nc", change=add))).all()
