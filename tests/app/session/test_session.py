"""Starting the server: options, and refusals in words before anything is served."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import panel as pn
import pytest
from panel.util import edit_readonly

from app.__main__ import main, parser
from app.jobs.queue import Jobs
from app.services.options import Options
from app.services.services import Services
from app.session.session import Session
from engine.runtime.paths import REPOSITORY
from tests.engine.readers import layouts


def test_the_work_of_one_visitor_does_not_stir_the_page_of_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOMS_HOME", str(tmp_path))
    services = Services(Options(grid_factor=8, first_run=False), Jobs(["false"]))
    try:
        services.warm()
        page = Session(services).page
        with edit_readonly(pn.state):
            before, pn.state.busy = pn.state.busy, True
            assert page.busy is False
            pn.state.busy = before
        listening = {
            watcher.fn.__self__ for watcher in pn.state.param.watchers["busy"]["value"] if hasattr(watcher.fn, "__self__")
        }
        assert page.param not in listening
    finally:
        services.close()


def test_the_port_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "5123")
    chosen = parser().parse_args([])
    assert (chosen.port, chosen.address) == (5123, "127.0.0.1")


def test_a_missing_altimetry_file_is_refused_before_the_server_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--altimetry", str(tmp_path / "gone.nc")]) == 2
    assert "gone.nc" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--altimetry", "text.nc"], "text.nc"),
        (["--altimetry", "box.nc"], "box.nc"),
        (["--sst", "box.nc"], "expected --altimetry FILE, too"),
        (["--grid-factor", "0"], "grid factor is 0; expected a divisor of 720"),
        (["--grid-factor", "7"], "grid factor is 7; expected a divisor of 720"),
        (["--home", "text.nc"], "is a file; expected a folder"),
    ],
)
def test_what_no_page_could_use_is_said_before_the_server_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    monkeypatch.setattr("app.__main__.serve", lambda *_: pytest.fail("the server started"))
    monkeypatch.setenv("GOMS_HOME", str(tmp_path))
    (tmp_path / "text.nc").write_text("no file of altimetry")
    layouts.write_glorys(tmp_path / "box.nc", layouts.glorys_fields(1), layouts.LAT, layouts.LON, layouts.days(1))
    assert main([str(tmp_path / word) if word.endswith(".nc") else word for word in arguments]) == 2
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1


def test_a_disk_that_fails_at_the_start_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def locked(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", "/disk/uploads")

    monkeypatch.setattr("app.__main__.serve", locked)
    assert main([]) == 3
    assert "choose another folder with --home" in capsys.readouterr().err


def test_without_pywebview_a_window_is_refused_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.page.window.is_installed", lambda: False)
    assert main(["--window"]) == 2
    assert "goms-explorer[window]" in capsys.readouterr().err


def test_closing_the_window_ends_the_server(tmp_path: Path) -> None:
    # A stand-in for pywebview: it opens the page once and closes at once.
    (tmp_path / "webview.py").write_text(
        "from urllib.request import urlopen\n"
        "def create_window(title, url, width, height):\n"
        "    print(title, urlopen(url).status, width, height, flush=True)\n"
        "def start(): pass\n"
    )
    command = [sys.executable, "-m", "app", "--port", "0", "--grid-factor", "8", "--no-first-run", "--window"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "GOMS_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "GOMS Explorer 200 1400 900" in done.stdout


def test_a_port_in_use_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["--port", str(port), "--grid-factor", "8", "--no-first-run"]) == 2
    assert f"port {port} is in use" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["70000", "-1", "http"])
def test_what_is_no_port_is_refused_in_one_line(
    given: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in ([f"--port={given}"], []):
        monkeypatch.setenv("PORT", given)
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr().err
        assert ended.value.code == 2 and f"{given} is not a port; expected 0 to 65535" in said and said.count("\n") == 1


def test_an_address_of_another_machine_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "0", "--address", "192.0.2.1", "--grid-factor", "8", "--no-first-run"]) == 2
    assert "192.0.2.1 is no address of this machine" in capsys.readouterr().err
