"""The address of frames: made once, compressed, tagged, refused in plain words, never without a login."""

import gzip
import threading
from typing import Any

import numpy as np
import pytest
from numcodecs import zstd
from tornado.httpclient import HTTPResponse

from app.data.caches import BodyCache
from app.frames.encode import Viewport
from app.frames.http import Address, FrameService, patterns
from app.loopmap.static_files import STATIC_VERSION
from engine.runtime.errors import InputError
from tests.app.asking import ask
from tests.app.frames.test_encode import Axes, Reader, decode, waves
from tests.waiting import wait

QUERY = "?south=-90&north=90&west=0&east=360&width=180&height=90"


def answers(paths: list[str], reader: Reader, user: str | None = "somebody", **options: Any) -> list[HTTPResponse]:
    """Ask a server of its own for all `paths` at once."""

    def open_reader(identifier: str) -> Reader:
        if identifier != "store":
            raise InputError(f"there is no store {identifier}")
        return reader

    return ask(patterns(open_reader), paths, user, **options)


def test_a_body_comes_as_zstd_where_the_browser_takes_it_else_as_gzip() -> None:
    path = f"/frames/store/thetao/0/0,1{QUERY}"
    [modern] = answers([path], Reader(waves), headers={"Accept-Encoding": "gzip, br, zstd"})
    [older] = answers([path], Reader(waves), headers={"Accept-Encoding": "gzip"})
    assert (modern.headers["Content-Encoding"], older.headers["Content-Encoding"]) == ("zstd", "gzip")
    assert zstd.decompress(modern.body) == gzip.decompress(older.body)
    assert decode(gzip.decompress(older.body))[0]["leads"] == [0, 1]


def test_two_who_ask_at_once_share_one_making(monkeypatch: pytest.MonkeyPatch) -> None:
    joined, join = list[Address](), FrameService.join

    def counted(service: FrameService, address: Address) -> Any:
        joined.append(address)
        return join(service, address)

    class HeldReader(Reader):
        def read(self, variable: str, lead: int, depth_index: int) -> np.ndarray:
            wait(lambda: len(joined) == 2)
            return super().read(variable, lead, depth_index)

    monkeypatch.setattr(FrameService, "join", counted)
    reader = HeldReader(waves)
    first, second = answers([f"/frames/store/thetao/0/0,1,2{QUERY}"] * 2, reader)
    assert first.body == second.body
    assert len(reader.reads) == 3


def test_what_the_browser_holds_is_not_sent_again() -> None:
    path = f"/frames/store/thetao/0/4{QUERY}"
    [response] = answers([path], Reader(waves))
    [again] = answers([path], Reader(waves), headers={"If-None-Match": response.headers["ETag"]})
    assert (again.code, again.body) == (304, b"")
    [other] = answers([path + "&revision=2"], Reader(waves), headers={"If-None-Match": response.headers["ETag"]})
    assert other.code == 200


def test_an_unknown_store_and_a_bad_viewport_are_refused_in_one_sentence() -> None:
    upside_down = "/frames/store/thetao/0/0?south=9&north=1&west=0&east=9&width=5&height=5"
    missing, bad = answers([f"/frames/other/thetao/0/0{QUERY}", upside_down], Reader(waves))
    assert (missing.code, bad.code) == (404, 400)
    assert b"there is no store other" in missing.body
    assert b"expected south < north" in bad.body
    assert missing.headers["Cache-Control"] == "no-store"


def test_nobody_without_a_login_gets_frames_or_files() -> None:
    files = [f"/loopmap/{STATIC_VERSION}/{name}" for name in ("palettes.json", "place-names.json", "loopmap.js")]
    paths = [f"/frames/store/thetao/0/0{QUERY}", *files]
    reader = Reader(waves)
    responses = answers(paths, reader, user=None)
    assert [response.code for response in responses] == [302] * 4
    assert reader.reads == []


def test_the_components_files_are_served_for_good() -> None:
    names = ["loopmap.js", "palettes.json", "place-names.json", "coastline-50m.bin"]
    responses = answers([f"/loopmap/{STATIC_VERSION}/{name}" for name in names], Reader(waves))
    assert [response.code for response in responses] == [200] * 4
    assert all("immutable" in response.headers["Cache-Control"] for response in responses)


def test_the_cache_keeps_within_its_bytes_and_drops_what_was_unused_longest() -> None:
    cache = BodyCache(250)
    addresses = [Address("s", "thetao", 0, (lead,), Viewport(-1, 1, 0, 1, 9, 9), "", "gzip") for lead in range(4)]
    cache.put(addresses[0], bytes(100))
    cache.put(addresses[1], bytes(100))
    assert cache.get(addresses[0]) is not None
    cache.put(addresses[2], bytes(100))
    assert cache.get(addresses[1]) is None
    assert cache.get(addresses[0]) is not None
    cache.put(addresses[3], bytes(1000))
    assert cache.bytes <= 250
    assert cache.get(addresses[3]) is None


def test_the_cache_survives_many_threads() -> None:
    cache = BodyCache(5000)
    addresses = [Address("s", "thetao", 0, (lead,), Viewport(-1, 1, 0, 1, 9, 9), "", "gzip") for lead in range(50)]
    threads = [threading.Thread(target=lambda: [cache.put(address, bytes(300)) for address in addresses]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = [body for address in addresses if (body := cache.get(address)) is not None]
    assert cache.bytes == sum(map(len, held)) <= 5000


def test_a_regional_store_is_served_like_a_global_one() -> None:
    reader = Reader(waves, Axes(np.linspace(-64, -60, 51), np.linspace(298.0, 299.0, 13)))
    path = "/frames/store/thetao/0/0?south=-70&north=-55&west=-70&east=-50&width=800&height=600"
    [response] = answers([path], reader, headers={"Accept-Encoding": "gzip"})
    assert decode(gzip.decompress(response.body))[0]["width"] == 13
