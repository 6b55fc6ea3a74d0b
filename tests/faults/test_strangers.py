"""What a stranger may try with a shared page: other names, other sites, too much, nonsense, and what is not allowed."""

import re
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest

from app import held_out, skill
from app.access.gate import LONGEST_ADDRESS
from app.access.permissions import permissions
from app.bounds import MOST_LEADS, MOST_MEMBERS, MOST_VALUES
from app.files.http import LARGEST_PIECE
from app.files.intake import take_in
from app.frames import Viewport, make_body
from app.jobs import Jobs, Request
from app.services import Options, Services
from engine.errors import InputError
from engine.grid import coarsened
from tests.app.made_stores import write_forecast
from tests.app.test_frames import Axes
from tests.faults.strangers import Server, serving

VIEW = "?south=-90&north=90&west=0&east=360&width=180&height=90"
PASSWORD = "under-the-waves"


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a user directory with one forecast, which all servers of this module have."""
    home = tmp_path_factory.mktemp("goms-shared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOMS_HOME", str(home))
        write_forecast(coarsened(8))
        yield home


@pytest.fixture(autouse=True)
def private_home(shared_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the user directory of the servers, which run in this process."""
    monkeypatch.setenv("GOMS_HOME", str(shared_home))
    return shared_home


@pytest.fixture(scope="module")
def local(shared_home: Path) -> Iterator[Server]:
    """Serve this machine alone, which may do everything."""
    with serving() as made:
        yield made


@pytest.fixture(scope="module")
def server(shared_home: Path) -> Iterator[Server]:
    """Serve through a proxy, without a login."""
    with serving("--allow-websocket-origin", "ocean.example.org") as made:
        yield made


@pytest.fixture(scope="module")
def login(shared_home: Path) -> Iterator[Server]:
    """Serve behind a password."""
    with serving("--basic-auth", PASSWORD, "--allow-embedding", "https://portal.example.org") as made:
        yield made


@pytest.fixture(scope="module")
def store(shared_home: Path) -> str:
    """Return the identifier of the forecast."""
    return next(path.name for path in (shared_home / "stores").iterdir() if path.is_dir())


def is_one_sentence(body: bytes) -> bool:
    text = body.decode().strip()
    return bool(text) and "\n" not in text and "Traceback" not in text and "<" not in text and len(text) < 400


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
        ("/static/../app/main.py", 403),
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


def logged_in(server: Server) -> str:
    """Return the cookies of a visitor who gave the password."""
    status, headers, _ = server.ask("/login", "POST", f"username=maury&password={PASSWORD}".encode(), **FORM)
    assert (status, headers["Location"]) == (302, "/")
    return "; ".join(each.partition(";")[0] for each in headers.get_all("Set-Cookie") or [])


FORM = {"Content_Type": "application/x-www-form-urlencoded"}
SAMPLES = (
    "/", "/?embed=1", "/metadata", "/static/js/bokeh.min.js", "/static/extensions/panel/panel.min.js", "/show",
    "/show/programme.json", "/show/VERSION/show.js", "/loopmap/VERSION/loopmap.js", "/loopmap/VERSION/palettes.json",
    "/loopmap/VERSION/place-names.json", "/loopmap/VERSION/coastline-50m.bin", f"/frames/a/b/0/0{VIEW}",
    "/eddies/a/0?south=0&north=1&west=0&east=1&least=0", "/export/map.png", "/upload/guess", "/ws", "/components/app.main/b/c/d",
)  # fmt: skip
OPEN = ("/login", "/logout", "/favicon.ico")


def concrete(server: Server, path: str) -> str:
    """Return a path with the version that the patterns of the server hold."""
    patterns = [rule.matcher.regex.pattern for rule in server.application.wildcard_router.rules]
    prefix = path.split("VERSION")[0]
    versions = [found[1] for each in patterns if (found := re.match(rf"{re.escape(prefix)}([0-9a-f]{{12}})/", each))]
    return path.replace("VERSION", versions[0] if versions else "")


def test_the_list_of_addresses_behind_the_login_is_whole(login: Server) -> None:
    paths = [concrete(login, path).partition("?")[0] for path in (*SAMPLES, *OPEN)]
    regexes = [rule.matcher.regex for rule in login.application.wildcard_router.rules]
    assert [each.pattern for each in regexes if not any(each.match(path) for path in paths)] == []


