"""The forecast workflow: the same days whether it runs through, is cancelled, or is killed."""

import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
import torch
import zarr

import engine.cli.request
import engine.forecasting.forecast
from engine.cli.main import app
from engine.forecasting.forecast import Cancelled, forecast_identifier, run_forecast
from engine.forecasting.reference import write_reference
from engine.forecasting.request import ForecastRequest
from engine.runtime.background import write_behind
from engine.runtime.errors import InputError, ModelError
from engine.runtime.paths import stores_folder
from engine.schema.batch import Batch
from engine.schema.grid import Grid, coarsened
from engine.schema.variables import PROGNOSTIC
from engine.stores import ForecastStore, Store, open_store
from engine.stores.layout import read_attributes
from tests.engine.children import CHILDREN
from tests.engine.toy import INIT_TIME, ToyModel, ToySource, toy_load_model

DAYS = 5
KILLS = 20
STORE = forecast_identifier(ToySource(), INIT_TIME, "small", DAYS)


@pytest.fixture(autouse=True)
def toy_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.forecasting.forecast, "load_model", toy_load_model)


def _forecast(resume: bool = False, days: int = DAYS) -> Path:
    return run_forecast(ForecastRequest(ToySource(), INIT_TIME, "small", days, resume=resume))


def _numbers(folder: Path) -> dict[str, np.ndarray]:
    """Return the packed fields of a store, unfinished leads and all."""
    group = zarr.open_group(folder, mode="r")
    return {name: np.asarray(group[name][:]) for name in PROGNOSTIC}


def _same(folder: Path, other: dict[str, np.ndarray], leads: list[int]) -> bool:
    return all(np.array_equal(numbers[leads], other[name][leads]) for name, numbers in _numbers(folder).items())


def _command(home: Path, resume: bool) -> None:
    """Run `goms forecast` with the toy ocean and model."""
    engine.forecasting.forecast.load_model = toy_load_model
    engine.cli.request.source_of = lambda *_: ToySource()
    asked = ["forecast", "--init", str(INIT_TIME), "--days", str(DAYS), "--home", str(home), "--json"]
    app([*asked, "--resume"] if resume else asked, standalone_mode=False)


def _child(home: Path, started: Connection) -> None:
    """Run the command to its end, or until killed; say when it begins."""
    torch.set_num_threads(1)
    coarsened(8)
    started.send("begins")
    _command(home, resume=False)


def _run(home: Path, kill_after: tuple[int, float] | None = None) -> float:
    """Start a real process that writes a forecast; return the seconds it ran.

    With `kill_after` = (leads, seconds) SIGKILL hits it so long after that many leads were finished, whatever it does then.
    """
    ours, theirs = CHILDREN.Pipe()
    process = CHILDREN.Process(target=_child, args=(home, theirs))
    process.start()
    ours.recv()
    began = time.perf_counter()
    if kill_after is not None:
        leads, seconds = kill_after
        while process.is_alive() and len(_finished(home)) < leads:
            time.sleep(0.002)
        time.sleep(seconds)
        process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return time.perf_counter() - began


def _finished(home: Path) -> list[int]:
    folder = home / "stores" / STORE
    return read_attributes(folder)["finished_leads"] if folder.exists() else []


def test_a_killed_run_keeps_its_finished_days_and_resumes_to_the_same_arrays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.cli.request, "source_of", None)
    step_seconds = min(_run(tmp_path / f"unbroken-{number}") for number in range(2)) / (DAYS + 2)
    unbroken = tmp_path / "unbroken-0" / "stores" / STORE
    assert open_store(unbroken).complete
    expected = _numbers(unbroken)
    random = np.random.default_rng(20190623)
    found: list[int] = []
    for number in range(KILLS):
        home = tmp_path / f"kill-{number}"
        _run(home, kill_after=(number % (DAYS + 1), random.uniform(0, 1.2 * step_seconds)))
        folder = home / "stores" / STORE
        if folder.exists():
            store = open_store(folder)
            assert store.leads == list(range(len(store.leads)))
            assert not store.complete or len(store.leads) == DAYS + 1
            assert _same(folder, expected, store.leads)
            found.append(len(store.leads))
        _command(home, resume=True)
        resumed = open_store(folder)
        assert resumed.complete and resumed.leads == list(range(DAYS + 1))
        assert _same(folder, expected, resumed.leads)
        assert {path.name for path in folder.parent.iterdir()} <= {STORE, f".{STORE}.lock"}
        assert not list(folder.rglob("*.partial"))
    assert len(found) > KILLS // 2 and len(set(found)) >= 4, f"the kills did not meet the run at different leads: {found}"


