"""Servers that strangers try, shared by the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.schema.grid import coarsened
from tests.app.made_stores import write_forecast
from tests.faults.strangers import PASSWORD, Server, serving


@pytest.fixture(scope="package")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a user directory with one forecast, which all servers of this folder have."""
    home = tmp_path_factory.mktemp("goms-shared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOMS_HOME", str(home))
        write_forecast(coarsened(8))
        yield home


@pytest.fixture
def on_shared_home(shared_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the user directory of the servers, which run in this process, instead of one of the test's own."""
    monkeypatch.setenv("GOMS_HOME", str(shared_home))
    return shared_home


@pytest.fixture(scope="package")
def local(shared_home: Path) -> Iterator[Server]:
    """Serve this machine alone, which may do everything."""
    with serving() as made:
        yield made


@pytest.fixture(scope="package")
def server(shared_home: Path) -> Iterator[Server]:
    """Serve through a proxy, without a login."""
    with serving("--allow-websocket-origin", "ocean.example.org") as made:
        yield made


@pytest.fixture(scope="package")
def login(shared_home: Path) -> Iterator[Server]:
    """Serve behind a password."""
    with serving("--basic-auth", PASSWORD, "--allow-embedding", "https://portal.example.org") as made:
        yield made


@pytest.fixture(scope="package")
def store(shared_home: Path) -> str:
    """Return the identifier of the forecast."""
    return next(path.name for path in (shared_home / "stores").iterdir() if path.is_dir())
