"""Tracks through made tables of eddies: identity, birth, death and what must never be joined."""

import numpy as np
import pytest

from engine.diagnostics.eddies import Eddies, Tracks, detect, track
from engine.diagnostics.eddies.table import CONTOUR_POINTS
from engine.runtime.errors import InputError
from tests.engine.diagnostics.eddies.bumps import axes, bump

START = np.datetime64("2019-02-23")


def _table(*rows: tuple[float, float, float, float, int]) -> Eddies:
    """Return eddies of longitude, latitude, amplitude in m, radius in km and rotation."""
    lon, lat, amplitude, radius, rotation = np.array(rows, dtype=float).reshape(-1, 5).T
    curve = np.zeros((lon.size, CONTOUR_POINTS))
    return Eddies(
        lon % 360, lat, lon, lat, amplitude, radius * 1e3, radius * 1e3, amplitude, rotation.astype(np.int8), 0 * lon, 0 * lon,
        curve, curve,
    )  # fmt: skip


def _track(*maps: Eddies) -> Tracks:
    return track(maps, START + np.arange(len(maps)))


def test_a_drifting_eddy_keeps_its_number_across_the_meridian() -> None:
    tracks = _track(*[_table((0.25 - 0.1 * day, 35, 0.2, 80, 1)) for day in range(8)])
    assert tracks.count == 1
    assert tracks.age.tolist() == list(range(8))
    assert tracks.born_before[0] and tracks.alive_at_end[0] and np.isnat(tracks.death[0])


def test_a_day_without_it_does_not_end_an_eddy_but_two_do() -> None:
    here, gone = _table((150, 35, 0.2, 80, 1)), _table()
    once = _track(here, here, gone, here, here)
    assert once.count == 1
    assert once.age.tolist() == [0, 1, 3, 4]
    twice = _track(here, here, gone, gone, here)
    assert twice.count == 2
    assert twice.death[0] == START + 1 and twice.birth[1] == START + 4
    assert twice.born_before.tolist() == [True, False]


def test_no_track_spans_days_that_are_missing_from_the_series_and_one_missing_day_is_like_a_day_without_it() -> None:
    here = _table((150, 35, 0.2, 80, 1))
    one = track([here] * 4, START + np.array([0, 1, 3, 4]))
    assert one.count == 1
    several = track([here] * 4, START + np.array([0, 1, 4, 5]))
    assert several.count == 2 and several.death[0] == START + 1


def test_births_and_deaths_are_the_first_and_last_day_seen() -> None:
    old, young = (150, 35, 0.2, 80, 1), (160, 35, 0.1, 60, -1)
    tracks = _track(_table(old), _table(old), _table(old, young), _table(young), _table(young), _table(young))
    assert tracks.birth.tolist() == [np.datetime64(START, "s").item(), np.datetime64(START + 2, "s").item()]
    assert tracks.death[0] == START + 2 and np.isnat(tracks.death[1])
    assert tracks.alive_at_end.tolist() == [False, True]
    eddies, times = tracks.of(1)
    assert eddies.rotation.tolist() == [-1] * 4 and times[0] == START + 2
    assert tracks.at(2)[1].tolist() == [0, 1]


def test_eddies_of_other_rotation_size_or_place_are_not_the_same() -> None:
    here = (150, 35, 0.2, 80, 1)
    for other in ((150, 35, 0.2, 80, -1), (152, 35, 0.2, 80, 1), (150, 35, 0.9, 80, 1), (150, 35, 0.2, 25, 1)):
        assert _track(_table(here), _table(other)).count == 2
    assert _track(_table(here), _table((150.2, 35, 0.25, 70, 1))).count == 1


def test_neighbours_are_paired_to_the_least_total_difference_not_each_to_its_nearest() -> None:
    # The second is nearest to where the first has gone; taking it would leave the first without a partner.
    first, second = (150.0, 0, 0.2, 80, 1), (150.4, 0, 0.2, 80, 1)
    tracks = _track(_table(first, second), _table((150.35, 0, 0.2, 80, 1), (150.75, 0, 0.2, 80, 1)))
    assert tracks.track.tolist() == [0, 1, 0, 1]


def test_size_tells_two_eddies_apart_that_pass_each_other() -> None:
    tracks = _track(
        _table((150.0, 35, 0.30, 90, 1), (150.3, 35, 0.10, 50, 1)), _table((150.0, 35, 0.10, 50, 1), (150.3, 35, 0.30, 90, 1))
    )
    assert tracks.track.tolist() == [0, 1, 1, 0]


def test_the_order_of_a_table_does_not_matter() -> None:
    random = np.random.default_rng(0)
    rows = [(lon, lat, 0.1, 60, 1) for lon, lat in random.uniform((0, -50), (360, 50), (300, 2))]
    moved = [(lon + 0.1, lat + 0.05, 0.11, 62, 1) for lon, lat, *_ in rows]
    shuffled = random.permutation(300)
    straight, mixed = _track(_table(*rows), _table(*moved)), _track(_table(*rows), _table(*[moved[k] for k in shuffled]))
    assert straight.count == mixed.count
    assert np.array_equal(mixed.track[300:], straight.track[300:][shuffled])


def test_maps_without_eddies_and_no_map_at_all_have_no_tracks() -> None:
    for tracks in (_track(_table(), _table()), _track()):
        assert tracks.count == 0 and len(tracks.eddies) == 0 and tracks.birth.size == 0


def test_times_that_do_not_fit_are_refused() -> None:
    for times in ([START], [START, START], [START + 1, START]):
        with pytest.raises(InputError, match="ascending"):
            track([_table(), _table()], times)


def test_a_bump_that_moves_over_the_dateline_is_found_and_followed() -> None:
    lat, lon = axes(25, 45, 170, 190, 0.25)
    maps = [detect(bump(lat, lon, 35, 180.6 - 0.3 * day, 0.3, 60e3), lat, lon) for day in range(5)]
    tracks = _track(*maps)
    assert tracks.count == 1
    np.testing.assert_allclose(tracks.eddies.lon, 180.6 - 0.3 * np.arange(5), atol=0.1)


def test_the_dataset_says_which_track_each_observation_belongs_to() -> None:
    here, young = (150, 35, 0.2, 80, 1), (160, 35, 0.1, 60, -1)
    data = _track(_table(here), _table(here, young), _table(here, young)).to_dataset()
    assert data.attrs["featureType"] == "trajectory"
    assert data.track_index.values.tolist() == [0, 0, 1, 0, 1]
    assert data.track_index.attrs["instance_dimension"] == "track"
    assert data.birth.values[1] == START + 1
    assert np.isnat(data.death.values).all()
