"""Days of a store are read directly, to the last bit as they would be packed."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.models.backbones.presets import Preset
from engine.models.layers.window import Window
from engine.runtime.paths import stores_folder
from engine.schema.batch import Batch
from engine.schema.constants import DAY
from engine.sources.analysis import AnalysisSource
from engine.training.days import stored
from engine.training.days.packing import CHANNELS, pack
from engine.training.days.sequences import write_sequences
from engine.training.days.stored import Recent, StoredDays
from tests.engine.models.tiny import EVOLUTION, LINEAR, tiny_grid
from tests.engine.tiny_stores import START, write_air, write_analysis
from tests.engine.tiny_training import tiny_trainer

WINDOWS = ((0, 24, 0, 48, 0), (0, 8, 40, 16, 4), (16, 8, 4, 12, 3), (8, 8, 44, 48, 2))
"""Row, rows, column, columns and reach: the globe, beyond both poles, across the prime meridian, more than once around."""


def _odd_coast(day: int, state: Batch) -> Batch:
    """Day 2 lacks water that the first day has, in all fields, and lies 30 cm higher."""
    if day != 2:
        return state
    fields = {name: values.copy() for name, values in state.fields.items()}
    for values in fields.values():
        values[..., 10:12, 30:32] = np.nan
    return Batch({**fields, "zos": fields["zos"] + 0.3}, state.grid, state.time)


@pytest.fixture
def source(tmp_path: Path) -> AnalysisSource:
    """Return an analysis of four days with the air of all but the last."""
    write_air(stores_folder() / "air", 4)
    write_analysis(tmp_path / "days", 4, _odd_coast)
    return AnalysisSource(tmp_path / "days", forcing="air")


@pytest.mark.parametrize("chunk", [(180, 360), (10, 20)])
def test_what_is_read_of_a_window_is_what_packing_makes_of_the_day(
    source: AnalysisSource, chunk: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "CHUNK", chunk)
    (run,) = StoredDays(source).runs()
    assert len(run) == 4 and run.first == START
    for number, day in enumerate(run.days):
        whole = torch.from_numpy(pack(source.state(day), source.forcing(day)))
        for *place, reach in WINDOWS:
            window = Window(*place)
            for channels in (slice(None), slice(60, 61), slice(61, None), slice(10, 40), slice(58, 63)):
                assert torch.equal(run.read(number, channels, window, reach), window.cut(whole[channels], reach))
    assert not np.array_equal(source.forcing(START)["u10"], source.forcing(START + 3 * DAY)["u10"])


@pytest.mark.parametrize("preset", [EVOLUTION, LINEAR], ids=lambda preset: preset.projection)
def test_training_from_the_store_and_from_packed_days_gives_the_same_losses(
    source: AnalysisSource, tmp_path: Path, preset: Preset
) -> None:
    packed = write_sequences(source, [START], 4, tmp_path / "packed", tiny_grid())
    histories = []
    for name, runs in (("packed", packed), ("direct", StoredDays(source).runs())):
        trainer = tiny_trainer(runs, tmp_path / f"{name}-state", preset)
        trainer.run()
        histories.append([(record.loss, record.persistence_loss) for record in trainer.history])
    assert histories[0] == histories[1]


def test_only_the_chunks_under_a_window_are_read_and_read_once(source: AnalysisSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "CHUNK", (12, 24))
    (run,) = StoredDays(source).runs()
    asked: list[tuple[str, slice, slice]] = []
    read = source.store.packed

    def recorded(variable: str, lead: int, rows: slice, columns: slice) -> np.ndarray:
        asked.append((variable, rows, columns))
        return read(variable, lead, rows, columns)

    monkeypatch.setattr(source.store, "packed", recorded)
    for _ in range(2):
        run.read(1, slice(0, 30), Window(13, 8, 30, 12), 0)
    assert asked == [(name, slice(12, 24), slice(24, 48)) for name in ("thetao", "so")]


def test_what_was_used_last_is_kept_up_to_a_size() -> None:
    recent, computed = Recent(3 * 80), []

    def get(key: int) -> None:
        def compute() -> np.ndarray:
            computed.append(key)
            return np.zeros(10)

        recent.get(key, compute)

    for key in (1, 2, 3, 1, 4, 1, 2):
        get(key)
    assert computed == [1, 2, 3, 4, 2]


def test_channels_of_a_variable_lie_together() -> None:
    assert [CHANNELS[number].variable for number in stored.FIRST.values()] == list(stored.FIRST)
    assert stored.FIRST["zos"] == 60 and stored.FIRST["u10"] == 61
