"""Waves of the sample ocean: full seas, great circles, land and ice, a plausible map, the same days whoever asks."""

import numpy as np
import pytest

from engine.schema.grid import coarsened
from engine.schema.head_grids import half_degree
from sample_data.waves.kernels import HALO, blow, travel, turn, wrap
from sample_data.waves.wave_model import (
    FULL_SEA,
    HEADINGS,
    PERIODS,
    STEPS_A_DAY,
    _rays,
    _turning,
    at_half_degree,
    full_sea_energy,
    growth_time,
    wave_model,
)
from sample_data.weather.ice import ice

DAYS = 2


@pytest.fixture(scope="module")
def run() -> dict[int, np.ndarray]:
    model = wave_model(5, 200)
    days = {200: at_half_degree(model.height(), 200)}
    while len(days) < DAYS:
        model.step()
        days[model.day] = at_half_degree(model.height(), model.day)
    return days


def _sea(row: int, column: int, heading: int) -> np.ndarray:
    rows, columns = coarsened(4).shape
    energy = np.zeros((HEADINGS, rows, columns + 2 * HALO), np.float32)
    energy[heading, row, HALO + column] = 1.0
    return energy


def _sail(energy: np.ndarray, band: int, days: int, passage: np.ndarray | None = None) -> np.ndarray:
    open_sea = np.ones(energy.shape[1:], np.float32) if passage is None else passage
    other = np.zeros_like(energy)
    for step in range(days * STEPS_A_DAY[band]):
        wrap(energy)
        travel(energy, other, *_rays(band), open_sea)
        energy, other = other, energy
        if (step + 1) % (STEPS_A_DAY[band] // 2) == 0:
            turn(energy, other, _turning(band))
            energy, other = other, energy
    return energy[..., HALO:-HALO]


def test_a_full_sea_has_the_height_of_pierson_and_moskowitz() -> None:
    speed = np.array([5.0, 10.0, 20.0])
    np.testing.assert_allclose(4 * np.sqrt(full_sea_energy(speed).sum(axis=0)), FULL_SEA * speed**2, rtol=1e-6)


def test_a_stronger_wind_feeds_longer_waves() -> None:
    share = full_sea_energy(np.array([8.0, 18.0])) / full_sea_energy(np.array([8.0, 18.0])).sum(axis=0)
    assert share[0, 0] > share[0, 1] and share[3, 1] > share[3, 0]


def test_ten_second_waves_take_half_a_day_of_a_gale() -> None:
    assert 10 < growth_time(10.0, np.array(17.0)) / 3600 < 20


def test_wind_that_lasts_raises_exactly_the_full_sea_and_nothing_against_itself() -> None:
    energy = np.zeros((HEADINGS, 1, 4), np.float32)
    angle = 2 * np.pi * (np.arange(HEADINGS) + 0.5) / HEADINGS
    east, north = np.sin(angle).astype(np.float32), np.cos(angle).astype(np.float32)
    one, half = np.ones((1, 4), np.float32), np.full((1, 4), 0.5, np.float32)
    for _ in range(40):
        blow(energy, 3 * one, half, half, one, 0 * one, east, north)
    np.testing.assert_allclose(energy.sum(axis=0), 3.0, rtol=1e-3)
    assert energy[east < 0].max() == 0


def test_swell_goes_at_group_speed_along_its_great_circle() -> None:
    grid, band = coarsened(4), 3
    heading = 2
    energy = _sail(_sea(60, 200, heading), band, 3)
    weight = energy.sum(axis=0)
    lat = (weight.sum(axis=1) * grid.lat).sum() / weight.sum()
    lon = (weight.sum(axis=0) * grid.lon).sum() / weight.sum()
    start = np.deg2rad(grid.lat[60])
    arc = 9.81 * PERIODS[band] / (4 * np.pi) * 3 * 86400 / 6.371e6
    angle = 2 * np.pi * (heading + 0.5) / HEADINGS
    end = np.arcsin(np.sin(start) * np.cos(arc) + np.cos(start) * np.sin(arc) * np.cos(angle))
    east = np.arctan2(np.sin(angle) * np.sin(arc) * np.cos(start), np.cos(arc) - np.sin(start) * np.sin(end))
    assert abs(lat - np.rad2deg(end)) < 1.5
    assert abs(lon - grid.lon[200] - np.rad2deg(east)) < 2.5


def test_land_stops_swell_and_open_water_loses_none_of_it() -> None:
    free = _sail(_sea(90, 100, 5), 4, 2)
    wall = np.ones(_sea(0, 0, 0).shape[1:], np.float32)
    wall[:, HALO + 108 : HALO + 110] = 0
    stopped = _sail(_sea(90, 100, 5), 4, 2, wall)
    assert free.sum() == pytest.approx(1.0, rel=0.05)
    assert stopped[:, :, 110:].sum() < 1e-3 * free[:, :, 110:].sum()


def test_waves_are_missing_on_land_and_under_ice_alone_and_never_nothing(run: dict[int, np.ndarray]) -> None:
    grid = half_degree()
    for day, height in run.items():
        np.testing.assert_array_equal(np.isfinite(height), grid.wet_surface & ~ice(grid, day))
        assert np.nanmin(height) > 0.1


def test_the_map_has_the_heights_of_the_sea(run: dict[int, np.ndarray]) -> None:
    grid = half_degree()
    height = np.stack(list(run.values()))
    known = np.isfinite(height[0])
    mean = (np.nan_to_num(height[0]) * grid.cell_area).sum() / (known * grid.cell_area).sum()
    storms = height[:, (grid.lat > -58) & (grid.lat < -42)]
    tropics = height[:, np.abs(grid.lat) < 15]
    assert 2.0 < mean < 3.0
    assert 3.5 < np.nanmean(storms) < 5.6 and 7.0 < np.nanmax(storms) < 14.0
    assert 1.1 < np.nanmean(tropics) < 2.2


def test_storm_waves_change_more_in_a_day_than_those_of_the_tropics(run: dict[int, np.ndarray]) -> None:
    grid, days = half_degree(), list(run.values())
    change = (days[1] - days[0]) ** 2
    storms, tropics = (np.sqrt(np.nanmean(change[rows])) for rows in (np.abs(grid.lat + 50) < 8, np.abs(grid.lat) < 15))
    assert 0.5 < storms < 1.8 and 0.05 < tropics < 0.4


def test_any_day_can_be_asked_for_alone(run: dict[int, np.ndarray]) -> None:
    last = 200 + DAYS - 1
    alone = at_half_degree(wave_model(5, last).height(), last)
    assert np.nanmax(np.abs(alone - run[last])) < 0.2
    assert np.sqrt(np.nanmean((alone - run[last]) ** 2)) < 0.015


def test_half_degree_waves_stay_in_the_range_of_their_neighbours() -> None:
    grid = coarsened(4)
    coarse = np.where(grid.wet_surface, 2.0, np.nan).astype(np.float32)
    fine = at_half_degree(coarse, 30)
    deep = half_degree().deptho > 10
    np.testing.assert_allclose(fine[np.isfinite(fine) & deep], 2.0, rtol=1e-6)


def test_ice_grows_in_winter_and_covers_the_pole() -> None:
    grid = half_degree()
    area = {day: (ice(grid, day) & grid.wet_surface & (grid.lat < 0)[:, None]) * grid.cell_area for day in (0, 200)}
    assert 2e12 < area[0].sum() < 6e12 and 12e12 < area[200].sum() < 22e12
    assert ice(grid, 200)[grid.lat > 85].all() and not ice(grid, 200)[np.abs(grid.lat) < 45].any()
