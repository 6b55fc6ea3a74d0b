"""What a stranger may try with a shared page: other names, other sites, too much, and nonsense."""

import re
import sys
import tracemalloc
from urllib.parse import quote

import numpy as np
import pytest

from app.access.gate import LONGEST_ADDRESS
from app.access.limits import MOST_LEADS, MOST_MEMBERS, MOST_VALUES
from app.frames.encode import Viewport, make_body
from tests.app.frames.test_encode import Axes
from tests.faults.strangers import VIEW, Server, is_one_sentence

pytestmark = pytest.mark.usefixtures("on_shared_home")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:5006",
        "127.0.0.1.evil.example",
        "localhost.evil.example:80",
        "[::2]",
        "10.0.0.1",
        "localhost@evil",
    ],
)
@pytest.mark.parametrize("path", ["/", "/show", "/frames/a/b/0/0", "/upload/guess", "/static/js/bokeh.min.js", "/nothing"])
def test_a_request_under_another_name_is_refused_at_every_address(server: Server, host: str, path: str) -> None:
    status, _, body = server.ask(path, Host=host)
    assert status in (400, 421)
    if status == 421:
        assert b"This server is not called" in body and is_one_sentence(body)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:5006", "[0:0:0:0:0:0:0:1]", "ocean.example.org"]
)
def test_a_request_under_a_name_of_this_machine_is_answered_whatever_the_port(server: Server, host: str) -> None:
    assert server.ask("/metadata", Host=host)[0] == 200


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /metadata HTTP/1.0\r\n\r\n", 400),
        ("GET /metadata HTTP/1.1\r\n\r\n", 400),
        ("GET http://evil.example/metadata HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
        ("GET http://localhost/metadata HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 421),
        ("GET /metadata HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 400),
        ("OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400),
    ],
)
def test_a_request_without_one_clear_host_is_refused(server: Server, request_line: str, status: int) -> None:
    assert server.say(request_line.encode()).startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", 101),
        ("localhost:8080", "http://localhost:8080", 101),  # through a tunnel
        ("127.0.0.1:{port}", "https://ocean.example.org", 101),  # behind a proxy
        ("ocean.example.org", "https://ocean.example.org", 101),
        ("evil.example:{port}", "http://evil.example:{port}", 421),
        ("127.0.0.1:{port}", "http://evil.example", 403),
        ("127.0.0.1:{port}", "http://localhost:3000", 403),
        ("127.0.0.1:{port}", "https://ocean.example.org:8443", 403),
        ("127.0.0.1:{port}", "null", 403),
        ("127.0.0.1:{port}", "file://127.0.0.1:{port}", 403),
    ],
)
def test_a_websocket_opens_to_the_servers_own_pages_alone(server: Server, host: str, origin: str, status: int) -> None:
    given = {"Host": host.format(port=server.port), "Origin": origin.format(port=server.port)}
    assert server.handshake(**given) == status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/frames/a/b/0/0"),
        ("DELETE", "/show"),
        ("PUT", "/"),
        ("PATCH", "/eddies/a/0"),
        ("BREW", "/show"),
    ],
)
def test_a_wrong_method_is_told_what_is_taken(server: Server, method: str, path: str) -> None:
    status, headers, body = server.ask(path, method)
    assert (status, "Allow" in headers) == (405, True)
    assert is_one_sentence(body) and f"{method} is not taken".encode() in body


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/frames/{'a' * 300}/thetao/0/0{VIEW}", 404),
        (f"/frames/STORE/{'a' * 300}/0/0{VIEW}", 400),
        (f"/frames/a%00b/thetao/0/0{VIEW}", 400),
        (f"/frames/%ff/thetao/0/0{VIEW}", 400),
        (f"/frames/%zz/thetao/0/0{VIEW}", 400),
        (f"/frames/STORE/thetao/0/99999{VIEW}", 404),
        (f"/frames/STORE/thetao/999/0{VIEW}", 404),
        (f"/frames/STORE/nothing/0/0{VIEW}", 404),
        (f"/frames/STORE/thetao_usual_anomaly/0/0{VIEW}", 404),
        (f"/frames/STORE/thetao/0/0{VIEW}".replace("-90", "-inf"), 400),
        (f"/frames/STORE/thetao/0/0{VIEW}".replace("360", "nan"), 400),
        (f"/frames/STORE/thetao/0/0{VIEW}".replace("360", "1e999"), 400),
        (f"/frames/STORE/thetao/0/0{VIEW}".replace("360", "1e300"), 400),
        (f"/frames/STORE/thetao/0/0{VIEW}".replace("width=180", "width=8000").replace("height=90", "height=8000"), 400),
        (f"/frames/STORE/thetao/0/0{VIEW}".replace("width=180", "width=wide"), 400),
        ("/frames/STORE/thetao/0/0", 400),
        ("/frames/STORE/thetao/0/0?south=1", 400),
        (f"/frames/STORE/thetao/0/{','.join(map(str, range(MOST_LEADS + 1)))}{VIEW}", 400),
        (f"/frames/{'persistence@' * 5}STORE/thetao/0/0{VIEW}", 400),
        (f"/frames/{'aligned@' * 3}persistence@climatology@STORE/thetao/0/0{VIEW}", 400),
        (f"/frames/mean@{'|'.join(['STORE'] * (MOST_MEMBERS + 1))}/thetao/0/0{VIEW}", 400),
        (f"/frames/mean@{'|'.join(['x' * 300] * 8)}/thetao/0/0{VIEW}", 400),
        (f"/frames/{quote('../../etc/passwd', safe='')}/thetao/0/0{VIEW}", 404),
        (f"/frames/{quote('STORE/../../..', safe='')}/thetao/0/0{VIEW}", 404),
        ("/eddies/STORE/0?south=-inf&north=1&west=0&east=1&least=0", 400),
        ("/eddies/STORE/0?south=nan&north=1&west=0&east=1&least=0", 400),
        (f"/eddies/{'a' * 300}/0?south=0&north=1&west=0&east=1&least=0", 404),
        ("/eddies/STORE/0", 400),
        ("/export/map.png?lead=[[[", 400),
        (f"/export/map.png?lead={'[' * 4000}", 400),
        ("/export/map.png?lat=nan", 400),
        ("/export/map.png?lat=-inf", 400),
        ("/export/map.png?span=1e999", 400),
        (f"/export/map.png?source=store:{'a' * 300}", 400),
        ("/export/map.png?source=store:..", 400),
        ("/export/map.png?lead=%00", 400),
        (f"/export/data.nc?compare=store:{'persistence@' * 5}STORE", 400),
        ("/export/nothing.exe", 400),
        ("/export/..%2f..%2fetc", 404),
        ("/nothing/at/all", 404),
        ("/static/../app/session/session.py", 403),
        ("/static/%2e%2e/%2e%2e/setup.py", 403),
        ("/autoload.js?bokeh-autoload-element=x", 404),
        (f"/{'a' * LONGEST_ADDRESS}", 414),
        (f"/frames/STORE/thetao/0/{','.join(['1'] * 30000)}{VIEW}", 414),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_one_sentence(server: Server, store: str, path: str, status: int) -> None:
    answered, _, body = server.ask(path.replace("STORE", store))
    assert (answered, is_one_sentence(body)) == (status, True), body[:300]