def test_a_resumed_run_starts_from_the_restart_state_not_from_packed_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _forecast(days=10)
    expected = _numbers(whole)
    calls: list[int] = []
    with pytest.raises(Cancelled, match="cancelled after day 7"):
        run_forecast(
            ForecastRequest(ToySource(), INIT_TIME, "small", 10, folder=whole.parent / "b"),
            cancelled=lambda: calls.append(0) or len(calls) > 6,
        )
    partial = open_store(whole.parent / "b")
    assert partial.leads == list(range(8)) and not partial.complete
    steps = []
    original = ToyModel.step
    monkeypatch.setattr(ToyModel, "step", lambda self, *rest: steps.append(rest[-1]) or original(self, *rest))
    run_forecast(ForecastRequest(ToySource(), INIT_TIME, "small", 10, folder=whole.parent / "b", resume=True))
    assert steps == [INIT_TIME + 7, INIT_TIME + 8, INIT_TIME + 9]
    assert _same(whole.parent / "b", expected, list(range(11)))


def test_identical_requests_share_one_store_and_different_ones_do_not() -> None:
    first = _forecast()
    changed = (first / "zarr.json").stat().st_mtime_ns
    said: list[str] = []
    assert (
        run_forecast(ForecastRequest(ToySource(), INIT_TIME, "small", DAYS), progress=lambda _, what: said.append(what)) == first
    )
    assert said[-1] == "already there" and (first / "zarr.json").stat().st_mtime_ns == changed
    other = ToySource()
    other.provenance = {"seed": 1}
    names = {
        forecast_identifier(ToySource(), INIT_TIME, "small", DAYS),
        forecast_identifier(ToySource(), INIT_TIME, "small", DAYS + 1),
        forecast_identifier(ToySource(), INIT_TIME + 1, "small", DAYS),
        forecast_identifier(ToySource(), INIT_TIME, "persistence", DAYS),
        forecast_identifier(other, INIT_TIME, "small", DAYS),
    }
    assert len(names) == 5 and first.name in names


def test_other_weights_start_the_forecast_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _forecast()

    def retrained(name: str, grid: Grid, device: str = "auto", *_: object) -> ToyModel:
        model = ToyModel(grid)
        model.provenance = {"model": "toy", "weights_sha256": "1" * 64}
        return model

    monkeypatch.setattr(engine.forecasting.forecast, "load_model", retrained)
    assert open_store(_forecast(resume=True)).attrs["weights_sha256"] == "1" * 64
    assert _forecast() == folder


def test_a_resumed_forecast_keeps_its_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    with pytest.raises(Cancelled):
        _forecast_in("bfloat16", cancelled=lambda: calls.append(0) or len(calls) > 2)
    steps: list[np.datetime64] = []
    original = ToyModel.step
    monkeypatch.setattr(ToyModel, "step", lambda self, *rest: steps.append(rest[-1]) or original(self, *rest))
    folder = _forecast_in("auto", resume=True)
    assert open_store(folder).attrs["precision"] == "bfloat16" and steps[0] > INIT_TIME
    steps.clear()
    assert _forecast_in("auto") == folder and not steps
    assert open_store(_forecast_in("float32", resume=True)).attrs["precision"] == "float32" and steps[0] == INIT_TIME


def test_a_store_without_a_precision_counts_as_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _forecast_in("bfloat16")
    attrs = read_attributes(folder)
    monkeypatch.setattr(engine.forecasting.forecast, "Store", lambda _: _Older(open_store(folder)))
    assert attrs["precision"] == "bfloat16"
    assert _forecast_in("auto") == folder


class _Older:
    """A store as older versions of the program wrote it."""

    def __init__(self, store: Store) -> None:
        self.complete = store.complete
        self.damaged_leads = store.damaged_leads
        self.attrs = {name: value for name, value in store.attrs.items() if name != "precision"}


def _forecast_in(precision: str, resume: bool = False, cancelled: Callable[[], bool] = lambda: False) -> Path:
    return run_forecast(
        ForecastRequest(ToySource(), INIT_TIME, "small", DAYS, resume=resume, precision=precision), cancelled=cancelled
    )


