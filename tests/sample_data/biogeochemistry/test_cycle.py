"""Biogeochemistry of the sample ocean: sums, ranges, regions, restarts, what eddies and winds bring up."""

from pathlib import Path

import numpy as np
import pytest

from engine.physics.displaced_state import climatology, displaced_state
from engine.physics.irradiance import daily_light
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.grid import coarsened
from engine.schema.head_grids import one_degree
from engine.schema.sample_calendar import sample_date
from engine.schema.variables import BIOGEOCHEMISTRY, PLANKTON
from sample_data.assets_build.shipped_days import ship_head_days
from sample_data.biogeochemistry.cycle import KEY_EVERY, PACKINGS, TRACERS, advance, begin, conditions_of
from sample_data.biogeochemistry.nutrients import _regions
from sample_data.biogeochemistry.plankton import light_in_layer, step
from sample_data.ocean.mixed_layer import at_depth, mixed_layer
from sample_data.ocean.upwelling import upwelling
from sample_data.runs.day_archive import DayArchive
from sample_data.runs.head_days import START, RunBiogeochemistry
from sample_data.runs.run import Run
from sample_data.source import SampleSource
from sample_data.weather.atmosphere import forcing

GRID = coarsened(4)
LAST = KEY_EVERY + 2


@pytest.fixture(scope="module")
def still() -> Batch:
    return climatology(GRID, sample_date(0))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("runs") / "seed-6"
    run = Run.create(folder, 6, GRID)
    nothing = np.zeros(GRID.shape, np.float32)
    for day in range(LAST + 1):
        run.append(day, {"zos": nothing, "surface_temperature": nothing, "surface_salinity": nothing})
    return run


@pytest.fixture(scope="module")
def days(run: Run, still: Batch) -> RunBiogeochemistry:
    days = RunBiogeochemistry(run, lambda day: still)
    days.build(LAST, first=KEY_EVERY)
    return days


def _box(field: np.ndarray, south: float, north: float, west: float, east: float) -> float:
    rows, columns = (GRID.lat > south) & (GRID.lat < north), (GRID.lon > west) & (GRID.lon < east)
    return float(np.nanmedian(field[np.ix_(rows, columns)]))


def test_groups_sum_to_the_total_and_all_fields_live_in_the_open_ocean(days: RunBiogeochemistry) -> None:
    fields = days.fields(LAST)
    assert tuple(fields) == BIOGEOCHEMISTRY
    np.testing.assert_allclose(sum(fields[name] for name in PLANKTON), fields["chl"], rtol=1e-5)
    for field in fields.values():
        np.testing.assert_array_equal(np.isfinite(field), one_degree().wet_surface)
        assert np.nanmin(field) > 0


def test_gyres_are_poor_and_the_iron_limited_south_is_green_nowhere_for_all_its_nitrate(days: RunBiogeochemistry) -> None:
    fields = days.fields(LAST)
    gyre, south = (-30, -18, 230, 260), (-62, -50, 200, 270)
    assert 0.02 < _box(fields["chl"], *gyre) < 0.12 and _box(fields["no3"], *gyre) < 0.3
    assert _box(fields["no3"], *south) > 15 and _box(fields["chl"], *south) < 0.5 and _box(fields["fe"], *south) < 0.2
    assert _box(fields["chl"], -2, 2, 230, 265) > 3 * _box(fields["chl"], *gyre)
    assert 0.1 < np.nanmean(fields["chl"]) < 0.5


def test_a_stored_start_goes_on_exactly_as_the_run_did(days: RunBiogeochemistry, run: Run, tmp_path: Path) -> None:
    copy = Run.create(tmp_path / "seed-6", 6, GRID)
    ship_head_days_of_biogeochemistry = tmp_path / "seed-6" / "biogeochemistry"
    ship_head_days_of_biogeochemistry.mkdir()
    name = f"day-{KEY_EVERY:04d}.zst"
    (ship_head_days_of_biogeochemistry / name).write_bytes((run.folder / "biogeochemistry" / name).read_bytes())
    again = RunBiogeochemistry(copy, days.columns).fields(LAST)
    for field in TRACERS:
        stored = days.fields(LAST)[field]
        assert np.nanmax(np.abs(np.log10(again[field] / stored))) < 0.0011


def test_a_run_without_a_start_says_what_to_do(days: RunBiogeochemistry, tmp_path: Path) -> None:
    empty = RunBiogeochemistry(Run.create(tmp_path / "seed-6", 6, GRID), days.columns)
    with pytest.raises(InputError, match="goms sample build --biogeochemistry"):
        empty.fields(3)


def test_only_starts_and_all_waves_are_shipped(run: Run, days: RunBiogeochemistry, tmp_path: Path) -> None:
    (run.folder / "waves").mkdir(exist_ok=True)
    for day in range(5, LAST + 1):
        (run.folder / "waves" / f"day-{day:04d}.zst").write_bytes(b"a day")
    ship_head_days(run, 5, LAST, tmp_path)
    assert [path.name for path in (tmp_path / "biogeochemistry").iterdir()] == [f"day-{KEY_EVERY:04d}.zst"]
    assert len(list((tmp_path / "waves").iterdir())) == LAST - 4


