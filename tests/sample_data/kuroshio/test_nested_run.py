"""The Kuroshio run at 1/12 degree, nested in the global one."""

from pathlib import Path

import numpy as np
import pytest

from engine.physics import geostrophy
from engine.physics.displaced_state import displaced_state, mean_sea_level
from engine.physics.geostrophy import geostrophic_velocity
from engine.physics.kuroshio_grid import crop, kuroshio_grid, refine
from engine.schema.constants import EARTH_RADIUS, SECONDS_PER_DAY
from engine.schema.grid import Grid, coarsened
from engine.schema.sample_calendar import sample_date
from sample_data.kuroshio.archive import PACKINGS, archive_of, build_kuroshio, global_surface, nested_surface, surface_fields
from sample_data.kuroshio.box_inversion import BoxSolver
from sample_data.kuroshio.nested_eddies import BORDER, STEPS_A_DAY, NestedEddies, side_share
from sample_data.kuroshio.nested_run import GlobalFields, KuroshioOcean
from sample_data.ocean.dynamics import coriolis_off_equator, wave_speed
from sample_data.runs.day_archive import DayArchive
from sample_data.runs.run import Run
from sample_data.source import SHIPPED
from sample_data.weather.atmosphere import forcing


def _open_box(rows: int = 72, columns: int = 144) -> Grid:
    lat, lon = 28 + (np.arange(rows) + 0.5) / 12, 150 + (np.arange(columns) + 0.5) / 12
    return Grid(lat, lon, np.array([0.0]), np.ones((1, rows, columns), bool), np.full((rows, columns), 4000, np.float32))


def _ringed(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.concatenate([[a[0] - 1 / 12], a, [a[-1] + 1 / 12]]) for a in (grid.lat, grid.lon))  # type: ignore[return-value]


@pytest.fixture(scope="module")
def shipped() -> Run:
    return Run.open(SHIPPED)


def test_inverting_gives_back_what_was_applied() -> None:
    grid = _open_box()
    solver = BoxSolver(grid.lat, grid.lon, (coriolis_off_equator(grid.lat) / wave_speed(grid.lat)) ** 2)
    psi = np.random.default_rng(0).standard_normal(grid.shape).astype(np.float32)
    mirrored = -np.pad(-psi, 1, mode="edge")
    for side in (0, -1):
        mirrored[side], mirrored[:, side] = -mirrored[side], -mirrored[:, side]
    assert np.abs(solver.invert(solver.apply(mirrored)) - psi).max() < 2e-3


def test_the_low_pass_keeps_what_is_long_and_drops_what_is_short() -> None:
    grid = _open_box()
    solver = BoxSolver(grid.lat, grid.lon, np.zeros(grid.shape[0]))
    north = np.sin(np.pi * (np.arange(72) + 0.5) / 72)[:, None]
    long, short = (north * np.sin(n * np.pi * (np.arange(144) + 0.5) / 144)[None] for n in (2, 40))
    kept = solver.low_pass((long + short).astype(np.float32), 300e3)
    assert np.abs(kept - long).max() < 0.05


def test_a_rossby_wave_of_the_global_run_travels_through_the_box_at_its_own_speed() -> None:
    grid = _open_box()
    lat, lon = _ringed(grid)
    wavenumber = 2 * np.pi / 4.0
    k = wavenumber / (EARTH_RADIUS * np.deg2rad(1) * np.cos(np.deg2rad(lat)))
    beta = geostrophy.beta(lat)
    speed = beta * k / (k**2 + (coriolis_off_equator(lat) / wave_speed(lat)) ** 2)
    waves = [10 * np.cos(wavenumber * lon[None] + speed[:, None] * SECONDS_PER_DAY * day).astype(np.float32) for day in (0, 3)]
    eddies = NestedEddies(grid, np.zeros((lat.size, lon.size)))
    for day in range(3):
        ends = [waves[0] + (waves[1] - waves[0]) * (day + part) / 3 for part in (0, 1)]
        eddies.run(ends[0].astype(np.float32), ends[1].astype(np.float32), 0, STEPS_A_DAY)
    change = (waves[1] - waves[0])[1:-1, 1:-1]
    inside = np.s_[12:-12, 12:-12]
    anomaly = eddies.stream_function(np.zeros(grid.shape, np.float32))[inside]
    assert anomaly.std() < 0.2 * change[inside].std()


def test_the_sides_always_follow_the_global_run() -> None:
    grid = _open_box()
    random = np.random.default_rng(1)
    ends = [random.standard_normal((74, 146)).astype(np.float32) * 500 for _ in range(2)]
    eddies = NestedEddies(grid, np.zeros((74, 146)))
    eddies.run(*ends, 0, 6)
    eddies.nudge()
    inner = eddies.anomaly[BORDER:-BORDER, BORDER:-BORDER]
    assert np.all(np.isfinite(inner)) and inner.any()
    assert np.abs(eddies.anomaly).sum() == pytest.approx(np.abs(inner).sum())


def test_the_band_along_the_sides_ends_inside_the_box() -> None:
    share = side_share((72, 144))
    assert share[0, 70] == share[36, 0] == share[BORDER, 70] == 1
    assert share[36, 72] == 0


