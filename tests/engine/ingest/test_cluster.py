"""Days on the workers of a real Dask scheduler, one of which dies half-way."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli.main import app
from engine.ingest import ingest_days
from engine.runtime.errors import InputError, ModelError
from engine.runtime.paths import stores_folder
from engine.stores import open_store
from tests.engine.ingest.one_a_day import FIRST, Provider, assert_equal, days, write

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def scheduler() -> str:
    """Return the address of a scheduler with two worker processes."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1", protocol="tcp"
    ) as cluster:
        yield cluster.scheduler_address


def test_a_worker_that_dies_half_way_changes_no_number_and_missing_days_keep_their_reason(scheduler: str, tmp_path: Path) -> None:
    absent = {FIRST + 4: "404"}
    alone = open_store(ingest_days("glorys", days(8), Provider(absent), "alone"))
    deadly = Provider(absent, kills=tmp_path / "killed")
    together = open_store(ingest_days("glorys", days(8), deadly, "together", scheduler=scheduler))
    assert deadly.kills is not None and deadly.kills.exists(), "no worker died"
    assert_equal(together, alone)
    for name in ("missing_days", "source", "sampling", "tides", "finished_leads"):
        assert together.attrs[name] == alone.attrs[name]


def test_a_day_that_a_worker_refuses_ends_the_ingest_and_finished_days_stay(scheduler: str) -> None:
    with pytest.raises(InputError, match="is of 2014-03-05; expected 2014-03-12"):
        ingest_days("glorys", days(8), Provider(stale=frozenset([FIRST + 7])), "box", scheduler=scheduler)
    store = open_store(stores_folder() / "box")
    assert store.leads and 7 not in store.leads and not store.complete


def test_a_scheduler_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.ingest.workers.PATIENCE", "1s")
    with pytest.raises(ModelError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        ingest_days("glorys", days(1), Provider(), "box", scheduler="tcp://127.0.0.1:9")


def test_the_command_hands_its_days_to_the_workers(scheduler: str, tmp_path: Path) -> None:
    files = [str(write(tmp_path / f"{number}.nc", day)) for number, day in enumerate(days(2))]
    done = CliRunner().invoke(app, ["ingest", "glorys", *files, "--name", "box", "--scheduler", scheduler])
    assert done.exit_code == 0, done.output
    assert open_store(stores_folder() / "box").leads == [0, 1]