def test_the_initial_state_is_readable_before_the_first_step_and_progress_rises_to_one() -> None:
    leads: list[int] = []
    fractions: list[float] = []
    folder = stores_folder() / forecast_identifier(ToySource(), INIT_TIME, "small", 3)

    def progress(fraction: float, what: str) -> None:
        fractions.append(fraction)
        if folder.exists():
            leads.append(len(open_store(folder).leads))

    run_forecast(ForecastRequest(ToySource(), INIT_TIME, "small", 3), progress=progress)
    assert leads == [1, 2, 3, 4]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_attributes_hold_the_provenance_of_a_forecast() -> None:
    attrs = open_store(_forecast()).attrs
    assert attrs["model"] == "small" and attrs["weights_sha256"] == "0" * 64
    assert attrs["source"] == "toy" and attrs["source_provenance"] == {"seed": 0}
    assert attrs["forcing_kind"] == "synthetic" and attrs["sample"] is True
    assert attrs["init"] == "2019-06-23" and attrs["init_label"] == "sample day 120 (like 23 Jun)"
    assert attrs["precision"] == "float32" and attrs["software_version"] and attrs["Conventions"].startswith("CF-")


def test_a_diverging_forecast_is_an_error_and_keeps_its_earlier_days(monkeypatch: pytest.MonkeyPatch) -> None:
    original = ToyModel.step

    def unstable(self: ToyModel, state: torch.Tensor, *rest: object) -> tuple[torch.Tensor, None]:
        state, features = original(self, state, *rest)
        return (state / 0 if rest[-1] == INIT_TIME + 2 else state), features

    monkeypatch.setattr(ToyModel, "step", unstable)
    with pytest.raises(ModelError, match="day 3 of the forecast lost"):
        _forecast()
    store = open_store(stores_folder() / forecast_identifier(ToySource(), INIT_TIME, "small", DAYS))
    assert store.leads == [0, 1, 2] and not store.complete


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")])
def test_out_of_memory_is_explained(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(ToyModel, "step", fail)
    with pytest.raises(ModelError, match=r"out of memory.*--device cpu"):
        _forecast()


def test_bad_requests_write_nothing() -> None:
    with pytest.raises(InputError, match="expected 1 to 365"):
        _forecast(days=0)
    with pytest.raises(InputError, match="precision is 'half'; expected one of auto, bfloat16, float32"):
        _forecast_in("half")
    with pytest.raises(InputError, match="expected one of small"):
        run_forecast(ForecastRequest(ToySource(), INIT_TIME, "huge", 5))
    assert not stores_folder().exists()


def test_the_reference_is_written_once_and_continues_after_a_cancel() -> None:
    source, said = ToySource(), []
    with pytest.raises(Cancelled):
        write_reference(source, INIT_TIME, 4, cancelled=lambda: len(said) >= 2, progress=lambda _, what: said.append(what))
    assert said == ["reference day 1 of 4", "reference day 2 of 4"]
    folder = write_reference(source, INIT_TIME, 4)
    store = open_store(folder)
    assert store.kind == "reference" and store.complete and store.leads == [0, 1, 2, 3, 4] and store.attrs["sample"]
    expected = source.reference(INIT_TIME + 3)
    assert expected is not None
    np.testing.assert_allclose(store.read("zos", 3), expected["zos"], atol=5.1e-4)
    changed = folder.stat().st_mtime_ns
    assert write_reference(source, INIT_TIME, 4) == folder and folder.stat().st_mtime_ns == changed


def test_a_reference_that_another_process_writes_is_not_touched() -> None:
    source = ToySource()
    folder = write_reference(source, INIT_TIME, 2)
    with ForecastStore.create(folder, source.grid, INIT_TIME, 2, {}, kind="reference"):
        assert write_reference(source, INIT_TIME, 2) == folder
        assert open_store(folder).leads == []


def test_a_source_without_a_reference_is_refused() -> None:
    class Unmeasured(ToySource):
        def reference(self, time: np.datetime64) -> Batch | None:
            return None

    with pytest.raises(InputError, match="Toy ocean has no reference"):
        write_reference(Unmeasured(), INIT_TIME, 2)
    assert not list(stores_folder().glob("reference*"))


def test_a_run_that_writes_while_it_computes_gives_the_same_days(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    expected = _numbers(_forecast(days=12))
    monkeypatch.setattr(engine.forecasting.forecast, "synchronous", write_behind)
    folder = tmp_path / "stores" / "behind"
    calls: list[int] = []
    with pytest.raises(Cancelled, match="after day 8"):
        run_forecast(
            ForecastRequest(ToySource(), INIT_TIME, "small", 12, folder=folder),
            cancelled=lambda: calls.append(0) or len(calls) > 7,
        )
    assert open_store(folder).leads == list(range(9))
    run_forecast(ForecastRequest(ToySource(), INIT_TIME, "small", 12, folder=folder, resume=True))
    assert open_store(folder).complete and _same(folder, expected, list(range(13)))
