"""What a server spares itself is left out, and nothing else."""

import gc
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from bokeh.models import CustomJS
from bokeh.settings import settings

from app.server.page_cost import leave_out_checks, leave_out_what_stays


@pytest.fixture
def as_before() -> Iterator[None]:
    """Give back what these tests change for the whole process."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    settings.perform_document_validation.unset_value()
    settings.perform_error_diagnostics.unset_value()


def test_callbacks_of_a_page_are_not_looked_into_one_by_one(as_before: None, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Any] = []

    def signature(callback: Any) -> inspect.Signature:
        looked.append(callback)
        return inspect.signature(callback)

    monkeypatch.setattr("bokeh.util.callback_manager.signature", signature)
    leave_out_checks()
    heard: list[str] = []
    model = CustomJS(code="before")
    model.on_change("code", lambda attribute, old, new: heard.append(new))
    model.code = "after"
    assert heard == ["after"] and looked == []


def test_what_was_loaded_stays_out_of_collections_and_what_comes_later_is_collected(as_before: None) -> None:
    leave_out_what_stays()
    loaded = gc.get_freeze_count()
    assert loaded > 10_000 and len(gc.get_objects()) < loaded

    class Page:
        pass

    page: Any = Page()
    page.itself = page
    del page
    assert gc.collect() > 0
