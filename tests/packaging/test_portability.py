"""What other systems lack is called nowhere, or where its absence is seen to."""

import re
from pathlib import Path

import pytest

from engine.runtime.paths import REPOSITORY

SOURCES = sorted(path for package in ("engine", "app", "sample_data") for path in (REPOSITORY / package).rglob("*.py"))

LACKING = {
    r"%-[a-zA-Z]": "dates without leading zeros: the C library of Windows refuses the format",
    r"\bos\.(fork|forkpty|execv\w*|spawnv\w*|getuid|geteuid|killpg|setsid|mkfifo|sync)\b": "calls that Windows lacks",
    r"^\s*(import|from) (fcntl|grp|pwd|pty|termios|syslog)\b": "modules that Windows lacks",
    r"\bsignal\.SIG(ALRM|CHLD|HUP|KILL|PIPE|QUIT|USR\d)\b": "signals that Windows lacks",
    r"get_context\(\"fork": "processes that begin as copies: Windows has none, and on macOS they crash",
    r"[\"'](/tmp|/dev|/proc|/sys|/etc)\b": "places that only some systems have",
}
"""Patterns in the sources -> what they find."""

SEEN_TO = {"import resource": ("engine/sources/guarded.py",), "sched_setscheduler": ("app/jobs/worker.py",)}
"""Calls that Windows lacks -> the files that go on without them."""


@pytest.mark.parametrize("pattern", LACKING)
def test_nothing_is_called_that_other_systems_lack(pattern: str) -> None:
    found = [_name(path) for path in SOURCES if re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)]
    assert found == [], LACKING[pattern]


@pytest.mark.parametrize("call", SEEN_TO)
def test_what_windows_lacks_is_called_where_its_absence_is_seen_to(call: str) -> None:
    assert tuple(_name(path) for path in SOURCES if call in path.read_text(encoding="utf-8")) == SEEN_TO[call]


def _name(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()