@pytest.mark.parametrize("path", SAMPLES)
def test_a_stranger_gets_nothing_from_a_server_with_a_login(login: Server, path: str) -> None:
    status, headers, body = login.ask(concrete(login, path))
    assert status in (302, 403)
    assert status == 403 or "login" in headers["Location"]
    assert len(body) < 200
    assert login.ask(concrete(login, path), "POST")[0] in (403, 405)


@pytest.mark.parametrize("path", OPEN)
def test_the_login_itself_answers_everybody(login: Server, path: str) -> None:
    status, headers, body = login.ask(path)
    assert status == 200 and headers["X-Frame-Options"] == "SAMEORIGIN"
    assert b"http://" not in body and b"https://" not in body


def test_a_websocket_needs_the_login(login: Server) -> None:
    origin = f"http://127.0.0.1:{login.port}"
    assert login.handshake(Origin=origin) == 403
    assert login.handshake(Origin=origin, Cookie=logged_in(login)) == 101


@pytest.mark.parametrize("given", ["", "guess", PASSWORD.upper()])
def test_another_password_lets_nobody_in(login: Server, given: str) -> None:
    status, headers, _ = login.ask("/login", "POST", f"username=maury&password={given}".encode(), **FORM)
    assert status == 302 and "error" in headers["Location"] and "user" not in str(headers.get_all("Set-Cookie"))


@pytest.mark.parametrize("cookie", ["user=maury", 'user="2|1:0|10:1|4:user|8:bWF1cnk=|' + "0" * 64 + '"', "is_guest=1"])
def test_a_forged_cookie_lets_nobody_in(login: Server, cookie: str) -> None:
    assert login.ask("/metadata", Cookie=cookie)[0] == 302


def test_who_is_logged_in_gets_the_page_and_what_stands_beside_it(login: Server, store: str) -> None:
    cookie = logged_in(login)
    for path in ("/", "/show", "/static/js/bokeh.min.js", f"/frames/{store}/thetao/0/0{VIEW}", "/export/map.png"):
        assert login.ask(path, Cookie=cookie)[0] == 200, path


def test_the_login_leads_nowhere_else(login: Server) -> None:
    assert login.ask("/login?next=https://evil.example/")[0] == 400
    assert login.ask("/login?next=%5C%5Cevil.example")[0] == 400


