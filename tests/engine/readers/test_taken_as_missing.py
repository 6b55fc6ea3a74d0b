"""Bad cells and land in disguise leave the rest of a field as it was, and stores and sources say how many there were."""

import json
from pathlib import Path

import netCDF4
import numpy as np
import pytest
from typer.testing import CliRunner

from engine.cli.main import app
from engine.forecasting.forecast import run_forecast
from engine.forecasting.request import ForecastRequest
from engine.ingest import ingest
from engine.readers.values.tally import described
from engine.runtime.errors import InputError
from engine.schema.grid import coarsened
from engine.schema.variables import DEPTHS
from engine.sources import open_source
from engine.sources.kept_altimetry import kept_report
from engine.sources.observed import ObservedSource
from engine.sources.uploads import take_in
from engine.stores import open_store
from tests.engine.readers import layouts

GRID = coarsened(8)
DAY = np.datetime64("2014-03-05")
BOX = (layouts.LAT, layouts.LON)
REPORT = {"zos": {"cells": 8, "lowest": 9999.0, "highest": 9999.0}}


def altimetry(folder: Path, change: object = None) -> Path:
    fields = layouts.altimetry_fields(1)
    if callable(change):
        change(fields)
    return layouts.write_altimetry(folder / "altimetry.nc", fields, GRID.lat, GRID.lon, layouts.days(1, "2014-03-05T00"))


def bad_patch(fields: dict[str, np.ndarray]) -> None:
    fields["adt"][0, 65:69, 80:82] = 9999


def test_eight_cells_of_9999_metres_change_the_sea_level_of_none_but_their_own(tmp_path: Path) -> None:
    (tmp_path / "good").mkdir()
    good = ObservedSource(altimetry(tmp_path / "good"), grid=GRID)
    bad = ObservedSource(altimetry(tmp_path, bad_patch), grid=GRID)
    difference = np.abs(bad.state(DAY)["zos"] - good.state(DAY)["zos"])
    assert np.nanmax(difference) < 0.2
    far = np.abs(GRID.lat - 45)[:, None] > 12
    assert np.nanmax(np.where(far, difference, 0)) < 2e-3
    assert np.nanmax(np.abs(bad.state(DAY)["uo"])) < 2.3
    assert bad.report["out_of_range"] == REPORT and "out_of_range" not in good.report


def test_land_stored_as_zeros_is_no_sea_level_of_zero(tmp_path: Path) -> None:
    (tmp_path / "good").mkdir()
    good = ObservedSource(altimetry(tmp_path / "good"), grid=GRID)

    def zeros(fields: dict[str, np.ndarray]) -> None:
        for values in fields.values():
            np.nan_to_num(values, copy=False)

    bad = ObservedSource(altimetry(tmp_path, zeros), grid=GRID)
    np.testing.assert_array_equal(bad.state(DAY)["zos"], good.state(DAY)["zos"])
    assert bad.report["zero_land"] == int(np.isnan(layouts.altimetry_fields(1)["adt"]).sum())


def test_in_a_file_with_land_of_zeros_a_lone_zero_at_the_coast_is_no_height(tmp_path: Path) -> None:
    def zeros(fields: dict[str, np.ndarray]) -> None:
        for values in fields.values():
            np.nan_to_num(values, copy=False)
        fields["adt"][0, 46, 90] = 0

    source = ObservedSource(altimetry(tmp_path, zeros), grid=GRID)
    height = source.state(DAY)["zos"]
    assert abs(height[46, 90] - height[46, 92]) < 0.15


def test_surface_temperature_on_one_level_is_read(tmp_path: Path) -> None:
    path = layouts.write_temperature(
        tmp_path / "sst.nc", layouts.temperature_fields(1), GRID.lat, GRID.lon, layouts.days(1, "2014-03-05T12")
    )
    with netCDF4.Dataset(path) as old, netCDF4.Dataset(tmp_path / "levelled.nc", "w") as new:
        for name, dimension in {**old.dimensions, "zlev": None}.items():
            new.createDimension(name, dimension.size if dimension else 1)
        new.createVariable("zlev", "f4", ("zlev",)).units = "meters"
        new["zlev"][:] = 0
        for name, variable in old.variables.items():
            dimensions = ("time", "zlev", "lat", "lon") if variable.ndim == 3 else variable.dimensions
            copy = new.createVariable("sst" if variable.ndim == 3 else name, variable.dtype, dimensions)
            copy.setncatts({key: variable.getncattr(key) for key in variable.ncattrs() if key != "_FillValue"})
            copy[:] = variable[:][:, None] if variable.ndim == 3 else variable[:]
    plain, levelled = (
        ObservedSource(altimetry(tmp_path), sst=file, grid=GRID).state(DAY)["thetao"][0]
        for file in (path, tmp_path / "levelled.nc")
    )
    np.testing.assert_allclose(levelled, plain, atol=0.02)


def test_a_forecast_says_what_was_missing_in_its_altimetry(tmp_path: Path) -> None:
    source = ObservedSource(altimetry(tmp_path, bad_patch), grid=GRID)
    store = open_store(run_forecast(ForecastRequest(source, DAY, "persistence", 1)))
    assert store.attrs["out_of_range"] == REPORT


def test_altimetry_that_is_kept_says_it_too(tmp_path: Path) -> None:
    folder = take_in([altimetry(tmp_path, bad_patch)], grid=GRID)
    assert kept_report(folder.name)["out_of_range"] == REPORT
    source = open_source(folder.name, grid=GRID)
    source.state(DAY)
    assert getattr(source, "report", {})["out_of_range"] == REPORT