def test_bicubic_refinement_keeps_a_slope_and_reads_no_land() -> None:
    slope = np.add.outer(np.arange(20.0), 2 * np.arange(30.0))
    fine = refine(slope)
    expected = np.add.outer((np.arange(60) + 0.5) / 3 - 0.5, 2 * ((np.arange(90) + 0.5) / 3 - 0.5))
    assert np.abs(fine - expected)[6:-6, 6:-6].max() < 1e-3
    slope[8:12, 8:12] = np.nan
    assert np.isfinite(refine(slope)).all()


def test_surface_fields_are_those_of_a_whole_state() -> None:
    grid, day = coarsened(8), 130
    rows, columns = (np.arange(n) for n in grid.shape)
    anomaly = (0.2 * np.sin(rows[:, None] / 3) * np.cos(columns / 4)).astype(np.float32)
    wet = grid.wet_surface
    stored = {
        "zos": np.where(wet, mean_sea_level(grid) + anomaly, np.float32(np.nan)),
        "surface_temperature": np.where(wet, np.float32(15), np.float32(np.nan)),
        "surface_salinity": np.where(wet, np.float32(35), np.float32(np.nan)),
    }
    weather = forcing(1, day, grid)
    tracers = stored["surface_temperature"], stored["surface_salinity"]
    state = displaced_state(grid, sample_date(day), anomaly, *tracers, wind=(weather["u10"], weather["v10"]))
    surface = surface_fields(1, day, grid, stored)
    for name in ("thetao", "so", "uo", "vo"):
        np.testing.assert_allclose(surface[name], state[name][0], atol=1e-4)
    np.testing.assert_allclose(surface["zos"], state["zos"], atol=1e-6)


def test_a_nested_day_begins_as_the_interpolated_global_day_and_stays_near_it(shipped: Run) -> None:
    ocean = KuroshioOcean(shipped, 120)
    grid, wet = ocean.grid, ocean.grid.wet_surface
    # A quarter-degree mask knows other coasts: what lies two of its cells from land must agree.
    inner = refine(np.where(np.isfinite(crop(shipped.zos(120))), 1.0, 0.0)) > 0.999
    began = refine(crop(shipped.zos(120)))
    assert np.abs(ocean.zos() - began)[wet & inner].std() < 0.004
    ocean.step()
    fields = ocean.fields()
    assert ocean.day == 121
    for name, field in fields.items():
        assert np.array_equal(np.isfinite(field), wet), name
    later = refine(crop(shipped.zos(121)))
    assert 0.0005 < np.abs(fields["zos"] - later)[wet & inner].std() < 0.02
    target = GlobalFields(shipped).tracers(121)[0]
    assert np.abs(fields["surface_temperature"] - target)[2, wet[2]].max() < 1e-3
    speed = np.hypot(*geostrophic_velocity(fields["zos"], grid.lat, grid.lon, wet))
    assert speed.max() < 2.5


def test_an_interrupted_build_ends_in_the_same_days(shipped: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sample_data.kuroshio.archive.SPIN_UP_DAYS", 1)
    monkeypatch.setattr("sample_data.kuroshio.archive.CHECKPOINT_EVERY", 1)
    runs = [Run(tmp_path / name, shipped.seed, shipped.grid) for name in ("once", "twice")]
    for run in runs:
        run.folder.mkdir()
        for path in (shipped.folder / "run.json", *sorted(shipped.folder.glob("day-012*.zst"))):
            (run.folder / path.name).symlink_to(path)
    build_kuroshio(runs[0], 121, 123)
    build_kuroshio(runs[1], 121, 122)
    build_kuroshio(runs[1], 121, 123)
    once, twice = (archive_of(run).read(123) for run in runs)
    for name, field in once.items():
        np.testing.assert_array_equal(field, twice[name])


def test_stored_days_come_back_within_half_a_step(tmp_path: Path) -> None:
    grid = kuroshio_grid()
    archive = DayArchive(tmp_path, grid.wet_surface, PACKINGS)
    random = np.random.default_rng(0)
    fields = {name: packing.offset + random.standard_normal(grid.shape) for name, packing in PACKINGS.items()}
    archive.write(7, fields)
    for name, field in archive.read(7).items():
        error = np.abs(field - fields[name])[grid.wet_surface]
        assert error.max() <= 0.51 * PACKINGS[name].scale + 1e-5
        assert np.isnan(field[~grid.wet_surface]).all()


def test_shipped_days_hold_detail_that_interpolation_lacks(shipped: Run) -> None:
    days = archive_of(shipped).days
    assert len(days) >= 34
    day, grid = days[-1], kuroshio_grid()
    nested, coarse = nested_surface(shipped, day), global_surface(shipped, day)
    assert set(nested) == set(coarse) == {"thetao", "so", "uo", "vo", "zos"}
    wet = grid.wet_surface
    interpolated = refine(coarse["thetao"])
    steepness = [np.abs(np.diff(field, axis=1))[wet[:, 1:] & wet[:, :-1]].max() for field in (nested["thetao"], interpolated)]
    assert steepness[0] > 1.2 * steepness[1]
    assert np.corrcoef(nested["zos"][wet], refine(coarse["zos"])[wet])[0, 1] > 0.99
    assert np.isfinite(nested["uo"][wet]).all()
