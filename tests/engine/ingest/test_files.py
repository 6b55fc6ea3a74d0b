"""From files to analysis stores, on real files and on files written in a provider's layout."""

from pathlib import Path

import netCDF4
import numpy as np
import pytest

from engine.forecasting.forecast import run_forecast
from engine.forecasting.request import ForecastRequest
from engine.ingest import ingest
from engine.physics.displaced_state import climatology
from engine.runtime.errors import InputError
from engine.runtime.paths import stores_folder
from engine.schema.grid import Grid, coarsened
from engine.schema.variables import DEPTHS
from engine.sources.analysis import AnalysisSource
from engine.stores import Store, open_store
from sample_data.runs.run import Run
from sample_data.source import SampleSource
from tests.engine.readers import layouts

HYCOM_FILE = "hycom/hycom_glbv008_EI_20140305_20140717.nc"
GULF_FILE = "hycom/HYCOM_ST_GoO_20160428to20160503.nc"
GLORYS_FILE = "glorys/EI_ALLsurf_cmems_mod_glo_phy_my_0.083deg_P1D-m_1751990714294.nc"


def first_days(path: Path, folder: Path, count: int) -> Path:
    """Copy the first days of a file as they are, packing included."""
    copy = folder / path.name
    with netCDF4.Dataset(path) as source, netCDF4.Dataset(copy, "w") as target:
        source.set_auto_maskandscale(False)
        for name, dimension in source.dimensions.items():
            target.createDimension(name, count if name == "time" else dimension.size)
        for name, variable in source.variables.items():
            attributes = {key: variable.getncattr(key) for key in variable.ncattrs()}
            fill = attributes.pop("_FillValue", None)
            new = target.createVariable(name, variable.dtype, variable.dimensions, fill_value=fill)
            new.setncatts(attributes)
            new.set_auto_maskandscale(False)
            new[:] = variable[:count] if "time" in variable.dimensions else variable[:]
    return copy


def test_hycom_and_glorys_of_the_same_box_and_days_agree_side_by_side(shared_data: Path, tmp_path: Path) -> None:
    hycom = open_store(ingest("hycom", [first_days(shared_data / HYCOM_FILE, tmp_path, 8)]))
    glorys = open_store(ingest("glorys", [first_days(shared_data / GLORYS_FILE, tmp_path, 8)]))
    assert hycom.complete
    assert glorys.complete
    assert hycom.kind == glorys.kind == "analysis"
    assert [hycom.valid_time(lead) for lead in hycom.leads] == [glorys.valid_time(lead) for lead in glorys.leads]
    assert hycom.attrs["sampling"] == "snapshot"
    assert glorys.attrs["sampling"] == "daily mean"
    assert hycom.depths("thetao") == pytest.approx(DEPTHS)
    assert glorys.depths("thetao") == (0.0,)
    for name, near in (("thetao", 0.8), ("so", 0.3), ("zos", 0.2)):
        assert np.nanmean(hycom.loop(name)) == pytest.approx(np.nanmean(glorys.loop(name)), abs=near)


def test_real_hycom_numbers_come_through_to_the_packing_step(shared_data: Path, tmp_path: Path) -> None:
    path = first_days(shared_data / HYCOM_FILE, tmp_path, 2)
    store = open_store(ingest("hycom", [path]))
    with netCDF4.Dataset(path) as data:
        level = int(np.flatnonzero(data["depth"][:] == 300)[0])
        for ours, theirs in (("so", "salinity"), ("uo", "water_u"), ("vo", "water_v")):
            expected = np.ma.filled(data[theirs][1, level], np.nan)
            np.testing.assert_allclose(store.read(ours, 1, DEPTHS.index(300)), expected, atol=6e-4)
        in_situ = np.ma.filled(data["water_temp"][1, level], np.nan)
    np.testing.assert_allclose(store.grid.lon[0], 303.44, atol=0.01)
    # Potential temperature is lower than in-situ by about 0.015 degC at 300 m in cold water.
    colder = in_situ - store.read("thetao", 1, DEPTHS.index(300))
    assert 0.005 < np.nanmean(colder) < 0.03


def test_the_renamed_variant_without_currents_keeps_land_and_the_sea_floor_missing(shared_data: Path) -> None:
    store = open_store(ingest("hycom", [shared_data / GULF_FILE]))
    assert store.variables == ("thetao", "so")
    assert store.attrs["temperature"] == "potential, from in-situ"
    dry = [np.isnan(store.read("thetao", 0, level)).mean() for level in range(len(DEPTHS))]
    assert dry[0] == pytest.approx(0.469, abs=0.01)
    assert dry[-1] > 0.7
    assert np.all(np.diff(dry) >= 0)
    assert np.isnan(store.grid.deptho[~store.grid.wet_surface]).all()
    assert (store.grid.deptho[store.grid.wet[-1]] >= 500).all()