def test_views_are_framed_by_sites_that_were_allowed_and_whole_pages_are_not(login: Server) -> None:
    cookie = logged_in(login)
    _, view, _ = login.ask("/?embed=1", Cookie=cookie)
    _, page, _ = login.ask("/", Cookie=cookie)
    assert "frame-ancestors 'self' https://portal.example.org" in view["Content-Security-Policy"]
    assert "X-Frame-Options" not in view
    assert page["Content-Security-Policy"].endswith("frame-ancestors 'self'") and page["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("size", [LARGEST_PIECE + 1, 5 * LARGEST_PIECE])
def test_too_large_a_piece_of_an_upload_is_answered_413_on_a_connection_that_lasts(local: Server, size: int) -> None:
    [upload] = local.services.uploads.begin([("a.nc", size)])
    status, _, body = local.ask(f"/upload/{upload.secret}?offset=0", "PUT", bytes(size))
    assert status == 413 and is_one_sentence(body)
    assert upload.received == 0
    local.services.uploads.discard([upload])


def test_a_piece_without_a_length_is_stopped_at_the_bound(local: Server) -> None:
    [upload] = local.services.uploads.begin([("a.nc", 3 * LARGEST_PIECE)])
    chunk = bytes(1 << 20)
    body = b"".join([b"%x\r\n" % len(chunk), chunk, b"\r\n"]) * 10 + b"0\r\n\r\n"
    head = f"PUT /upload/{upload.secret}?offset=0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    head += "Transfer-Encoding: chunked\r\n\r\n"
    assert local.say(head.encode() + body).startswith(b"HTTP/1.1 413 ")
    assert local.services.uploads.find(upload.secret) is None


@pytest.mark.parametrize("secret", ["guess", "..%2f..%2fstores", "a" * 300])
def test_an_upload_that_nobody_began_is_refused_after_its_body(local: Server, secret: str) -> None:
    status, _, body = local.ask(f"/upload/{secret}?offset=0", "PUT", bytes(1 << 20))
    assert status == 404 and is_one_sentence(body)


def test_a_page_of_another_site_may_not_send_files(local: Server) -> None:
    [upload] = local.services.uploads.begin([("a.nc", 3)])
    assert local.ask(f"/upload/{upload.secret}?offset=0", "PUT", b"abc", Origin="http://evil.example")[0] == 403
    assert local.ask(f"/upload/{upload.secret}?offset=0", "PUT", b"abc", Sec_Fetch_Site="cross-site")[0] == 403
    assert local.ask(f"/upload/{upload.secret}?offset=0", "PUT", b"abc", Origin=f"http://127.0.0.1:{local.port}")[0] == 200
    local.services.uploads.discard([upload])


def test_a_form_of_another_site_is_refused(login: Server) -> None:
    body = f"username=maury&password={PASSWORD}".encode()
    assert login.ask("/login", "POST", body, Origin="http://evil.example", **FORM)[0] == 403
    assert login.ask("/login", "POST", body, Sec_Fetch_Site="cross-site", **FORM)[0] == 403


def test_no_module_is_imported_for_a_stranger(server: Server) -> None:
    assert server.ask("/components/antigravity/a/css/b")[0] == 404
    assert "antigravity" not in sys.modules


def test_a_large_form_is_refused_before_it_is_gathered(login: Server) -> None:
    status, _, body = login.ask("/login", "POST", bytes(4 << 20), **FORM)
    assert status == 413 and is_one_sentence(body)


@pytest.mark.parametrize(
    ("read_only", "shared", "has_login", "allowed"),
    [
        (False, False, False, {"run", "score", "upload", "delete"}),
        (False, True, True, {"run", "score", "upload", "delete"}),
        (False, True, False, {"run", "score"}),
        (True, False, False, set()),
        (True, True, True, set()),
    ],
)
def test_who_may_do_what_is_decided_by_who_reaches_the_server(
    read_only: bool, shared: bool, has_login: bool, allowed: set[str]
) -> None:
    given = permissions(read_only, shared, has_login)
    assert {deed for deed in ("run", "score", "upload", "delete") if not given.why_not(deed)} == allowed


@pytest.fixture
def read_only(private_home: Path) -> Iterator[Services]:
    """Return the services of a server that is read-only."""
    services = Services(Options(grid_factor=8, first_run=False, permissions=permissions(True, False, False)), Jobs(["false"]))
    yield services
    services.close()


def test_a_read_only_server_refuses_every_deed_behind_the_page(read_only: Services, store: str) -> None:
    deeds = {
        "run": lambda: read_only.submit("forecast", "sample", "2019-02-23", "small"),
        "reference": lambda: read_only.submit("reference", "sample", "2019-02-23"),
        "score": lambda: skill.score(read_only, "sample", "small", ((store, store),)),
        "held out": lambda: held_out.start(read_only, "small", 1),
        "delete": lambda: read_only.delete(store),
        "upload": lambda: read_only.uploads.begin([("a.nc", 3)]),
        "take in": lambda: take_in(read_only, []),
    }
    for deed in deeds.values():
        with pytest.raises(InputError, match=r"read-only|takes no files"):
            deed()
    assert read_only.stored(store) is not None
    assert read_only.jobs.waiting() == []


def test_a_read_only_server_lets_nobody_stop_a_job(read_only: Services) -> None:
    checked, read_only.jobs.check = read_only.jobs.check, lambda kind: None
    job = read_only.jobs.submit(Request("forecast", "sample", "2019-02-23", "small", 3))
    read_only.jobs.check = checked
    with pytest.raises(InputError, match="read-only"):
        read_only.jobs.cancel(job)


def test_an_open_server_on_a_network_deletes_nothing_and_has_no_address_for_files(shared_home: Path, store: str) -> None:
    with serving("--address", "0.0.0.0") as server:
        assert server.ask("/upload/guess", "PUT", b"abc")[0] == 404
        with pytest.raises(InputError, match="without a login"):
            server.services.delete(store)
        assert server.services.stored(store) is not None
