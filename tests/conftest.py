"""Fixtures shared by all tests."""

from pathlib import Path

import pytest

from engine.grid import Grid, coarsened
from engine.paths import REPOSITORY

SHARED_DATA = REPOSITORY.parent / "shared" / "data"


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
