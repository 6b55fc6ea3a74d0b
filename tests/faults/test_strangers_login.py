"""What needs a login, what files a stranger cannot send, and what a server without a login or read-only refuses to everybody."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import panel_material_ui as pmui
import pytest
from bokeh.util.token import get_token_payload

from app.access.permissions import permissions
from app.analysis import held_out, skill
from app.jobs.queue import Jobs, Request
from app.services.options import Options
from app.services.services import Services
from app.session.session import Session
from app.uploads.http import LARGEST_PIECE
from app.uploads.intake import take_in
from engine.runtime.errors import InputError
from engine.schema.grid import coarsened
from tests.app.made_stores import write_analysis
from tests.faults.strangers import FORM, PASSWORD, VIEW, Server, is_one_sentence, serving

pytestmark = pytest.mark.usefixtures("on_shared_home")

SAMPLES = (
    "/", "/?embed=1", "/metadata", "/static/js/bokeh.min.js", "/static/extensions/panel/panel.min.js", "/show",
    "/show/programme.json", "/show/VERSION/show.js", "/loopmap/VERSION/loopmap.js", "/loopmap/VERSION/palettes.json",
    "/loopmap/VERSION/place-names.json", "/loopmap/VERSION/coastline-50m.bin", f"/frames/a/b/0/0{VIEW}",
    "/eddies/a/0?south=0&north=1&west=0&east=1&least=0", "/export/map.png", "/upload/guess", "/ws",
    "/components/app.session.session/b/c/d",
)  # fmt: skip
OPEN = ("/login", "/logout", "/favicon.ico")


def logged_in(server: Server) -> str:
    """Return the cookies of a visitor who gave the password."""
    status, headers, _ = server.ask("/login", "POST", f"username=maury&password={PASSWORD}".encode(), **FORM)
    assert (status, headers["Location"]) == (302, "/")
    return "; ".join(each.partition(";")[0] for each in headers.get_all("Set-Cookie") or [])


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


def test_the_cookie_of_a_login_is_not_written_in_the_page(login: Server) -> None:
    cookie = logged_in(login)
    given: dict[str, Any] = {
        "Cookie": cookie,
        "Accept-Language": "zh",
        "Authorization": "Basic c2VjcmV0",
        "X-Forwarded-User": "maury",
    }
    _, _, page = login.ask("/", **given)
    token = re.search(r'"token":\s*"([^"]+)"', page.decode())
    assert token is not None
    told = get_token_payload(token[1])
    assert told["cookies"] == {} and told["headers"] == {"Accept-Language": "zh"}
    values = [value for each in cookie.split("; ") if (value := each.partition("=")[2].strip('"'))]
    assert values and not any(value in page.decode() + str(told) for value in values)
    assert "运行" in page.decode(), "the page speaks the language of the browser"


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
def read_only(on_shared_home: Path) -> Iterator[Services]:
    """Return the services of a server that is read-only."""
    services = Services(Options(grid_factor=8, first_run=False, permissions=permissions(True, False, False)), Jobs(["false"]))
    yield services
    services.close()


def test_a_read_only_server_refuses_every_deed_behind_the_page(read_only: Services, store: str) -> None:
    deeds = {
        "run": lambda: read_only.queues.submit("forecast", "sample", "2019-02-23", "small"),
        "reference": lambda: read_only.queues.submit("reference", "sample", "2019-02-23"),
        "score": lambda: skill.score(read_only, "sample", "small", ((store, store),)),
        "held out": lambda: held_out.start(read_only, "small", 1),
        "delete": lambda: read_only.stores.delete(store),
        "upload": lambda: read_only.uploads.begin([("a.nc", 3)]),
        "take in": lambda: take_in(read_only.queues.chores, read_only.uploads, [], 8),
    }
    for deed in deeds.values():
        with pytest.raises(InputError, match=r"read-only|takes no files"):
            deed()
    assert read_only.stores.get(store) is not None
    assert read_only.queues.forecasts.waiting() == []


def test_a_read_only_page_has_its_controls_off_and_messages_written_by_hand_end_at_the_services(
    read_only: Services, store: str
) -> None:
    session = Session(read_only)
    told: list[str] = []
    session.stores_dialog.notify = lambda kind, message: told.append(message)
    assert session.run.run.disabled and "read-only" in session.run.status.object
    assert session.files.layout == []
    session.stores_dialog._list()
    buttons = [button for button in session.stores_dialog.rows.select(pmui.Button) if button.label == "Delete"]
    assert buttons and all(button.disabled for button in buttons)
    session.scene = session.run._scene = replace(session.run._scene, needs_forecast=True, start="2019-02-23")
    with pytest.raises(InputError, match="read-only"):
        session.run.run.clicks += 1
    session.stores_dialog._delete(store, "a store", 1, None)
    assert "read-only" in told[-1]
    session.files._heard({"kind": "begin", "asked": 1, "files": [["a.nc", 3]]})
    assert "takes no files" in session.files.component.answer["error"]
    assert read_only.stores.get(store) is not None and read_only.queues.forecasts.waiting() == []


def test_a_read_only_server_lets_nobody_stop_a_job(read_only: Services) -> None:
    checked, read_only.queues.forecasts.check = read_only.queues.forecasts.check, lambda kind: None
    job = read_only.queues.forecasts.submit(Request("forecast", "sample", "2019-02-23", "small", 3))
    read_only.queues.forecasts.check = checked
    with pytest.raises(InputError, match="read-only"):
        read_only.queues.forecasts.cancel(job)


def test_an_open_server_on_a_network_deletes_nothing_and_has_no_address_for_files(shared_home: Path, store: str) -> None:
    with serving("--address", "0.0.0.0") as server:
        assert server.ask("/upload/guess", "PUT", b"abc")[0] == 404
        with pytest.raises(InputError, match="without a login"):
            server.services.stores.delete(store)
        assert server.services.stores.get(store) is not None


def test_two_servers_on_one_home_see_what_the_other_writes_and_deletes(local: Server, login: Server) -> None:
    identifier = write_analysis(coarsened(8))
    assert local.ask(f"/frames/{identifier}/thetao/0/1{VIEW}")[0] == 200
    assert login.ask(f"/frames/{identifier}/thetao/0/1{VIEW}", Cookie=logged_in(login))[0] == 200
    login.services.stores.delete(identifier)
    local.services.stores.refresh()
    assert local.ask(f"/frames/{identifier}/thetao/0/2{VIEW}")[0] == 404


def test_a_second_server_on_one_home_leaves_the_files_on_their_way_to_the_first(local: Server) -> None:
    [upload] = local.services.uploads.begin([("a.nc", 3)])
    with serving("--uploads"):
        assert local.ask(f"/upload/{upload.secret}?offset=0", "PUT", b"abc")[0] == 200
    assert upload.path.read_bytes() == b"abc"
    local.services.uploads.discard([upload])
