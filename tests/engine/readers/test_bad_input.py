"""Every reader meets every kind of bad file with one clear error, and nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from typer.testing import CliRunner

from engine.cli.main import app
from engine.ingest import ingest
from engine.runtime.errors import InputError
from engine.runtime.paths import home, stores_folder
from engine.schema.grid import coarsened
from engine.sources.observed import ObservedSource
from engine.stores import open_store
from tests.engine.readers import layouts
from tests.engine.readers.layouts import drop, empty, forget, move_day, set_units, turn_back, warp


@dataclass(frozen=True)
class Reader:
    """How to write a good file of three days and read it through the public entry."""

    write: Callable[..., Path]
    fields: Callable[[int], dict[str, np.ndarray]]
    read: Callable[[Path], object]
    needed: str
    lat: str
    lon: str
    axes: tuple[np.ndarray, np.ndarray]

    def good_file(self, folder: Path, **options: str) -> Path:
        return self.write(folder / "input.nc", self.fields(3), *self.axes, layouts.days(3), **options)


def read_altimetry(path: Path) -> object:
    source = ObservedSource(path, grid=coarsened(8))
    return [source.state(np.datetime64("2014-03-05") + day) for day in range(3)]


def read_temperature(path: Path) -> object:
    altimetry = layouts.write_altimetry(path.with_name("altimetry.nc"), layouts.altimetry_fields(1), *WORLD, layouts.days(1))
    return ObservedSource(altimetry, sst=path, grid=coarsened(8)).state(np.datetime64("2014-03-05"))


WORLD = (coarsened(8).lat, coarsened(8).lon)
BOX = (layouts.LAT, layouts.LON)
READERS = {
    "hycom": Reader(
        layouts.write_hycom, layouts.hycom_fields, lambda path: ingest("hycom", [path]), "salinity", "lat", "lon", BOX
    ),
    "glorys": Reader(
        layouts.write_glorys, layouts.glorys_fields, lambda path: ingest("glorys", [path]), "uo", "latitude", "longitude", BOX
    ),
    "altimetry": Reader(
        layouts.write_altimetry, layouts.altimetry_fields, read_altimetry, "ugos", "latitude", "longitude", WORLD
    ),
    "temperature": Reader(
        layouts.write_temperature, layouts.temperature_fields, read_temperature, "analysed_sst", "lat", "lon", WORLD
    ),
}
DAMAGES: dict[str, tuple[Callable[[Reader], layouts.Damage], str]] = {
    "wrong units": (lambda reader: set_units(reader.needed, "furlong"), "'furlong'; expected .*: convert"),
    "latitude there and back": (lambda reader: turn_back(reader.lat), "latitude runs .* turns back or repeats in between"),
    "uneven longitude": (lambda reader: warp(reader.lon), "longitude runs from .*; expected even.*: check the grid"),
    "columns without longitude": (
        lambda reader: forget(reader.lon),
        "has dimensions .*, of which .* has no coordinates; expected",
    ),
    "depth there and back": (lambda reader: turn_back("depth"), "depth runs from .* turns back or repeats in between"),
    "duplicated day": (lambda reader: move_day(1, 0), "is there twice; expected each day once"),
    "days out of order": (lambda reader: move_day(0, 3), "follows .*; expected each day once, in order"),
    "field without values": (lambda reader: empty(reader.needed), "no value at all; expected water: leave this day out"),
    "time without units": (lambda reader: set_units("time", "fortnights"), "'fortnights'.*expected CF time"),
}


def expect_error(reader: Reader, path: Path, pattern: str) -> None:
    with pytest.raises(InputError, match=pattern) as caught:
        reader.read(path)
    assert "input.nc" in str(caught.value)
    assert [entry for entry in home().rglob("*") if entry.is_file()] == []


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_is_refused_by_name_with_what_was_found_and_expected(tmp_path: Path, name: str, damage: str) -> None:
    reader, (make, pattern) = READERS[name], DAMAGES[damage]
    path = reader.good_file(tmp_path)
    with netCDF4.Dataset(path, "a") as data:
        if "depth" in damage and "depth" not in data.variables:
            pytest.skip("the product has no levels")
        make(reader)(data)
    expect_error(reader, path, pattern.format(needed=reader.needed))


@pytest.mark.parametrize("name", READERS)
def test_the_undamaged_file_is_accepted(tmp_path: Path, name: str) -> None:
    READERS[name].read(READERS[name].good_file(tmp_path))


@pytest.mark.parametrize("file_format", ["NETCDF4", "NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"])
@pytest.mark.parametrize("name", READERS)
def test_a_truncated_file_is_refused_although_the_library_would_pad_it_with_zeros(
    tmp_path: Path, name: str, file_format: str
) -> None:
    path = READERS[name].good_file(tmp_path, file_format=file_format)
    layouts.truncate(path)
    expect_error(READERS[name], path, "ends after .* expected the whole file: download it again")


@pytest.mark.parametrize("name", READERS)
def test_an_error_page_saved_as_nc_is_called_what_it_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / "input.nc"
    layouts.replace_by_text(path)
    expect_error(READERS[name], path, "is not NetCDF, it is a web page or XML.*; expected a NetCDF file: .*download it again")


@pytest.mark.parametrize("name", READERS)
def test_a_path_that_does_not_exist_is_refused(tmp_path: Path, name: str) -> None:
    expect_error(READERS[name], tmp_path / "input.nc", "is not a file; expected a NetCDF file")


@pytest.mark.parametrize("name", ["hycom", "glorys"])
def test_missing_days_are_listed_with_the_reason_and_have_no_lead(tmp_path: Path, name: str) -> None:
    path = READERS[name].good_file(tmp_path)
    with netCDF4.Dataset(path, "a") as data:
        move_day(2, 4)(data)
    store = open_store(ingest(name, [path]))
    assert store.complete and store.leads == [0, 1, 4]
    reason = "no file of this day was given"
    assert store.attrs["missing_days"] == [{"first": "2014-03-07", "last": "2014-03-08", "variables": [], "reason": reason}]


@pytest.mark.parametrize("name", ["hycom", "glorys"])
def test_fields_of_every_third_day_are_not_daily_ones(tmp_path: Path, name: str) -> None:
    path = READERS[name].good_file(tmp_path)
    with netCDF4.Dataset(path, "a") as data:
        data["time"][:] = data["time"][0] + 3 * (data["time"][:] - data["time"][0])
    expect_error(READERS[name], path, "after 2014-03-05T12.* comes 2014-03-08.*no two days follow each other; expected daily")


def test_a_day_the_altimetry_lacks_is_named(tmp_path: Path) -> None:
    path = READERS["altimetry"].good_file(tmp_path)
    with pytest.raises(InputError, match=r"input.nc lacks 2014-03-09; it holds 3 days from 2014-03-05 to 2014-03-07: choose"):
        ObservedSource(path, grid=coarsened(8)).state(np.datetime64("2014-03-09"))


@pytest.mark.parametrize("name", ["altimetry", "temperature"])
def test_a_regional_file_cannot_start_a_global_forecast(tmp_path: Path, name: str) -> None:
    reader = READERS[name]
    half = {field: values[..., :60] for field, values in reader.fields(1).items()}
    path = reader.write(tmp_path / "input.nc", half, WORLD[0], WORLD[1][:60], layouts.days(1))
    expect_error(reader, path, "expected a global grid of 1/4 degree or finer")


def test_altimetry_coarser_than_the_state_is_refused(tmp_path: Path) -> None:
    path = READERS["altimetry"].good_file(tmp_path)
    with pytest.raises(InputError, match=r"input.nc: latitude of the source has steps of 2 degrees; expected 1 or finer"):
        ObservedSource(path, grid=coarsened(4))


def test_kelvin_in_a_celsius_file_is_caught_by_its_values(tmp_path: Path) -> None:
    path = layouts.write_glorys(
        tmp_path / "input.nc", {**layouts.glorys_fields(1), "thetao": layouts.glorys_fields(1)["thetao"] + 273.15}, *BOX,
        layouts.days(1),
    )  # fmt: skip
    expect_error(
        READERS["glorys"], path, r"100\.0 % of its values lie outside .* from 273.* degC; expected -3 to 40: check its units"
    )


def test_a_bad_last_day_ends_the_ingest_and_the_days_before_it_stay(tmp_path: Path) -> None:
    path = READERS["hycom"].good_file(tmp_path)
    with netCDF4.Dataset(path, "a") as data:
        data["surf_el"][2] = np.ma.array(np.zeros(data["surf_el"].shape[1:]), mask=True)
    with pytest.raises(InputError, match=r"input\.nc: surf_el of 2014-03-07 has no value at all"):
        ingest("hycom", [path], "box")
    store = open_store(stores_folder() / "box")
    assert store.leads == [0, 1] and not store.complete


@pytest.mark.parametrize("name", ["altimetry", "temperature"])
def test_a_field_that_a_start_cannot_do_without_is_named(tmp_path: Path, name: str) -> None:
    reader = READERS[name]
    path = reader.good_file(tmp_path)
    with netCDF4.Dataset(path, "a") as data:
        drop(reader.needed)(data)
    expect_error(reader, path, f"has no variable .*{reader.needed}.* holds .*something_else|expected")


def test_two_files_of_the_same_day_are_refused(tmp_path: Path) -> None:
    reader = READERS["hycom"]
    first = reader.good_file(tmp_path)
    second = reader.write(tmp_path / "again.nc", reader.fields(1), *BOX, layouts.days(1))
    with pytest.raises(InputError, match=r"again.nc: water_temp of 2014-03-05T12.* is also in .*input.nc"):
        ingest("hycom", [first, second])


def test_files_of_two_grids_are_refused(tmp_path: Path) -> None:
    reader = READERS["hycom"]
    first = reader.good_file(tmp_path)
    second = reader.write(tmp_path / "moved.nc", reader.fields(1), BOX[0], BOX[1] + 1, layouts.days(1, "2014-03-08T12"))
    with pytest.raises(InputError, match=r"moved.nc: lon runs from .* expected .* as in .*input.nc"):
        ingest("hycom", [first, second])


@pytest.mark.parametrize(
    "arguments", [["ingest", "hycom"], ["ingest", "glorys"], ["forecast", "--source", "observed", "--days", "1", "--altimetry"]]
)
def test_the_command_line_ends_with_two_and_one_message(tmp_path: Path, arguments: list[str]) -> None:
    path = READERS["hycom"].good_file(tmp_path)
    layouts.truncate(path)
    ended = CliRunner().invoke(app, [*arguments, str(path)])
    assert ended.exit_code == 2
    assert ended.stderr.count("input.nc ends after") == 1
    assert [entry for entry in home().rglob("*") if entry.is_file()] == []
