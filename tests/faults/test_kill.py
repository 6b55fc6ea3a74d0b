"""SIGKILL while a file is put on the disk: nothing unfinished looks finished, and what goes on ends in identical bytes.

Kills at random times of a forecast are in tests/engine/forecasting/test_forecast.py; here the moments are
those at which files appear.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import engine.forecasting.forecast
import engine.training.loop
from engine.forecasting.forecast import run_forecast
from engine.forecasting.request import ForecastRequest
from engine.runtime.errors import InputError, ModelError
from engine.runtime.paths import stores_folder
from engine.sources.ingest import ingest
from engine.stores import list_stores, open_store
from engine.training.trainer import Trainer
from engine.weights.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from tests.engine.children import CHILDREN
from tests.engine.models.tiny import EVOLUTION, tiny_grid, tiny_network, tiny_normalisation, tiny_static_fields
from tests.engine.tiny_training import PLAN, tiny_sequences, tiny_trainer
from tests.engine.toy import INIT_TIME, ToySource, toy_load_model
from tests.faults.hostile import good

DAYS = 3
_ON_DISK = ("fsync", "replace", "rename")


def forecast(home: Path) -> None:
    """Run or continue a forecast of the toy ocean."""
    engine.forecasting.forecast.load_model = toy_load_model
    torch.set_num_threads(1)
    run_forecast(ForecastRequest(ToySource(), INIT_TIME, "small", DAYS, folder=home / "stores" / "toy", resume=True))


def taking_in(home: Path) -> None:
    """Ingest a box of three days."""
    ingest("hycom", [home / "box.nc"], "box")


def training(home: Path) -> None:
    """Train, or continue to train, a tiny network, saving after every update."""
    torch.set_num_threads(1)
    engine.training.loop.SAVE_EVERY_SECONDS = -1.0
    sequences = tiny_sequences(home / "sequences")
    grid = tiny_grid()
    try:
        trainer = Trainer.resume(grid, sequences, home / "training", PLAN, tiny_static_fields(grid))
    except InputError:
        trainer = tiny_trainer(sequences, home / "training")
    trainer.run()
    torch.save(trainer.network.state_dict(), home / "weights.pt")


def die_at(moment: int, work: Callable[[Path], None], home: Path) -> None:
    """Do `work` and die at the `moment`th time that a file is flushed or put in place: before that happens where it is odd."""
    os.environ["GOMS_HOME"] = str(home)
    reached = 0

    def dying(original: Callable[..., None]) -> Callable[..., None]:
        def call(*arguments: object) -> None:
            nonlocal reached
            reached += 1
            if reached == moment and moment % 2:
                os.kill(os.getpid(), signal.SIGKILL)
            original(*arguments)
            if reached == moment:
                os.kill(os.getpid(), signal.SIGKILL)

        return call

    for name in _ON_DISK:
        setattr(os, name, dying(getattr(os, name)))
    work(home)


def run(work: Callable[[Path], None], home: Path, moment: int = 0) -> int:
    """Do `work` in a process of its own and return how it ended."""
    process = CHILDREN.Process(target=die_at, args=(moment, work, home))
    process.start()
    process.join()
    return process.exitcode or 0


def content(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file in a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Callable[[Path], None]], Path]:
    """Return a function that gives the home of work that was not disturbed."""
    homes: dict[Callable[[Path], None], Path] = {}

    def home_of(work: Callable[[Path], None]) -> Path:
        if work not in homes:
            homes[work] = tmp_path_factory.mktemp("unbroken")
            good(homes[work] / "box.nc", count=3)
            assert run(work, homes[work]) == 0
        return homes[work]

    return home_of


@pytest.mark.parametrize("moment", [1, 2, 12, 21])
def test_a_forecast_killed_while_it_writes_goes_on_to_the_same_bytes(
    unbroken: Callable[[Callable[[Path], None]], Path], private_home: Path, moment: int
) -> None:
    whole = unbroken(forecast) / "stores" / "toy"
    assert run(forecast, private_home, moment) == -signal.SIGKILL
    folder = private_home / "stores" / "toy"
    if folder.exists():
        store = open_store(folder)
        assert not store.complete and store.leads == list(range(len(store.leads)))
    assert run(forecast, private_home) == 0
    assert content(folder) == content(whole)


@pytest.mark.parametrize("moment", [1, 9, 16])
def test_an_ingest_killed_while_it_writes_shows_nothing_and_does_the_same_again(
    unbroken: Callable[[Callable[[Path], None]], Path], private_home: Path, moment: int
) -> None:
    whole = unbroken(taking_in) / "stores" / "box"
    good(private_home / "box.nc", count=3)
    assert run(taking_in, private_home, moment) == -signal.SIGKILL
    assert list_stores() == [] and not (stores_folder() / "box").exists()
    assert run(taking_in, private_home) == 0
    assert content(stores_folder() / "box") == content(whole)
    assert not list(stores_folder().glob("*.unfinished")) and not list(stores_folder().glob(".*.unfinished"))


@pytest.mark.parametrize("moment", [1, 4, 7])
def test_a_training_killed_while_it_saves_goes_on_to_the_same_weights(
    unbroken: Callable[[Callable[[Path], None]], Path], private_home: Path, moment: int
) -> None:
    whole = torch.load(unbroken(training) / "weights.pt")
    assert run(training, private_home, moment) == -signal.SIGKILL
    assert not (private_home / "weights.pt").exists()
    assert run(training, private_home) == 0
    again = torch.load(private_home / "weights.pt")
    assert again.keys() == whole.keys() and all(torch.equal(again[name], whole[name]) for name in whole)


@pytest.mark.parametrize("place", range(10))
def test_weights_damaged_in_any_of_ten_places_are_refused(tmp_path: Path, place: int) -> None:
    grid, path = tiny_grid(), tmp_path / "tiny.safetensors"
    checkpoint = Checkpoint(tiny_network(EVOLUTION, grid), tiny_normalisation(), np.full(61, 0.02, np.float32), {})
    save_checkpoint(path, checkpoint, grid, {})
    damaged = bytearray(path.read_bytes())
    damaged[place * (len(damaged) - 1) // 9] ^= 0x10
    path.write_bytes(damaged)
    with pytest.raises(ModelError, match="sha256"):
        load_checkpoint(path, grid)
