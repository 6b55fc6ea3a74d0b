"""Statistics of all training days, streamed and shared."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.distributed import TCPStore

from engine.schema.channels import channel_mask
from engine.sources.analysis import AnalysisSource
from engine.training.days.packing import CHANNELS, OFFSET, SCALE
from engine.training.days.runs import Run
from engine.training.days.stored import StoredDays
from engine.training.distributed import ProcessGroup
from engine.training.statistics import Moments, Statistics, statistics
from tests.engine.children import CHILDREN
from tests.engine.models.tiny import tiny_grid
from tests.engine.tiny_stores import write_analysis
from tests.engine.tiny_training import joining
from tests.waiting import PATIENCE


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Run, ...]:
    """Return the runs of an analysis of 11 days with a gap: of three days and of seven."""
    return StoredDays(write_analysis(tmp_path / "days", 11, gap=3)).runs()


def test_statistics_are_those_of_all_days_at_once(runs: tuple[Run, ...]) -> None:
    grid = tiny_grid()
    packed = [np.stack([run.whole(number).numpy() for number in range(len(run))]) for run in runs]
    scale, offset = (values.astype(np.float64)[:, None, None] for values in (SCALE, OFFSET))
    days = [numbers * scale + offset for numbers in packed]
    weight = channel_mask(grid, CHANNELS) * grid.cell_area
    weight = weight / weight.sum(axis=(1, 2), keepdims=True)
    everything = np.concatenate(days)
    mean = (everything * weight).sum(axis=(2, 3)).mean(axis=0)
    std = np.sqrt((((everything - mean[:, None, None]) ** 2) * weight).sum(axis=(2, 3)).mean(axis=0))
    changes = np.concatenate([np.diff(part, axis=0) for part in days])
    change = np.sqrt((changes**2 * weight).sum(axis=(2, 3)).mean(axis=0))[:61]
    found = statistics(runs, grid)
    assert len(everything) == 10 and len(changes) == 8
    np.testing.assert_allclose(found.normalisation.mean, mean, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.normalisation.std, std, rtol=1e-6)
    np.testing.assert_allclose(found.tendency, change, rtol=1e-6)


def _share(rank: int, port: int, folder: Path, out: Path) -> None:
    joining(rank, 2, port)
    runs = StoredDays(AnalysisSource(folder)).runs()
    with ProcessGroup.join("cpu") as group:
        found = statistics(runs, tiny_grid(), group)
        torch.save((found.normalisation.mean, found.normalisation.std, found.tendency), out / f"{rank}.pt")


def test_two_processes_share_the_days_and_find_the_same(runs: tuple[Run, ...], tmp_path: Path) -> None:
    meeting = TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    children = [CHILDREN.Process(target=_share, args=(rank, meeting.port, tmp_path / "days", tmp_path)) for rank in range(2)]
    for child in children:
        child.start()
    alone = statistics(runs, tiny_grid())
    for child in children:
        child.join(PATIENCE)
        assert child.exitcode == 0
    for rank in range(2):
        shared = torch.load(tmp_path / f"{rank}.pt", weights_only=False)
        for ours, theirs in zip(_values(alone), shared, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def _values(known: Statistics) -> tuple[np.ndarray, ...]:
    return known.normalisation.mean, known.normalisation.std, known.tendency


def test_each_day_is_read_once_by_one_process(runs: tuple[Run, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[int, np.datetime64]] = []
    whole = Run.whole
    rank = 0

    def recorded(run: Run, number: int, channels: slice = slice(None)) -> torch.Tensor:
        read.append((rank, run.days[number]))
        return whole(run, number, channels)

    monkeypatch.setattr(Run, "whole", recorded)
    monkeypatch.setattr(ProcessGroup, "total", lambda group, values: values)
    for rank in range(2):
        statistics(runs, tiny_grid(), ProcessGroup(rank, 2))
    assert len(read) == len(set(read))
    # The last day of a share needs the day after it for its change.
    assert [len([day for each, day in read if each == rank]) for rank in range(2)] == [6, 5]


def test_moments_of_many_days_do_not_depend_on_how_they_are_put_together() -> None:
    random = np.random.default_rng(0)
    days = torch.from_numpy(1000 + random.standard_normal((9, len(CHANNELS))))

    def of(part: torch.Tensor) -> Moments:
        mean = part.mean(0)
        return Moments(float(len(part)), mean, ((part - mean) ** 2).sum(0), 0.0, torch.zeros(len(CHANNELS)))

    whole, parts = of(days), of(days[:2]).with_others(of(days[2:3]).with_others(of(days[3:])))
    assert torch.allclose(parts.squares, whole.squares, rtol=1e-12)
    assert torch.allclose(Moments.from_table(parts.to_table()).mean, whole.mean, rtol=1e-14)
