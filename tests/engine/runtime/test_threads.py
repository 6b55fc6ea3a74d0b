"""Tasks that threads share."""

import threading

import numpy as np
import pytest
import torch

from engine.models.layers.window import tiles
from engine.runtime.threads import each
from tests.waiting import PATIENCE


@pytest.fixture
def two_threads() -> None:
    usual = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(usual)


@pytest.mark.usefixtures("two_threads")
def test_a_delayed_thread_delays_one_task_while_the_others_run() -> None:
    others = threading.Event()
    done = []

    def work(piece: int) -> int:
        if piece == 0:
            assert others.wait(PATIENCE), "the other pieces waited for the delayed one"
        done.append(piece)
        if len(done) == 5:
            others.set()
        return piece**2

    assert each(work, range(6)) == [0, 1, 4, 9, 16, 25]
    assert done[-1] == 0


@pytest.mark.usefixtures("two_threads")
def test_each_thread_computes_without_others_and_the_caller_keeps_its_number() -> None:
    assert set(each(lambda _: torch.get_num_threads(), range(8))) == {1}
    assert torch.get_num_threads() == 2


@pytest.mark.usefixtures("two_threads")
def test_an_error_in_a_piece_reaches_the_caller() -> None:
    def fail(piece: int) -> None:
        raise MemoryError(f"piece {piece}")

    with pytest.raises(MemoryError, match="piece 0"):
        each(fail, range(3))


def test_tiles_hold_all_water_once_and_only_the_land_of_their_patches() -> None:
    wet = np.random.default_rng(5).random((48, 96)) > 0.995
    wet[:20] = wet[:, 40:64] = False
    seen = np.zeros(wet.shape, int)
    for tile in tiles(wet, 16, 24, 4):
        part = wet[tile.row : tile.row + tile.rows, tile.column : tile.column + tile.columns]
        assert part.shape == (tile.rows, tile.columns) and tile.rows <= 16 and tile.columns <= 24
        assert part[:4].any() and part[-4:].any() and part[:, :4].any() and part[:, -4:].any()
        seen[tile.row : tile.row + tile.rows, tile.column : tile.column + tile.columns] += 1
    assert (seen[wet] == 1).all() and seen.max() == 1