def glorys(path: Path, **values: np.ndarray) -> Path:
    fields = {name: np.array(field) for name, field in layouts.glorys_fields(2).items()}
    return layouts.write_glorys(path, {**fields, **values}, *BOX, layouts.days(2))


def test_the_command_line_tells_it_on_the_screen_and_in_json(tmp_path: Path) -> None:
    speed = np.array(layouts.glorys_fields(2)["uo"])
    speed[:, :, 4, 4] = 32.7
    path = glorys(tmp_path / "box.nc", uo=speed)
    spoken = CliRunner().invoke(app, ["ingest", "glorys", str(path), "--name", "first"])
    assert "note: uo: 16 values of 32.7 m s-1 are out of range and taken as missing" in spoken.stdout
    told = CliRunner().invoke(app, ["ingest", "glorys", str(path), "--json"])
    found = json.loads(told.stdout.splitlines()[-1])["out_of_range"]["uo"]
    assert found["cells"] == 16 and found["lowest"] == found["highest"] == pytest.approx(32.7)


def test_land_and_ground_of_zero_temperature_and_salinity_are_dry(tmp_path: Path) -> None:
    fields = {name: np.array(field) for name, field in layouts.glorys_fields(2).items()}
    for values in fields.values():
        values[..., :2, :3] = 0
    for name in ("thetao", "so", "uo", "vo"):
        fields[name][:, 5:, 8, 8] = 0
    store = open_store(ingest("glorys", [glorys(tmp_path / "box.nc", **fields)]))
    assert not store.grid.wet[:, :2, :3].any() and store.grid.wet_surface.sum() == store.grid.wet_surface.size - 6
    column = store.grid.wet[:, 8, 8]
    assert column[: DEPTHS.index(20) + 1].all() and not column[DEPTHS.index(30) :].any()
    assert store.attrs["zero_land"] == 6
    assert np.isnan(store.read("zos", 0)[:2, :3]).all()


@pytest.mark.parametrize("names", [("uo", "vo"), ("zos",)])
def test_land_of_zeros_is_told_without_temperature_where_all_numbers_are_0(tmp_path: Path, names: tuple[str, ...]) -> None:
    fields = {name: np.array(layouts.glorys_fields(2)[name]) for name in names}
    for values in fields.values():
        values[..., :2, :3] = 0
    store = open_store(ingest("glorys", [layouts.write_glorys(tmp_path / "box.nc", fields, *BOX, layouts.days(2))]))
    assert store.attrs["zero_land"] == 6
    assert np.isnan(store.read(names[0], 1)[:2, :3]).all()


def test_water_at_zero_degrees_and_a_single_zero_stay_water(tmp_path: Path) -> None:
    fields = layouts.glorys_fields(2)
    zos = np.array(fields["zos"])
    zos[:, 3, 3] = 0
    store = open_store(ingest("glorys", [glorys(tmp_path / "box.nc", thetao=0 * fields["so"], zos=zos)]))
    assert store.grid.wet.all() and "zero_land" not in store.attrs
    alone = layouts.write_glorys(tmp_path / "zos.nc", {"zos": zos}, *BOX, layouts.days(2))
    assert open_store(ingest("glorys", [alone])).read("zos", 0)[3, 3] == 0


def test_missing_salinity_does_not_take_the_temperature_with_it(tmp_path: Path) -> None:
    fields = {name: np.array(values) for name, values in layouts.hycom_fields(1).items()}
    fields["salinity"][:, :9, 2, 2] = -9
    path = layouts.write_hycom(tmp_path / "box.nc", fields, *BOX, layouts.days(1))
    store = open_store(ingest("hycom", [path]))
    assert np.isfinite(store.read("thetao", 0)[2, 2]) and np.isnan(store.read("so", 0)[2, 2])


def test_conservative_temperature_and_absolute_salinity_are_converted(tmp_path: Path) -> None:
    path = glorys(tmp_path / "box.nc", thetao=np.full((2, 8, 10, 10), 20.0), so=np.full((2, 8, 10, 10), 35.16504))
    with netCDF4.Dataset(path, "a") as data:
        data["thetao"].standard_name = "sea_water_conservative_temperature"
        data["so"].standard_name = "sea_water_absolute_salinity"
    store = open_store(ingest("glorys", [path]))
    assert store.attrs["temperature"] == "potential, from conservative"
    assert store.read("so", 0)[0, 0] == pytest.approx(35, abs=2e-3)
    # gsw.pt_from_CT(35.165, 20)
    assert store.read("thetao", 0)[0, 0] == pytest.approx(20.0, abs=0.03)


def test_a_file_of_one_provider_is_not_taken_for_another(tmp_path: Path) -> None:
    path = glorys(tmp_path / "box.nc")
    with pytest.raises(InputError, match=r"box\.nc is GLORYS .* but is said to be HYCOM.* say `goms ingest glorys`"):
        take_in([path], "hycom")
    native = layouts.write_hycom(tmp_path / "native.nc", layouts.hycom_fields(1), *BOX, layouts.days(1))
    with pytest.raises(InputError, match=r"native\.nc is HYCOM .* but is said to be GLORYS"):
        take_in([native], "glorys")


def test_a_report_is_told_in_sentences() -> None:
    report = {"out_of_range": {"zos": {"cells": 2, "lowest": -9.0, "highest": 12.5}}, "flagged": {"thetao": 3}, "zero_land": 4}
    assert described(report) == [
        "zos: 2 values of -9 to 12.5 m are out of range and taken as missing",
        "thetao: 3 values under a bad quality flag are taken as missing",
        "4 cells with 0 in every field are taken as land",
    ]
