"""What the options of the server mean together, and the refusals of those that contradict each other."""

import json
from pathlib import Path

import pytest

from app.access.hosts import Hosts, hosts, split_host
from app.server.options import Sharing, parser, sharing
from engine.runtime.errors import InputError


@pytest.fixture(autouse=True)
def no_login_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PANEL_BASIC_AUTH", "PANEL_OAUTH_PROVIDER", "PANEL_OAUTH_KEY", "PANEL_OAUTH_SECRET", "PANEL_COOKIE_SECRET"):
        monkeypatch.delenv(name, raising=False)


def told(*arguments: str) -> Sharing:
    return sharing(parser().parse_args(arguments))


def test_a_server_for_this_machine_takes_files_and_warns_of_nothing() -> None:
    shared = told()
    assert (shared.upload_limit, shared.warning("127.0.0.1"), shared.login) == (2_000_000_000, "", {})


@pytest.mark.parametrize("arguments", [("--address", "0.0.0.0"), ("--allow-websocket-origin", "ocean.example.org")])
def test_a_server_that_others_reach_without_a_login_warns_names_its_hosts_and_takes_no_files(arguments: tuple[str, str]) -> None:
    shared = told(*arguments)
    warning = shared.warning("0.0.0.0 port 5006")
    assert "no login" in warning and "uploading and deleting are turned off" in warning and "localhost" in warning
    assert shared.upload_limit == 0 and "*" not in shared.hosts.names


def test_a_login_takes_files_on_a_network_without_a_warning() -> None:
    shared = told("--address", "0.0.0.0", "--basic-auth", "a secret")
    assert (shared.upload_limit > 0, shared.warning("0.0.0.0")) == (True, "")
    assert len(shared.login["cookie_secret"]) > 30


def test_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANEL_BASIC_AUTH", "a secret")
    monkeypatch.setenv("PANEL_COOKIE_SECRET", "another")
    shared = told("--address", "0.0.0.0")
    assert (shared.login["basic_auth"], shared.login["cookie_secret"]) == ("a secret", "another")
    assert "a secret" not in parser().format_help()


def test_oauth_is_handed_on_to_panel() -> None:
    shared = told(
        "--oauth-provider", "GitHub", "--oauth-key", "key", "--oauth-secret", "hidden", "--oauth-redirect-uri", "https://o"
    )
    wanted = {"oauth_provider": "github", "oauth_key": "key", "oauth_secret": "hidden", "oauth_redirect_uri": "https://o"}
    assert wanted.items() <= shared.login.items()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--uploads", "--address", "0.0.0.0"], "add --basic-auth FILE"),
        (["--uploads", "--read-only"], "--read-only is given"),
        (["--basic-auth", ""], "is empty"),
        (["--basic-auth", "/nowhere/users.json"], "there is none there"),
        (["--basic-auth", "hidden", "--oauth-provider", "github"], "expected one of them"),
        (["--oauth-provider", "nobody"], "expected one of"),
        (["--oauth-provider", "github", "--oauth-key", "key"], "PANEL_OAUTH_SECRET"),
        (["--oauth-key", "key"], "name the provider"),
        (["--oauth-provider", "pam", "--oauth-extra-params", "{"], "no JSON"),
        (["--allow-websocket-origin", "*"], "name each host"),
        (["--allow-websocket-origin", "https://ocean.example.org"], "expected a host name"),
        (["--allow-embedding", "portal.example.org"], "expected an origin"),
        (["--allow-embedding", "https://a.example; script-src *"], "expected an origin"),
        (["--upload-limit", "0"], "expected more than 0"),
    ],
)
def test_options_that_cannot_work_are_refused_without_their_secrets(arguments: list[str], words: str) -> None:
    with pytest.raises(InputError) as refused:
        told(*arguments)
    assert words in str(refused.value) and "hidden" not in str(refused.value)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"maury": 1}', '{"maury": ""}', "no json"])
def test_a_file_without_users_is_refused(tmp_path: Path, content: str) -> None:
    users = tmp_path / "users.json"
    users.write_text(content)
    with pytest.raises(InputError, match=r"users\.json"):
        told("--basic-auth", str(users))
    users.write_text(json.dumps({"maury": "deep"}))
    assert told("--basic-auth", str(users)).login["basic_auth"] == str(users)


def test_a_read_only_server_takes_no_files_wherever_it_listens() -> None:
    assert told("--read-only").upload_limit == told("--read-only", "--basic-auth", "a secret").upload_limit == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("localhost", ("localhost", "")),
        ("Ocean.Example.org:8080", ("ocean.example.org", "8080")),
        ("[::1]", ("[::1]", "")),
        ("[0:0:0:0:0:0:0:1]:5006", ("[::1]", "5006")),
        ("", None),
        ("::1", None),
        ("[::1", None),
        ("[::g]", None),
        ("a b", None),
        ("a@b", None),
        ("a:b", None),
        ("a/b", None),
        ("*", None),
    ],
)
def test_a_host_is_a_name_or_an_address_with_or_without_a_port(text: str, found: tuple[str, str] | None) -> None:
    assert split_host(text) == found


def test_the_names_of_a_machine_on_a_network_are_known_and_no_other() -> None:
    known = hosts("0.0.0.0")
    assert all(map(known.allows, ("localhost:1", "127.0.0.1", "[::1]:5006")))
    assert not any(map(known.allows, ("", "*", "example.org", "0.0.0.0", "localhost.example.org")))
    assert hosts("::1").allows("[::1]") and hosts("192.0.2.7").allows("192.0.2.7:5006")


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("https://ocean.example.org", True),
        ("http://ocean.example.org", True),
        ("https://ocean.example.org:443", True),
        ("https://ocean.example.org:8443", False),
        ("https://sea.example.org:8443", True),
        ("https://sea.example.org", False),
        ("http://localhost:5006", True),
        ("http://localhost:5007", False),
        ("http://evil.example", False),
        ("https://ocean.example.org.evil.example", False),
        ("https://ocean.example.org@evil.example", False),
        ("file:///", False),
        ("null", False),
        ("", False),
        ("http://[", False),
    ],
)
def test_pages_of_the_server_are_told_by_name_and_port(origin: str, own: bool) -> None:
    known = Hosts(("localhost", "ocean.example.org", "sea.example.org"), ("ocean.example.org", "sea.example.org:8443"))
    assert known.is_own(origin, "localhost:5006") is own
