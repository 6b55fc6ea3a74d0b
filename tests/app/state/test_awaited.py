"""What a page begins by itself: tried once, told where it fails, and tried again when asked or when there is more room."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.session.session import Session
from app.state.scene_builder import build_scene
from app.state.selection import Selection
from engine.schema.grid import Grid
from tests.app.made_stores import write_analysis, write_forecast
from tests.waiting import wait

FAILS = """
import json, sys
for line in sys.stdin:
    print(json.dumps({"id": json.loads(line)["id"], "state": "failed", "error": "the disk is full; delete a store"}), flush=True)
"""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    script = tmp_path / "fails.py"
    script.write_text(FAILS)
    made = Services(Options(grid_factor=8, first_run=False), Jobs([sys.executable, str(script)]))
    made.warm()
    yield made
    made.close()


def jobs_of(services: Services) -> int:
    """Return how many jobs were ever begun in the background."""
    return len(services.queues.chores._jobs)


def refreshed(session: Session, services: Services, times: int = 3) -> int:
    """Look at a page until all it began has ended, again and again, and return how many jobs there were."""
    for look in (*[session._poll] * times, session.refresh):
        wait(lambda: not services.queues.chores.waiting())
        look()
    wait(lambda: not services.queues.chores.waiting())
    return jobs_of(services)


def test_a_reference_that_fails_is_tried_once_however_often_the_page_looks(services: Services) -> None:
    session = Session(services)
    assert refreshed(session, services) == 1
    assert session.scene is not None and "could not be written" in session.scene.panels[0].empty
    assert "the disk is full; delete a store" in session.run.status.object and session.run.again.visible
    assert refreshed(Session(services), services) == 1, "nor does another visitor begin it anew"


def test_what_failed_is_tried_again_when_asked(services: Services) -> None:
    session = Session(services)
    assert refreshed(session, services) == 1
    session.run.again.clicks += 1
    assert refreshed(session, services) == 2


def test_what_failed_is_tried_again_when_there_is_more_room(services: Services, small_grid: Grid) -> None:
    session = Session(services)
    assert refreshed(session, services) == 1
    services.stores.delete(write_analysis(small_grid, days=1))
    session._poll()
    wait(lambda: not services.queues.chores.waiting())
    assert jobs_of(services) == 2
    assert refreshed(session, services) == 2


def test_a_climatology_that_fails_is_tried_once_and_told(services: Services, small_grid: Grid) -> None:
    write_forecast(small_grid, days=2)
    services.stores.refresh()
    selection = Selection(start="2019-02-23", quantity="anomaly")
    for _ in range(3):
        scene = build_scene(selection, services)
        wait(lambda: not services.queues.chores.waiting())
    assert jobs_of(services) == 1
    assert "could not be prepared" in scene.panels[0].empty and len(scene.lacks) == 1
