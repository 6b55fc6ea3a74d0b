"""A disk that is full or locked ends every command and export in one sentence, and leaves nothing half written behind."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.runtime.paths import REPOSITORY
from tests.faults.full_disk import EXPORTS, commands

WRITING = [*commands(Path()), "ingest altimetry", "train"]


def _ended(arguments: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        [*arguments[:-2], sys.executable, "-W", "ignore", "-m", "tests.faults.full_disk", *arguments[-2:]],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return how everything ended on a small file system; skip where this user may mount none."""
    mounting = "mkdir -p $0 && mount -t tmpfs -o size=1m tmpfs $0"
    try:
        place = tmp_path_factory.mktemp("mount")
        subprocess.run(["unshare", "-m", "sh", "-c", mounting, place], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small file system needs `unshare -m` and the right to mount")
    return _ended(["unshare", "-m", "tmpfs", str(tmp_path_factory.mktemp("disk"))])


@pytest.fixture(scope="module")
def limit(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return how everything ended where no file may grow, which needs no rights."""
    return _ended(["limit", str(tmp_path_factory.mktemp("limit"))])


def _one_line(words: str) -> str:
    lines = words.strip().splitlines()
    assert len(lines) == 1 and len(lines[0]) < 600 and "Traceback" not in words, words
    return lines[0]


@pytest.mark.parametrize("name", WRITING)
@pytest.mark.parametrize("how", ["disk", "limit"])
def test_a_command_on_a_full_disk_says_so_and_leaves_nothing(how: str, name: str, request: pytest.FixtureRequest) -> None:
    code, words, left = request.getfixturevalue(how)["full"][name]
    assert code == 3, words
    said = _one_line(words)
    assert said.startswith("goms: ") and "could not be" in said and "written" in said
    assert ("--resume" in said) == (name == "forecast")
    assert left == []


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("how", ["disk", "limit"])
def test_an_export_on_a_full_disk_is_507_or_needs_no_disk(how: str, name: str, request: pytest.FixtureRequest) -> None:
    code, words, left = request.getfixturevalue(how)["full"][name]
    assert code == (200 if name == "loop.gif" else 507), words
    assert code == 200 or "TMPDIR" in _one_line(words)
    assert left == []


@pytest.mark.parametrize("name", [*commands(Path())])
def test_a_command_on_a_locked_disk_says_so(disk: dict[str, Any], name: str) -> None:
    code, words, left = disk["locked"][name]
    assert code == 3, words
    said = _one_line(words)
    assert "Read-only file system" in said and "--home" in said and left == []


def test_stores_on_a_locked_disk_are_still_listed(disk: dict[str, Any]) -> None:
    code, words, _ = disk["locked"]["stores"]
    assert code == 0 and "small__sample" in words
