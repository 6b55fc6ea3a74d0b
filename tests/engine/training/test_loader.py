"""What updates read, and when."""

import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from engine.models.evolution.operator import STATE
from engine.runtime.errors import InputError, ModelError
from engine.training.days.runs import hold_back
from engine.training.days.sequences import write_sequences
from engine.training.loader import AHEAD, Draw, Excerpt, Globe, Loader, Reader, items
from engine.training.plans import Phase, Plan
from tests.engine.models.tiny import EVOLUTION, TinySource, tiny_grid, tiny_normalisation
from tests.engine.tiny_training import PLAN, Runs, tiny_sequences
from tests.waiting import PATIENCE


def _reader(sequences: Runs, plan: Plan = PLAN, halo: int = EVOLUTION.halo) -> Reader:
    return Reader(Draw(sequences, tiny_grid(), EVOLUTION.patch, halo, plan, seed=5), tiny_grid(), tiny_normalisation())


@pytest.fixture(scope="module")
def sequences(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return tiny_sequences(tmp_path_factory.mktemp("sequences"), count=3)


def test_a_sample_is_the_same_whoever_draws_it_and_unlike_its_neighbours(sequences: Runs) -> None:
    first, second = _reader(sequences).draw, _reader(sequences).draw
    second.sample(3, 0)
    assert first.sample(2, 1) == second.sample(2, 1)
    assert len({first.sample(step, number).rounds for step in range(4) for number in range(4)}) == 16


def test_pieces_come_in_the_order_of_an_update(sequences: Runs) -> None:
    kinds = [type(piece) for piece in items(_reader(sequences), [0], range(2), keeps_pass=False)]
    assert kinds == [Globe, Globe, list, list, list, list, Globe, Globe]
    assert [type(piece) for piece in items(_reader(sequences), [0], range(1), keeps_pass=True)] == [Globe, list, list]
    (whole,) = next(items(_reader(sequences, halo=0), [0], range(1), keeps_pass=True))
    assert isinstance(whole, Excerpt)
    assert whole.state.shape == (STATE, *tiny_grid().shape)
    assert whole.hidden_seed is not None


def test_an_excerpt_holds_the_days_of_its_window_and_their_rims(sequences: Runs) -> None:
    reader, halo = _reader(sequences), EVOLUTION.halo
    phase, _ = PLAN.at(6)
    sample = reader.draw.sample(6, 0)
    (excerpt,) = reader.excerpts(sample, phase, 1)
    assert excerpt.state.shape == (STATE, 16 + 4 * halo, 24 + 4 * halo)
    assert [air.shape[1] - 16 for air in excerpt.airs] == [4 * halo, 4 * halo, 2 * halo]
    assert [target.shape for target in excerpt.targets] == [(STATE, 16 + 2 * halo, 24 + 2 * halo), (STATE, 16, 24)]
    day = sequences[sample.run].whole(sample.day + 2, slice(STATE))
    assert torch.equal(excerpt.targets[1], excerpt.window.cut(day, 0))
    inside = excerpt.state[:, 2 * halo : -2 * halo, 2 * halo : -2 * halo]
    assert torch.equal(inside, excerpt.window.cut(sequences[sample.run].whole(sample.day, slice(STATE)), 0))


def test_noise_is_a_few_cells_wide_no_larger_than_asked_and_the_same_again(sequences: Runs) -> None:
    plan = Plan((Phase(8, 1, 1e-3, noise=0.02),), rounds=1, windows=2, rows=16, columns=24)
    phase, _ = plan.at(0)

    def noise() -> list[torch.Tensor]:
        reader = _reader(sequences, plan)
        found = [excerpt.noise for step in range(8) for excerpt in reader.excerpts(reader.draw.sample(step, 0), phase, 0)]
        return [field for field in found if field is not None]

    first = noise()
    sizes = [float(field.std()) for field in first]
    assert len(sizes) == 16 and 0.01 < max(sizes) <= 0.02
    neighbours = [torch.corrcoef(torch.stack([field[:, :, 1:].flatten(), field[:, :, :-1].flatten()]))[0, 1] for field in first]
    assert all(0.5 < float(correlation) < 0.95 for correlation in neighbours)
    assert all(torch.equal(one, other) for one, other in zip(first, noise(), strict=True))
    plain = _reader(sequences)
    assert plain.excerpts(plain.draw.sample(6, 0), PLAN.at(6)[0], 1)[0].noise is None


def test_sequences_of_unlike_lengths_are_used_as_far_as_they_reach(tmp_path: Path) -> None:
    grid = tiny_grid()
    source = TinySource(grid)
    mixed = write_sequences(source, source.init_times()[:2], 2, tmp_path, grid)
    mixed += write_sequences(source, source.init_times()[5:6], 5, tmp_path, grid)
    assert [len(run) for run in mixed] == [2, 2, 5]
    plan = Plan((Phase(40, 1, 1e-3), Phase(40, 3, 1e-3)), rows=16, columns=24)
    draw = _reader(mixed, plan).draw
    short, long = ([draw.sample(step, 0) for step in steps] for steps in (range(40), range(40, 80)))
    assert {sample.run for sample in short} == {0, 1, 2}
    assert {sample.day for sample in short} == {0, 1, 2, 3}
    assert {(sample.run, sample.day) for sample in long} == {(2, 0), (2, 1)}
    with pytest.raises(InputError, match="has 5 days; the plan needs 6"):
        _reader(mixed, Plan((Phase(1, 5, 1e-3),)))


def test_a_sequence_that_became_too_short_is_written_again(tmp_path: Path) -> None:
    grid = tiny_grid()
    source = TinySource(grid)
    (run,) = write_sequences(source, source.init_times()[:1], 3, tmp_path, grid)
    (path,), whole = tmp_path.glob("*.npy"), run.whole(2)
    np.save(path, np.load(path)[:2])
    (again,) = write_sequences(source, source.init_times()[:1], 3, tmp_path, grid)
    assert torch.equal(again.whole(2), whole)


def test_days_that_the_disk_cannot_hold_are_refused_before_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grid = tiny_grid()
    source = TinySource(grid)
    write_sequences(source, source.init_times()[:1], 2, tmp_path, grid)
    monkeypatch.setattr("engine.training.days.sequences.disk_usage", lambda _: SimpleNamespace(free=1000))
    write_sequences(source, source.init_times()[:1], 2, tmp_path, grid)
    with pytest.raises(ModelError, match=r"need 0.0 GB .* free space"):
        write_sequences(source, source.init_times()[:3], 2, tmp_path, grid)
    assert len(list(tmp_path.glob("*.npy"))) == 1


def test_each_process_packs_its_share_and_names_all(tmp_path: Path) -> None:
    grid = tiny_grid()
    source, written = TinySource(grid), []
    for rank in range(2):
        runs = write_sequences(source, source.init_times()[:5], 2, tmp_path, grid, share=slice(rank, None, 2))
        written.append(len(list(tmp_path.glob("*.npy"))))
    assert written == [3, 5] and len(runs) == 5
    assert all(run.whole(1).shape == (66, *grid.shape) for run in runs)


def test_a_phase_may_have_windows_of_its_own(sequences: Runs) -> None:
    plan = Plan((Phase(1, 1, 1e-3), Phase(1, 2, 1e-3, rounds=3, rows=8, columns=12)), rounds=1, windows=2, rows=16, columns=24)
    draw = _reader(sequences, plan).draw
    first, second = draw.sample(0, 0).rounds, draw.sample(1, 0).rounds
    assert [len(part) for part in first] == [2]
    assert [len(part) for part in second] == [2, 2, 2]
    assert {(view.window.rows, view.window.columns) for part in second for view in part} == {(8, 12)}


def test_reading_runs_ahead_of_the_taker_and_no_further(sequences: Runs) -> None:
    read: list[int] = []
    taken = threading.Event()

    def source():  # type: ignore[no-untyped-def]
        for number, piece in enumerate(items(_reader(sequences), range(4), range(1), keeps_pass=True)):
            read.append(number)
            if len(read) > AHEAD:
                taken.set()
            yield piece

    with Loader(source(), torch.device("cpu")) as loader:
        # What fills the queue, and one more in the thread's hands.
        assert taken.wait(PATIENCE)
        assert read == list(range(AHEAD + 1))
        assert loader.take_globe().state.dtype == torch.int16


def test_an_error_in_the_background_reaches_the_taker() -> None:
    def broken():  # type: ignore[no-untyped-def]
        raise OSError("disk is gone")
        yield

    with Loader(broken(), torch.device("cpu")) as loader, pytest.raises(OSError, match="disk is gone"):
        loader.take_globe()


def test_the_last_sequence_of_a_source_that_has_many_is_held_back(tmp_path: Path) -> None:
    few = tiny_sequences(tmp_path / "few", count=3)
    assert hold_back(few, gap=2) == (few, ())
    many = tiny_sequences(tmp_path / "many", count=9, length=2, every=2)
    assert hold_back(many, gap=2) == (many[:-1], many[-1:])
    assert many[0].first == np.datetime64("2019-02-23")
