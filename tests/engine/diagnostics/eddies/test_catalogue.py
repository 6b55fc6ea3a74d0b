"""The real ocean of 23 February 2019 against the catalogue that another program made of it."""

from pathlib import Path

import numpy as np
import pytest

from engine.cli.eddies import height_maps
from engine.diagnostics.eddies import Eddies, detect
from tests.engine.diagnostics.eddies.catalogue import ALTIMETRY, agreement


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Eddies:
    """Return the eddies of the real file."""
    heights = height_maps(str(shared_data / ALTIMETRY))
    return detect(heights.read(0), heights.lat, heights.lon)


def test_four_of_five_catalogued_eddies_over_5_cm_are_found_with_the_right_sign(real: Eddies, shared_data: Path) -> None:
    found = agreement(real, shared_data)
    assert found.catalogued > 1500
    assert found.matched_share >= 0.80


def test_at_most_15_in_100_of_ours_over_5_cm_are_unknown_to_the_catalogue(real: Eddies, shared_data: Path) -> None:
    found = agreement(real, shared_data)
    assert found.ours > 1500
    assert found.unmatched_share <= 0.15


def test_every_eddy_meets_the_criteria_and_lies_inside_its_contour(real: Eddies) -> None:
    eddies = real
    assert eddies.amplitude.min() >= 0.004 - 1e-9
    assert eddies.shape_error.max() <= 0.55
    assert eddies.radius.max() <= 400e3
    assert np.all((eddies.speed_radius <= eddies.radius * (1 + 1e-9)) & (eddies.speed_radius > 0))
    assert np.all((eddies.peak_lat > eddies.contour_lat.min(axis=1)) & (eddies.peak_lat < eddies.contour_lat.max(axis=1)))
    assert np.all(np.abs(eddies.contour_lon - eddies.lon[:, None]) < 180)
    assert set(np.unique(eddies.rotation)) == {-1, 1}
