"""Derived fields, against closed forms."""

import numpy as np
import pytest

from engine.diagnostics import derive
from engine.runtime.errors import InputError
from engine.schema.constants import EARTH_RADIUS, EARTH_ROTATION
from engine.schema.grid import Grid


class SolidBody:
    """A reader whose water turns with the Earth like a solid body, faster every day."""

    omega = 1e-6

    def __init__(self, grid: Grid, leads: list[int]) -> None:
        self.grid, self.leads = grid, leads

    def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
        cosine = np.cos(np.deg2rad(self.grid.lat))[:, None] * np.ones(self.grid.shape)
        return {"uo": self.omega * (1 + lead) * EARTH_RADIUS * cosine, "vo": 0 * cosine, "zos": lead + 0 * cosine}[variable]

    def valid_time(self, lead: int) -> np.datetime64:
        return np.datetime64("2019-02-23") + np.timedelta64(lead, "D")


def test_solid_body_rotation_has_vorticity_of_twice_omega_times_sine_of_latitude(small_grid: Grid) -> None:
    reader = SolidBody(small_grid, [0])
    inner = slice(2, -2)
    expected = 2 * reader.omega * np.sin(np.deg2rad(small_grid.lat))[:, None] * 1e5 + np.zeros(small_grid.shape)
    assert derive(reader, "vorticity", 0)[inner] == pytest.approx(expected[inner], abs=2e-4)


def test_vorticity_over_f_of_solid_rotation_is_its_share_of_the_turning_earth(small_grid: Grid) -> None:
    reader = SolidBody(small_grid, [0])
    ratio = derive(reader, "rossby", 0)
    near = np.abs(small_grid.lat) < 2
    assert near.any() and np.isnan(ratio[near]).all(), "f vanishes at the equator"
    inner = np.flatnonzero(~near)[2:-2]
    assert ratio[inner] == pytest.approx(reader.omega / EARTH_ROTATION, rel=2e-3), "of one sign in both hemispheres"


def test_vorticity_has_no_seam_at_the_prime_meridian(small_grid: Grid) -> None:
    class Wave(SolidBody):
        def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
            lon = np.deg2rad(self.grid.lon)[None] + np.zeros(self.grid.shape)
            return np.sin(3 * lon) if variable == "vo" else np.zeros(self.grid.shape)

    field = derive(Wave(small_grid, [0]), "vorticity", 0)
    assert np.ptp(field[45, [0, 60, 120]]) < 1e-6, "a wave of three periods looks the same after a third of the circle"


def test_water_that_turns_like_a_solid_body_is_not_strained(small_grid: Grid) -> None:
    reader = SolidBody(small_grid, [0])
    spin = derive(reader, "vorticity", 0)
    inner = slice(2, -2)
    assert derive(reader, "okubo_weiss", 0)[inner] == pytest.approx(-(spin**2)[inner], abs=2e-4)


def test_a_jet_that_only_shears_has_neither_eddy_nor_saddle(small_grid: Grid) -> None:
    class Jet(SolidBody):
        def read(self, variable: str, lead: int, depth_index: int = 0) -> np.ndarray:
            north = np.deg2rad(self.grid.lat)[:, None] + np.zeros(self.grid.shape)
            return 1.5 * north if variable == "uo" else np.zeros(self.grid.shape)

    equator = slice(small_grid.shape[0] // 2 - 2, small_grid.shape[0] // 2 + 2)
    assert derive(Jet(small_grid, [0]), "okubo_weiss", 0)[equator] == pytest.approx(0, abs=1e-3)


def test_eddy_kinetic_energy_is_that_of_the_anomaly_of_the_flow(small_grid: Grid) -> None:
    reader = SolidBody(small_grid, [0])

    def mean(time: np.datetime64):  # type: ignore[no-untyped-def]
        return lambda name, level: reader.read(name, 0) - (0.3 if name == "uo" else 0.4)

    assert derive(reader, "eke", 0, climatology=mean) == pytest.approx(1250)
    with pytest.raises(InputError, match="climatology"):
        derive(reader, "eke", 0)


def test_speed_is_the_length_of_the_current(small_grid: Grid) -> None:
    reader = SolidBody(small_grid, [0])
    assert derive(reader, "speed", 0) == pytest.approx(np.abs(reader.read("uo", 0)))


def test_change_is_against_the_day_before_and_missing_where_that_is_not_stored(small_grid: Grid) -> None:
    reader = SolidBody(small_grid, [0, 1, 2, 4])
    assert derive(reader, "zos", 2, quantity="change") == pytest.approx(1)
    assert np.isnan(derive(reader, "zos", 0, quantity="change")).all()
    assert np.isnan(derive(reader, "zos", 4, quantity="change")).all()


def test_anomaly_subtracts_the_climatology_of_the_valid_day(small_grid: Grid) -> None:
    reader = SolidBody(small_grid, [0, 1])
    seen = []

    def climatology(time: np.datetime64):  # type: ignore[no-untyped-def]
        seen.append(time)
        return lambda name, level: np.full(small_grid.shape, 0.25)

    assert derive(reader, "zos", 1, quantity="anomaly", climatology=climatology) == pytest.approx(0.75)
    assert set(seen) == {np.datetime64("2019-02-24")}
    with pytest.raises(InputError, match="climatology"):
        derive(reader, "zos", 1, quantity="anomaly")


def test_unknown_names_are_refused(small_grid: Grid) -> None:
    reader = SolidBody(small_grid, [0])
    with pytest.raises(InputError, match="expected one of thetao"):
        derive(reader, "salt", 0)
    with pytest.raises(InputError, match="quantity"):
        derive(reader, "zos", 0, quantity="trend")