def test_forty_levels_become_fifteen_and_the_floor_stays_dry(tmp_path: Path) -> None:
    path = layouts.write_hycom(tmp_path / "box.nc", layouts.hycom_fields(2), layouts.LAT, layouts.LON, layouts.days(2))
    store = open_store(ingest("hycom", [path]))
    shallow = store.grid.wet[:, :, 8]
    assert shallow[: DEPTHS.index(250) + 1].all()
    assert not shallow[DEPTHS.index(300) :].any()
    assert store.read("so", 1, DEPTHS.index(400))[0, 0] == pytest.approx(34.08, abs=1e-3)
    assert store.init_time == np.datetime64("2014-03-05T12")


def test_temperature_and_salinity_alone_are_taken_and_currents_may_come_in_a_second_file(tmp_path: Path) -> None:
    fields = layouts.hycom_fields(2)
    tracers = {name: fields[name] for name in ("water_temp", "salinity")}
    rest = {name: fields[name] for name in ("water_u", "water_v", "surf_el")}
    box = (layouts.LAT, layouts.LON, layouts.days(2))
    first = layouts.write_hycom(tmp_path / "ts3z.nc", tracers, *box)
    second = layouts.write_hycom(tmp_path / "uv3z.nc", rest, *box)
    assert open_store(ingest("hycom", [first], "alone")).variables == ("thetao", "so")
    assert len(open_store(ingest("hycom", [first, second], "together")).variables) == 5


def test_of_several_times_a_day_the_one_at_noon_is_taken(tmp_path: Path) -> None:
    times = np.datetime64("2014-03-05T00", "h") + 12 * np.arange(4) * np.timedelta64(1, "h")
    path = layouts.write_hycom(tmp_path / "box.nc", layouts.hycom_fields(4), layouts.LAT, layouts.LON, times)
    store = open_store(ingest("hycom", [path]))
    assert [str(store.valid_time(lead)) for lead in store.leads] == ["2014-03-05T12:00:00", "2014-03-06T12:00:00"]
    assert store.read("zos", 1)[0, 0] == pytest.approx(-1.5 + 0.03, abs=6e-4)


def test_a_box_across_the_prime_meridian_becomes_a_full_circle_missing_outside(tmp_path: Path) -> None:
    lon = np.arange(-1.2, 1.3, 0.3)
    fields = {name: values[..., : lon.size] for name, values in layouts.hycom_fields(1).items()}
    fields["surf_el"] = np.broadcast_to(lon / 10, fields["surf_el"].shape)
    store = open_store(ingest("hycom", [layouts.write_hycom(tmp_path / "box.nc", fields, layouts.LAT, lon, layouts.days(1))]))
    assert store.grid.is_periodic
    height = store.read("zos", 0)
    row, column = store.grid.nearest(-57.5, 359.1)
    assert height[row, column] == pytest.approx(-0.09, abs=6e-4)
    assert np.isfinite(height[row]).sum() == lon.size


def global_hycom(path: Path, lon_west: float) -> Path:
    """Write one day of a 1-degree ocean on HYCOM's levels, columns beginning at `lon_west`."""
    lat, lon = np.arange(-79.5, 90, 1.0), lon_west + np.arange(0.5, 360, 1.0)
    shape = (1, layouts.HYCOM_DEPTHS.size, lat.size, lon.size)
    wave = np.cos(np.deg2rad(lon)) * np.cos(np.deg2rad(lat))[:, None]
    fields = {
        "water_temp": np.broadcast_to(10 + 5 * wave, shape),
        "salinity": np.full(shape, 35.0),
        "water_u": np.full(shape, 0.2),
        "water_v": np.full(shape, 0.0),
        "surf_el": wave[None],
    }
    return layouts.write_hycom(path, fields, lat, lon, layouts.days(1))


@pytest.mark.parametrize("lon_west", [-180.0, 0.0])
def test_a_global_file_in_either_longitude_convention_becomes_means_on_the_models_grid(tmp_path: Path, lon_west: float) -> None:
    grid = coarsened(8)
    store = open_store(ingest("hycom", [global_hycom(tmp_path / "global.nc", lon_west)], grid=grid))
    assert store.grid.same_as(grid)
    expected = np.cos(np.deg2rad(grid.lon)) * np.cos(np.deg2rad(grid.lat))[:, None]
    height = store.read("zos", 0)
    covered = grid.wet_surface & (grid.lat > -79)[:, None] & (grid.lat < 86)[:, None]
    np.testing.assert_allclose(height[covered], expected[covered], atol=2e-3)
    assert np.isnan(height[~grid.wet_surface]).all()


