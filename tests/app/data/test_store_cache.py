"""Stores as a server holds them: opened once, found by name as soon as they are written, passed over once deleted."""

import time

import pytest

from app.data import store_cache as open_stores
from app.data.store_cache import OpenStores
from engine.schema.grid import Grid
from engine.stores import delete_store
from tests.app.made_stores import waves_and_detail, write_forecast


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> OpenStores:
    monkeypatch.setattr(open_stores, "INTERVAL", 3600.0)
    return OpenStores()


def test_a_store_written_since_the_list_was_read_is_found_by_its_name(stores: OpenStores, small_grid: Grid) -> None:
    assert stores.all() == []
    store = write_forecast(small_grid, days=1)
    assert stores.all() == [], "the list is still the one from before"
    found = stores.find(store)
    assert found is not None and found.identifier == store
    assert stores.find("forecast-of-nothing") is None and stores.find("..") is None


def test_a_machine_that_has_just_started_reads_the_list_and_reads_it_again_when_told(
    stores: OpenStores, small_grid: Grid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 5.0)
    store = write_forecast(small_grid, days=1)
    assert [each.identifier for each in stores.all()] == [store]
    other = write_forecast(small_grid, days=1, kind="reference")
    stores.refresh()
    assert {each.identifier for each in stores.all()} == {store, other}


def test_a_store_and_its_parts_are_opened_once(stores: OpenStores, small_grid: Grid) -> None:
    name = write_forecast(small_grid, days=1, parts=waves_and_detail(small_grid))
    store = stores.find(name)
    assert store is not None
    part = stores.part(store, "waves")
    stores.refresh()
    assert stores.find(name) is store and stores.part(store, "waves") is part


def test_a_store_written_anew_under_the_same_name_is_another(stores: OpenStores, small_grid: Grid) -> None:
    name = write_forecast(small_grid, days=1)
    before = stores.find(name)
    delete_store(name)
    assert stores.find(name) is None
    assert write_forecast(small_grid, days=1) == name
    after = stores.find(name)
    assert before is not None and after is not None and after is not before
