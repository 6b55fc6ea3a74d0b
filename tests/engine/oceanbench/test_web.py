"""A challenger behind an address of the web is read as its folder is, through failures of a server that pass."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import zarr

from engine.oceanbench.ingest import ingest_challenger
from engine.providers.protocols.http import Http
from engine.runtime.errors import InputError, ResourceError
from engine.runtime.paths import stores_folder
from engine.stores import find_store, open_store
from tests.engine.oceanbench.challengers import one_degree, write_challenger


class Faulty(SimpleHTTPRequestHandler):
    """Serves a folder; `faults` by end of a path are used up one a request: `503`, or `cut` for half a body."""

    faults: dict[str, list[str]]

    def do_GET(self) -> None:
        """Answer with the next fault of the path, else with the file."""
        due = next((kinds for end, kinds in self.faults.items() if self.path.endswith(end) and kinds), None)
        if due is None:
            super().do_GET()
        elif due.pop(0) == "503":
            self.send_error(503)
        else:
            content = (Path(self.directory) / self.path.lstrip("/")).read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path, dict[str, list[str]]]]:
    """Serve a folder; yield its address, the challenger in it, and the faults to come."""
    folder = write_challenger(tmp_path / "octo-glonet-p1d" / "2024-01-03" / "2024-01-03.zarr", **one_degree(), chunks=(2, 3))
    handler = type("Handler", (Faulty,), {"faults": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{folder.relative_to(tmp_path).as_posix()}", folder, handler.faults
    server.shutdown()
    server.server_close()


def test_failures_that_pass_change_nothing(served: tuple[str, Path, dict[str, list[str]]]) -> None:
    address, folder, faults = served
    faults |= {"so/0.1.0.0": ["503"], "uo/0.0.0.0": ["cut"]}
    over_web = open_store(find_store(ingest_challenger(address, "web", http=Http(first_pause=0.01))))
    here = open_store(find_store(ingest_challenger(str(folder), "here")))
    assert not any(faults.values()), "both failures happened"
    assert over_web.attrs["source"] == "octo" and over_web.attrs["source_provenance"]["address"] == address
    for name in ("so", "uo", "zos"):
        assert np.array_equal(over_web.loop(name), here.loop(name), equal_nan=True)


def test_a_server_that_stays_away_is_named_and_leaves_nothing(served: tuple[str, Path, dict[str, list[str]]]) -> None:
    address, _, faults = served
    faults["vo/0.1.0.0"] = ["503"] * 9
    with pytest.raises(ResourceError, match=rf"{address}/vo/0\.1\.0\.0 could not be read in 2 tries"):
        ingest_challenger(address, http=Http(tries=2, first_pause=0.01))
    assert not list(stores_folder().iterdir())
    with pytest.raises(InputError, match="no Zarr store that can be opened"):
        ingest_challenger(f"{address}/nowhere.zarr")


def test_a_group_for_each_variable_is_read_as_one_forecast(tmp_path: Path) -> None:
    whole = write_challenger(tmp_path / "a" / "20240103.zarr", **one_degree(), fields=["zos", "uo"])
    apart = tmp_path / "glo12" / "20240103.zarr"
    zarr.open_group(apart, mode="w", zarr_format=2)
    for name in ("zos", "uo"):
        xr.open_zarr(whole)[[name]].to_zarr(apart, group=name, zarr_format=2, consolidated=False)
    zarr.consolidate_metadata(apart, zarr_format=2)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(type("Quiet", (Faulty,), {"faults": {}}), directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stores = [
        open_store(find_store(ingest_challenger(at, name)))
        for at, name in (
            (str(whole), "whole"),
            (str(apart), "apart"),
            (f"http://127.0.0.1:{server.server_port}/glo12/20240103.zarr", "web"),
        )
    ]
    server.shutdown()
    server.server_close()
    for name in ("zos", "uo"):
        for store in stores[1:]:
            assert np.array_equal(stores[0].loop(name), store.loop(name), equal_nan=True)