def test_an_ingested_global_analysis_is_a_source_whose_gaps_climatology_fills(tmp_path: Path) -> None:
    grid = coarsened(8)
    folder = ingest("hycom", [global_hycom(tmp_path / "global.nc", 0.0)], grid=grid)
    source = AnalysisSource(folder.name)
    state = source.state(source.init_times()[0])
    for name, wet in (("thetao", grid.wet), ("zos", grid.wet_surface)):
        assert np.isfinite(state[name][wet]).all()
    assert source.forcing_kind == "climatology"
    assert source.reference(np.datetime64("2020-01-01")) is None
    with pytest.raises(InputError, match="lacks 2020-01-01; it holds 2014-03-05 to 2014-03-05"):
        source.state(np.datetime64("2020-01-01"))


def test_a_global_file_without_currents_is_an_analysis_of_temperature_and_salinity(tmp_path: Path) -> None:
    path = global_hycom(tmp_path / "global.nc", 0.0)
    with netCDF4.Dataset(path, "a") as data:
        for number, name in enumerate(("water_u", "water_v", "surf_el")):
            data.renameVariable(name, f"other_{number}")
    store = open_store(ingest("hycom", [path], grid=coarsened(8)))
    assert store.variables == ("thetao", "so")
    assert store.grid.same_as(coarsened(8))


def glorys_part(folder: Path, *names: str, levels: int = layouts.GLORYS_DEPTHS.size) -> Path:
    """Write two days of some fields of the box, the uppermost levels of them."""
    fields = {name: values for name, values in layouts.glorys_fields(2).items() if name in names}
    path = layouts.write_glorys(folder / "part.nc", fields, layouts.LAT, layouts.LON, layouts.days(2))
    if levels == layouts.GLORYS_DEPTHS.size:
        return path
    surface = folder / "surface.nc"
    with netCDF4.Dataset(path) as source, netCDF4.Dataset(surface, "w") as target:
        for name, dimension in source.dimensions.items():
            target.createDimension(name, levels if name == "depth" else dimension.size)
        for name, variable in source.variables.items():
            new = target.createVariable(name, variable.dtype, variable.dimensions)
            new.setncatts({key: variable.getncattr(key) for key in variable.ncattrs() if key != "_FillValue"})
            new[:] = variable[:, :levels] if variable.ndim == 4 else variable[:levels] if name == "depth" else variable[:]
    return surface


@pytest.mark.parametrize("names", [("thetao", "so"), ("uo", "vo"), ("zos",), ("thetao",), ("thetao", "zos")])
def test_a_file_of_some_fields_becomes_an_analysis_of_these(tmp_path: Path, names: tuple[str, ...]) -> None:
    store = open_store(ingest("glorys", [glorys_part(tmp_path, *names)]))
    assert store.variables == names
    assert ("temperature" in store.attrs) == ("thetao" in names)
    for name in names:
        expected = layouts.glorys_fields(2)[name][1].reshape(-1, layouts.LAT.size, layouts.LON.size)[0]
        np.testing.assert_allclose(store.read(name, 1), expected, atol=6e-4)
    assert store.grid.depth.size == (1 if names == ("zos",) else len(DEPTHS))


def test_surface_temperature_alone_has_one_depth(tmp_path: Path) -> None:
    store = open_store(ingest("glorys", [glorys_part(tmp_path, "thetao", levels=1)]))
    assert store.depths("thetao") == (0.0,)
    assert store.grid.wet_surface.all()


def test_stores_of_one_variable_each_do_not_stand_in_each_others_way(tmp_path: Path) -> None:
    names = [ingest("glorys", [glorys_part(tmp_path, name)]).name for name in ("thetao", "zos")]
    assert [name.rpartition("__")[2] for name in names] == ["thetao", "zos"]


def test_in_situ_temperature_without_salinity_is_converted_at_the_usual_salinity(tmp_path: Path) -> None:
    fields = layouts.hycom_fields(1)
    box = (layouts.LAT, layouts.LON, layouts.days(1))
    both = {name: fields[name] for name in ("water_temp", "salinity")}
    with_salinity = open_store(ingest("hycom", [layouts.write_hycom(tmp_path / "ts.nc", both, *box)]))
    alone = {"water_temp": fields["water_temp"]}
    without = open_store(ingest("hycom", [layouts.write_hycom(tmp_path / "t.nc", alone, *box)]))
    assert without.attrs["temperature"] == "potential, from in-situ at salinity 35"
    difference = without.loop("thetao", len(DEPTHS) - 1) - with_salinity.loop("thetao", len(DEPTHS) - 1)
    assert np.nanmax(np.abs(difference)) < 0.006