def test_stored_days_come_back_rounded_to_half_a_percent(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    archive = DayArchive(tmp_path, one_degree().wet_surface, PACKINGS)
    fields = {name: 10 ** random.uniform(-3, 2, GRID.shape) for name in PACKINGS}
    archive.write(4, fields)
    for name, field in archive.read(4).items():
        wet = archive.mask
        assert np.abs(np.log10(field[wet] / fields[name][wet])).max() < 0.00101
        assert np.isnan(field[~wet]).all()


def test_an_eddy_that_lifts_the_thermocline_brings_nitrate_up() -> None:
    wind = forcing(1, 40, GRID)
    bump = (-0.25 * np.exp(-((GRID.lat[:, None] - 36) ** 2 + (GRID.lon[None] - 165) ** 2) / 4)).astype(np.float32)
    lifted, flat = (
        conditions_of(displaced_state(GRID, sample_date(40), anomaly), 40, wind).nitrate_below for anomaly in (bump, 0 * bump)
    )
    gain = np.zeros(GRID.shape)
    gain[one_degree().wet_surface] = lifted - flat
    row, column = GRID.nearest(36, 165)
    assert gain[row, column] > 0.2
    assert np.abs(gain[np.abs(bump) < 1e-6]).max() < 1e-3


def test_trade_winds_lift_water_at_the_equator_and_beside_coasts() -> None:
    east = np.full(GRID.shape, -6.0)
    lifted = upwelling(GRID, one_degree().wet_surface, east, 0 * east)
    row, column = GRID.nearest(0.5, 220)
    assert lifted[row, column] > 0.3 > lifted[row + 12, column]
    south_wind = upwelling(GRID, one_degree().wet_surface, 0 * east, 0 * east + 7.0)
    row = GRID.nearest(-12.5, 280)[0]
    coast = np.flatnonzero(one_degree().wet_surface[row, 200:300])[-1] + 200
    assert south_wind[row, coast] > 0.3 > south_wind[row, coast - 10]


def test_the_mixed_layer_ends_where_density_has_grown_by_the_threshold() -> None:
    depth = np.array([0.0, 10.0, 20.0, 40.0, 100.0])
    sigma = np.array([[25, 25], [25, 25], [25, 25], [25.06, 25], [26, 25.0]])
    np.testing.assert_allclose(mixed_layer(sigma, depth, np.array([500.0, 300.0])), [30.0, 100.0], rtol=1e-4)
    np.testing.assert_allclose(at_depth(sigma, depth, np.array([30.0, 700.0])), [25.03, 25.0])


def test_light_follows_sun_depth_and_shade() -> None:
    lat = np.array([-80.0, 0.0, 80.0])
    june, december = daily_light(lat, 172), daily_light(lat, 355)
    assert june[0] == 0 and december[2] == 0 and june[2] > june[1] * 0.9
    assert 70 < june[1] < 110
    clear, deep, green = (
        light_in_layer(np.array(90.0), np.array(h), np.array(c)) for h, c in ((10.0, 0.05), (200.0, 0.05), (10.0, 5.0))
    )
    assert clear > green > deep


def test_without_nutrients_nothing_grows_and_nothing_turns_negative() -> None:
    groups = np.full((4, 2), 0.5, np.float32)
    nitrate, iron = np.array([1e-3, 5.0], np.float32), np.array([0.5, 0.5], np.float32)
    before = groups.copy()
    step(groups, nitrate, iron, *(np.full(2, value, np.float32) for value in (20.0, 90.0, 30.0)))
    assert (groups[:, 0] < before[:, 0]).all() and groups[1, 1] > groups[1, 0]
    assert (nitrate > 0).all() and (iron > 0).all()


def test_regions_of_nitrate_cover_the_sea_once() -> None:
    total = sum(_regions(GRID).values())
    np.testing.assert_allclose(total, 1.0, rtol=1e-5)


def test_the_same_days_come_again(still: Batch) -> None:
    start = DayArchive(START, one_degree().wet_surface, {name: PACKINGS[name] for name in TRACERS}).read(0)
    first, second = (begin(0, start, 6, lambda day: still) for _ in range(2))
    for model in (first, second):
        advance(model, 6, lambda day: still)
    np.testing.assert_array_equal(first.tracers, second.tracers)


def test_the_shipped_run_has_waves_and_biogeochemistry_of_any_of_its_days() -> None:
    source = SampleSource()
    time = sample_date(130)
    waves, life = source.waves(time), source.biogeochemistry(time)
    assert waves["swh"].shape == (360, 720) and 1.5 < np.nanmean(waves["swh"]) < 3.5
    assert set(life.fields) == set(BIOGEOCHEMISTRY) and 0.1 < np.nanmean(life["chl"]) < 0.5
