"""The real ocean of 23 February 2019 against the catalogue that another program made of it."""

import time
from pathlib import Path

import numpy as np
import pytest

from engine.commands.eddies import height_maps
from engine.eddies import Eddies, detect
from tests.engine.eddies.catalogue import ALTIMETRY, agreement


@pytest.fixture(scope="module")
def real(shared_data: Path) -> tuple[Eddies, float]:
    """Return the eddies of the real file and the processor seconds they took, compiling included."""
    heights = height_maps(str(shared_data / ALTIMETRY))
    sea = heights.read(0)
    began = time.process_time()
    return detect(sea, heights.lat, heights.lon), time.process_time() - began


def test_four_of_five_catalogued_eddies_over_5_cm_are_found_with_the_right_sign(real, shared_data: Path) -> None:
    found = agreement(real[0], shared_data)
    assert found.catalogued > 1500
    assert found.matched_share >= 0.80


def test_at_most_15_in_100_of_ours_over_5_cm_are_unknown_to_the_catalogue(real, shared_data: Path) -> None:
    found = agreement(real[0], shared_data)
    assert found.ours > 1500
    assert found.unmatched_share <= 0.15


def test_the_globe_takes_less_than_15_seconds_of_processor(real) -> None:
    assert real[1] < 15


def test_every_eddy_meets_the_criteria_and_lies_inside_its_contour(real) -> None:
    eddies = real[0]
    assert eddies.amplitude.min() >= 0.004 - 1e-9
    assert eddies.shape_error.max() <= 0.55
    assert eddies.radius.max() <= 400e3
    assert np.all((eddies.speed_radius <= eddies.radius * (1 + 1e-9)) & (eddies.speed_radius > 0))
    assert np.all((eddies.peak_lat > eddies.contour_lat.min(axis=1)) & (eddies.peak_lat < eddies.contour_lat.max(axis=1)))
    assert np.all(np.abs(eddies.contour_lon - eddies.lon[:, None]) < 180)
    assert set(np.unique(eddies.rotation)) == {-1, 1}