def test_the_wet_mask_comes_from_all_days_not_from_the_first(tmp_path: Path) -> None:
    fields = {name: np.array(values) for name, values in layouts.glorys_fields(3).items()}
    for values in fields.values():
        values[0, ..., :5] = np.nan
    path = layouts.write_glorys(tmp_path / "box.nc", fields, layouts.LAT, layouts.LON, layouts.days(3))
    store = open_store(ingest("glorys", [path]))
    assert store.grid.wet.all()
    assert np.isnan(store.read("thetao", 0)[:, :5]).all()
    for lead in (1, 2):
        assert np.isfinite(store.read("thetao", lead)).all() and np.isfinite(store.read("zos", lead)).all()


def test_ingesting_twice_does_not_overwrite_and_an_unknown_product_is_named(tmp_path: Path) -> None:
    path = layouts.write_glorys(tmp_path / "box.nc", layouts.glorys_fields(1), layouts.LAT, layouts.LON, layouts.days(1))
    folder = ingest("glorys", [path])
    assert [entry.name for entry in stores_folder().iterdir() if entry.is_dir()] == [folder.name]
    with pytest.raises(InputError, match="exists already with all these days"):
        ingest("glorys", [path])
    with pytest.raises(InputError, match="product is 'soda'; expected one of hycom, glorys"):
        ingest("soda", [path])


def test_progress_ends_at_one_and_never_falls(tmp_path: Path) -> None:
    path = layouts.write_glorys(tmp_path / "box.nc", layouts.glorys_fields(3), layouts.LAT, layouts.LON, layouts.days(3))
    seen: list[float] = []
    store: Store = open_store(ingest("glorys", [path], progress=lambda fraction, _: seen.append(fraction)))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert store.complete


def test_the_sample_reference_in_hycom_layout_compares_with_a_forecast_at_equal_valid_times(tmp_path: Path) -> None:
    grid, days = coarsened(8), 3
    source = SampleSource(folder=drifting_run(tmp_path / "run", grid, days + 1).folder)
    start = source.times()[0]
    rows, columns = slice(45, 80), slice(30, 90)
    reference = [source.state(day) for day in start + np.arange(days + 1)]
    fields = [layouts.hycom_sample_layout(batch, rows, columns) for batch in reference]
    stacked = {name: np.stack([each[name] for each in fields]) for name in fields[0]}
    lon = (grid.lon[columns] + 180) % 360 - 180
    times = (start + np.arange(days + 1)).astype("datetime64[h]")
    hycom = open_store(ingest("hycom", [layouts.write_hycom(tmp_path / "hycom.nc", stacked, grid.lat[rows], lon, times)]))
    forecast = open_store(run_forecast(ForecastRequest(source, start, "persistence", days)))
    for variable, level, near in (("thetao", 9, 2e-3), ("so", 4, 2e-3), ("uo", 0, 2e-3), ("zos", 0, 2e-3)):
        for lead in forecast.leads:
            assert hycom.valid_time(lead) == forecast.valid_time(lead)
            seen = hycom.read(variable, lead, level)
            true = reference[lead][variable]
            expected = (true if variable == "zos" else true[level])[rows, columns]
            np.testing.assert_allclose(seen, np.where(np.isfinite(seen), expected, np.nan), atol=near)
            error = forecast.read(variable, lead, level)[rows, columns] - seen
            assert (np.nanmax(np.abs(error)) < near) == (lead == 0), (variable, lead)


def drifting_run(folder: Path, grid: Grid, days: int) -> Run:
    """Write a sample run whose sea level, temperature and salinity change a little from day to day."""
    run = Run.create(folder, 7, grid)
    seasonal_mean = climatology(grid, np.datetime64("2019-02-23"))
    for day in range(days):
        wave = 0.1 * np.sin(np.deg2rad(6 * grid.lon + 20 * day)) * np.cos(np.deg2rad(grid.lat))[:, None]
        run.append(
            day,
            {
                "zos": seasonal_mean["zos"] + wave,
                "surface_temperature": seasonal_mean["thetao"][0] + 5 * wave,
                "surface_salinity": seasonal_mean["so"][0] + wave,
            },
        )
    return run
