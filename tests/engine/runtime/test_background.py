"""Tasks behind the caller: in order, one at a time, and no error lost."""

import threading

import pytest

from engine.runtime.background import synchronous, write_behind
from tests.waiting import PATIENCE


def test_tasks_run_in_order_on_another_thread() -> None:
    done: list[tuple[int, bool]] = []
    with write_behind() as behind:
        for number in range(5):
            behind(lambda number=number: done.append((number, threading.current_thread() is threading.main_thread())))
    assert done == [(number, False) for number in range(5)]


def test_the_caller_continues_during_one_task_and_waits_before_the_next() -> None:
    may_end, begun = threading.Event(), threading.Event()
    with write_behind() as behind:
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

    with pytest.raises(OSError, match="disk is full"), write_behind() as behind:
        behind(fail)
        if more:
            behind(lambda: later.append(1))
    assert later == []


def test_an_error_of_the_caller_waits_for_the_last_task() -> None:
    done: list[int] = []
    with pytest.raises(ValueError, match="mine"), write_behind() as behind:
        behind(lambda: done.append(1))
        raise ValueError("mine")
    assert done == [1]


def test_a_synchronous_task_raises_its_error_in_the_caller() -> None:
    done: list[bool] = []
    with synchronous() as write:
        write(lambda: done.append(threading.current_thread() is threading.main_thread()))
        assert done == [True]
        with pytest.raises(OSError, match="full"):
            write(lambda: (_ for _ in ()).throw(OSError("full")))
