"""Work behind the caller's back: in order, one piece at a time, and no error lost."""

import threading

import pytest

from engine.runtime.background import at_once, one_behind
from tests.waiting import PATIENCE


def test_pieces_are_done_in_order_away_from_the_caller() -> None:
    done: list[tuple[int, bool]] = []
    with one_behind() as behind:
        for number in range(5):
            behind(lambda number=number: done.append((number, threading.current_thread() is threading.main_thread())))
    assert done == [(number, False) for number in range(5)]


def test_the_caller_goes_on_while_one_piece_is_done_and_waits_before_the_next() -> None:
    may_end, begun = threading.Event(), threading.Event()
    with one_behind() as behind:
        behind(lambda: begun.set() or may_end.wait(PATIENCE))
        assert begun.wait(PATIENCE), "the first piece does not begin by itself"
        threading.Timer(0.05, may_end.set).start()
        behind(lambda: None)
        assert may_end.is_set()


@pytest.mark.parametrize("more", [True, False])
def test_an_error_comes_with_the_next_call_or_the_end(more: bool) -> None:
    later: list[int] = []

    def fail() -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"), one_behind() as behind:
        behind(fail)
        if more:
            behind(lambda: later.append(1))
    assert later == []


def test_an_error_of_the_caller_lets_the_last_piece_end() -> None:
    done: list[int] = []
    with pytest.raises(ValueError, match="mine"), one_behind() as behind:
        behind(lambda: done.append(1))
        raise ValueError("mine")
    assert done == [1]


def test_at_once_the_caller_waits_and_gets_the_error_itself() -> None:
    done: list[bool] = []
    with at_once() as write:
        write(lambda: done.append(threading.current_thread() is threading.main_thread()))
        assert done == [True]
        with pytest.raises(OSError, match="full"):
            write(lambda: (_ for _ in ()).throw(OSError("full")))
