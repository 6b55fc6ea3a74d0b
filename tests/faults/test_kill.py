"""SIGKILL while a file is put on the disk: nothing unfinished looks finished, and what goes on ends in identical bytes.

Kills at random times of a forecast are in tests/engine/forecasting/test_forecast.py; here the moments are
those at which files appear.
"""

import contextlib
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
from engine.ingest import ingest
from engine.runtime.errors import InputError, ModelError
from engine.runtime.paths import stores_folder
from engine.stores import Store, list_stores, open_store
from engine.stores.layout import shard_path
from engine.weights.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from tests.engine.children import CHILDREN
from tests.engine.models.tiny import EVOLUTION, tiny_grid, tiny_network, tiny_normalisation
from tests.engine.readers import layouts
from tests.engine.tiny_training import resumed, tiny_sequences, tiny_trainer
from tests.engine.toy import INIT_TIME, ToySource, toy_load_model

DAYS = 3
_ON_DISK = ("fsync", "replace", "rename")


def forecast(home: Path) -> None:
    """Run or continue a forecast of the toy ocean."""
    engine.forecasting.forecast.load_model = toy_load_model
    torch.set_num_threads(1)
    run_forecast(ForecastRequest(ToySource(), INIT_TIME, "small", DAYS, folder=home / "stores" / "toy", resume=True))


def taking_in(home: Path) -> None:
    """Ingest a box of three days, then, with a longer axis, two of the three after them, with more water."""
    first, second = [home / f"box{number}.nc" for number in range(3)], [home / f"box{number}.nc" for number in (4, 5)]
    for files in (first, second):
        with contextlib.suppress(InputError):  # these days are there already
            ingest("hycom", files, "box")


def prepare_days(home: Path) -> None:
    """Write the files of `taking_in`."""
    fields = layouts.hycom_fields(6)
    for values in fields.values():
        values[:4, ..., :2] = np.nan
    for number in (0, 1, 2, 4, 5):
        day = {name: values[number : number + 1] for name, values in fields.items()}
        layouts.write_hycom(home / f"box{number}.nc", day, layouts.LAT, layouts.LON, layouts.days(6)[number : number + 1])


def shards_of(store: Store, lead: int) -> list[str]:
    """Return the paths of the files of a lead."""
    return [shard_path(name, lead, 4 if store.depths(name) else 3) for name in store.variables]


def training(home: Path) -> None:
    """Train, or continue to train, a tiny network, saving after every update."""
    torch.set_num_threads(1)
    engine.training.loop.SAVE_EVERY_SECONDS = -1.0
    sequences = tiny_sequences(home / "sequences")
    try:
        trainer = resumed(sequences, home / "training")
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
            prepare_days(homes[work])
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


@pytest.mark.parametrize("moment", [1, 13, 39, 57, 67, 72, 88])  # of the 89 flushes and renamings of this ingest
def test_an_ingest_killed_at_any_moment_keeps_its_finished_days_and_goes_on_to_the_same_bytes(
    unbroken: Callable[[Callable[[Path], None]], Path], private_home: Path, moment: int
) -> None:
    whole = unbroken(taking_in) / "stores" / "box"
    prepare_days(private_home)
    kept: dict[str, bytes] = {}
    ended = run(taking_in, private_home, moment)
    assert ended in (0, -signal.SIGKILL)
    if (stores_folder() / "box").exists():
        store = open_store(stores_folder() / "box")
        kept = {path: content(store.folder)[path] for lead in store.leads for path in shards_of(store, lead)}
        assert ended == 0 or store.leads == [0, 1, 2, 4, 5][: len(store.leads)]
    assert run(taking_in, private_home) == 0
    found = content(stores_folder() / "box")
    assert found == content(whole)
    assert kept.items() <= found.items()
    assert [summary.state for summary in list_stores()] == ["complete"]


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