def test_a_lead_asked_for_many_times_is_read_once(server: Server, store: str) -> None:
    once = server.ask(f"/frames/{store}/thetao/0/1{VIEW}", Accept_Encoding="zstd")
    many = server.ask(f"/frames/{store}/thetao/0/{','.join(['1'] * 500)}{VIEW}", Accept_Encoding="zstd")
    assert (once[0], once[2]) == (many[0], many[2])


def test_the_largest_body_of_frames_takes_no_more_memory_than_stated() -> None:
    rows, columns = 1000, MOST_VALUES // MOST_LEADS // 1000
    field = np.zeros((rows, columns), np.float32)

    class Still:
        grid = Axes(np.linspace(-80, 80, rows), np.arange(columns) * 360 / columns)

        def read(self, variable: str, lead: int, depth_index: int) -> np.ndarray:
            return field + lead

    tracemalloc.start()
    try:
        body = make_body(Still(), "thetao", 0, range(MOST_LEADS), Viewport(-90, 90, 0, 360, 8000, 5000))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(body) > 2 * MOST_LEADS * rows * columns
    assert most < 460e6


@pytest.mark.parametrize(
    "path", ["/", "/?embed=1", "/show", "/nothing", "/frames/a/b/0/0", "/static/js/bokeh.min.js", "/favicon.ico"]
)
def test_every_answer_says_what_it_may_run_and_who_may_frame_it(server: Server, path: str) -> None:
    _, headers, _ = server.ask(path)
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy and "object-src 'none'" in policy and "default-src 'self'" in policy
    assert "'unsafe-inline'" not in re.search("script-src ([^;]*)", policy)[1]  # type: ignore[index]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in headers and "Access-Control-Allow-Origin" not in headers


def test_no_module_is_imported_for_a_stranger(server: Server) -> None:
    assert server.ask("/components/antigravity/a/css/b")[0] == 404
    assert "antigravity" not in sys.modules
