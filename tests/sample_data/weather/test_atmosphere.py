"""The synthetic weather: random access, travelling lows, balance of wind and pressure, realistic sizes."""

import numpy as np
import pytest

from engine.physics.climatology import atlas, climatological_forcing
from engine.physics.geostrophy import coriolis, gradient
from engine.schema.grid import Grid
from engine.schema.sample_calendar import sample_date
from sample_data.weather.atmosphere import _weather, forcing, lows_of_day, wind_from_pressure


def test_the_same_seed_and_day_give_the_same_weather_whatever_was_asked_before(small_grid: Grid) -> None:
    first = forcing(5, 40, small_grid)
    _weather.cache_clear()
    lows_of_day.cache_clear()
    forcing(5, 12, small_grid)
    again = forcing(5, 40, small_grid)
    for name in first.fields:
        np.testing.assert_array_equal(first[name], again[name])


@pytest.mark.parametrize("other", [(5, 41), (6, 40)])
def test_another_day_or_seed_gives_other_weather(small_grid: Grid, other: tuple[int, int]) -> None:
    here, there = forcing(5, 40, small_grid)["msl"], forcing(*other, small_grid)["msl"]
    assert np.abs(here - there).max() > 300


def test_weather_before_day_zero_exists_and_dates_follow_the_sample_calendar(small_grid: Grid) -> None:
    assert forcing(1, -20, small_grid).time == np.datetime64("2019-02-03")
    assert sample_date(0) == np.datetime64("2019-02-23")


def test_storms_are_strong_but_not_impossible(small_grid: Grid) -> None:
    days = [forcing(2, day, small_grid) for day in range(0, 360, 30)]
    speed = np.array([np.hypot(day["u10"], day["v10"])[small_grid.wet_surface] for day in days])
    pressure = np.array([day["msl"][small_grid.wet_surface] for day in days])
    assert 18 < speed.max() < 30
    assert 5.0 < speed.mean() < 9.0
    assert 93_000 < pressure.min() < 97_500 and 102_500 < pressure.max() < 105_600


def test_consecutive_days_belong_together_and_ten_days_apart_do_not(small_grid: Grid) -> None:
    row = (small_grid.lat > 35) & (small_grid.lat < 60)
    days = [forcing(3, day, small_grid) for day in range(11)]
    usual = climatological_forcing(small_grid, sample_date(0))["msl"]
    departures = [(day["msl"] - usual)[row].ravel() for day in days]
    assert 0.35 < np.corrcoef(departures[0], departures[1])[0, 1] < 0.95
    assert abs(np.corrcoef(departures[0], departures[10])[0, 1]) < 0.35


def test_lows_travel_east_in_both_mid_latitudes() -> None:
    source = atlas()
    for south, north in ((35, 60), (-60, -35)):
        rows = (source.lat > south) & (source.lat < north)
        gain = np.zeros(41)
        for day in range(0, 40, 2):
            today, tomorrow = (
                _weather(4, d)[3][rows] - _weather(4, d)[3][rows].mean(axis=1, keepdims=True) for d in (day, day + 1)
            )
            gain += [np.sum(np.roll(today, shift, axis=1) * tomorrow) for shift in range(-20, 21)]
        shift = int(np.argmax(gain)) - 20
        assert 2 <= shift <= 18, f"weather moved {shift} degrees a day between {south} and {north}"


def test_wind_is_near_geostrophic_in_mid_latitudes_and_blows_towards_low_pressure() -> None:
    lat, lon = atlas().lat, atlas().lon
    distance = (lat[:, None] - 45) ** 2 + ((lon[None] - 180) * 0.7) ** 2
    pressure = -3000.0 * np.exp(-distance / 50)
    u, v = wind_from_pressure(pressure, lat, lon)
    east, north = gradient(pressure, lat, lon, np.ones(pressure.shape, dtype=bool))
    f = coriolis(lat)[:, None]
    ug, vg = -north / (1.2 * f), east / (1.2 * f)
    near = distance < 100
    along = (u * ug + v * vg)[near].sum() / (ug**2 + vg**2)[near].sum()
    down = -(u * east + v * north)[near].sum()
    assert 0.45 < along < 0.85 and down > 0
    assert u[134 - 6, 180] > 5 > -5 > u[134 + 6, 180], "a northern low turns anticlockwise"


def test_wind_at_the_equator_is_finite() -> None:
    lat, lon = atlas().lat, atlas().lon
    pressure = np.repeat(100 * np.sin(np.deg2rad(3 * lon))[None], 180, axis=0)
    u, v = wind_from_pressure(pressure, lat, lon)
    assert np.isfinite(u).all() and np.abs(u[88:92]).max() < 10 and np.abs(v[88:92]).max() < 10


def test_air_from_the_pole_is_colder_than_usual(small_grid: Grid) -> None:
    row = (small_grid.lat > 30) & (small_grid.lat < 55)
    products = []
    for day in range(0, 60, 6):
        air, usual = forcing(1, day, small_grid), climatological_forcing(small_grid, sample_date(day))
        products.append(np.corrcoef((air["v10"] - usual["v10"])[row].ravel(), (air["t2m"] - usual["t2m"])[row].ravel())[0, 1])
    assert np.mean(products) > 0.3
