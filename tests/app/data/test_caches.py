"""The byte-bounded cache keeps what was used last and computes a key once."""

import threading

import numpy as np

from app.data.caches import ArrayCache
from tests.waiting import wait


def test_the_cache_never_holds_more_than_its_limit_beside_the_newest() -> None:
    cache = ArrayCache(limit=3 * 800)
    for key in range(10):
        cache.get(key, lambda: np.zeros(100))
    assert cache.size == 3 * 800


def test_what_was_used_last_stays() -> None:
    cache = ArrayCache(limit=2 * 800)
    for key in ("a", "b", "a", "c"):
        cache.get(key, lambda: np.zeros(100))
    made = []
    cache.get("a", lambda: made.append(1) or np.zeros(100))
    assert made == []
    cache.get("b", lambda: made.append(1) or np.zeros(100))
    assert made == [1]


def test_threads_that_ask_for_one_key_share_one_computation() -> None:
    cache, asking, made = ArrayCache(limit=10_000), [], []

    def make() -> np.ndarray:
        made.append(1)
        wait(lambda: len(asking) == 8)
        return np.ones(10)

    def ask() -> None:
        asking.append(1)
        cache.get("key", make)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]
