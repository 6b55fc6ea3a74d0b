"""Fixtures shared by all tests."""

from pathlib import Path
from typing import Any

import pytest

from engine.runtime.paths import REPOSITORY
from engine.schema.grid import Grid, coarsened
from sample_data.provider import register

SHARED_DATA = REPOSITORY.parent / "shared" / "data"

register()

TOGETHER = (
    "test_files.py",
    "test_get_data.py",
    "test_run.py",
    "test_skill.py",
    "test_lagged.py",
    "test_hostile_words.py",
    "test_reconnection.py",
)
"""Browser tests with a server of their own, which is started once for all tests of a file."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the files of TOGETHER on one process each, and give all other tests to whichever is free (`--dist loadfile`)."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if Path(file).name in TOGETHER else nodeid

    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real measured and modelled files, or skip the test where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real data files are not at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def small_grid() -> Grid:
    """Return the global 90 x 180 grid."""
    return coarsened(8)


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a user directory of its own, so that no test touches the user's stores."""
    home = tmp_path_factory.mktemp("goms-home")
    monkeypatch.setenv("GOMS_HOME", str(home))
    return home
