"""Finding the eddies of a store behind the page: once, day by day, kept on the disk as long as the store is there."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.eddies import finder as finder_module
from app.eddies.body import Area, eddies_of_day
from app.eddies.finder import EddyFinder, Search, kept_folder
from engine.runtime.errors import InputError
from engine.runtime.paths import cache_folder, stores_folder
from engine.schema.grid import Grid
from engine.stores import Store, delete_store, open_store
from tests.app.made_stores import write_eddies, write_surface_analysis
from tests.waiting import wait


def opened(identifier: str) -> Store:
    whole, _, part = identifier.partition("/")
    store = open_store(stores_folder() / whole)
    return store.part(part) if part else store


@pytest.fixture
def finder() -> Iterator[EddyFinder]:
    made = EddyFinder(opened)
    yield made
    made.close()


def whole(finder: EddyFinder, identifier: str) -> Search:
    """Ask until every day of a store is found."""
    wait(lambda: len(finder.ask(identifier).tables) == finder.ask(identifier).expected)
    return finder.ask(identifier)


def test_each_day_has_its_high_and_its_low_and_both_are_followed(finder: EddyFinder) -> None:
    search = whole(finder, write_eddies(days=3))
    assert [len(table) for table in search.tables] == [2, 2, 2, 2]
    low, high = search.tables[3].select(np.argsort(-search.tables[3].rotation)).peak_lat
    assert (low, high) == pytest.approx((38, 32), abs=0.2)
    tracks = search.tracks(4)
    assert tracks.count == 2 and sorted(tracks.age)[-2:] == pytest.approx([3, 3])


def test_what_was_found_is_read_from_the_disk_by_the_next_server(finder: EddyFinder, monkeypatch: pytest.MonkeyPatch) -> None:
    identifier = write_eddies(days=2)
    found = whole(finder, identifier).tables
    monkeypatch.setattr(finder_module, "detect", lambda *_, **__: pytest.fail("searched again"))
    again = EddyFinder(opened)
    kept = whole(again, identifier).tables
    again.close()
    assert all(np.array_equal(a.contour_lon, b.contour_lon) for a, b in zip(found, kept, strict=True))


def test_a_damaged_file_is_found_anew(finder: EddyFinder) -> None:
    identifier = write_eddies(days=1)
    path = kept_folder(opened(identifier)) / "0.npz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK no archive")
    assert len(whole(finder, identifier).tables[0]) == 2
    assert path.stat().st_size > 1000


def test_a_store_written_anew_under_its_name_is_searched_anew() -> None:
    first = kept_folder(opened(write_eddies(days=1)))
    assert first.parent == kept_folder(opened(write_eddies(days=1))).parent
    assert first != kept_folder(opened(write_eddies(days=1)))


def test_the_days_of_a_run_under_way_are_found_as_they_come(finder: EddyFinder) -> None:
    search = finder.ask(write_eddies(days=5, finished=1))
    wait(lambda: not search.running)
    assert (len(search.tables), search.expected) == (2, 6)


def test_the_search_rests_while_nobody_asks(finder: EddyFinder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finder_module, "PATIENCE", 0.0)
    identifier = write_eddies(days=2)
    search = finder.ask(identifier)
    wait(lambda: not search.running)
    assert len(search.tables) == 1
    finder.ask(identifier)
    wait(lambda: not search.running)
    assert len(search.tables) == 2


def test_a_store_without_sea_surface_height_is_refused(finder: EddyFinder, small_grid: Grid) -> None:
    with pytest.raises(InputError, match="no sea surface height"):
        finder.ask(write_surface_analysis(small_grid))


def test_a_search_that_fails_says_so_rests_and_goes_on_a_while_later(finder: EddyFinder, monkeypatch: pytest.MonkeyPatch) -> None:
    identifier = write_eddies(days=1)
    with monkeypatch.context() as patched:
        patched.setattr(finder_module, "detect", lambda *_, **__: 1 / 0)
        wait(lambda: finder.ask(identifier).failed is not None)
        search = finder.ask(identifier)
        assert not search.running and not search.error
        assert eddies_of_day(search, 0, Area(-90, 90, 0, 360, 0.01)) == {"found": 0, "of": 2, "trouble": True}
    monkeypatch.setattr(finder_module, "REST", 0.0)
    assert len(whole(finder, identifier).tables) == 2


def test_memory_holds_the_stores_looked_at_last() -> None:
    small = EddyFinder(opened, limit=1)
    first, second = write_eddies(days=1), write_eddies(days=2)
    before = whole(small, first)
    whole(small, second)
    wait(lambda: small.ask(first) is not before)
    small.close()


def test_the_eddies_of_a_deleted_store_leave_the_disk(finder: EddyFinder) -> None:
    gone, other = write_eddies(days=1), write_eddies(days=2)
    whole(finder, gone)
    folder: Path = cache_folder() / "eddies" / gone
    assert folder.is_dir()
    delete_store(gone)
    finder.ask(other)
    assert not folder.exists()


def test_on_a_finer_grid_an_eddy_is_no_smaller_than_on_that_of_a_quarter_degree(finder: EddyFinder) -> None:
    identifier = write_eddies(days=1, kuroshio=True)
    assert finder_module.criteria(opened(identifier)).fewest_pixels == 5
    assert finder_module.criteria(opened(f"{identifier}/kuroshio")).fewest_pixels == 20
    coarse, fine = whole(finder, identifier), whole(finder, f"{identifier}/kuroshio")
    assert coarse.folder != fine.folder
    assert fine.tables[0].radius == pytest.approx(coarse.tables[0].radius, rel=0.1)
