"""The lock that `make` installs from: it follows pyproject.toml, and every file in it is known by its hash."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from engine.runtime.paths import REPOSITORY

LOCKS = REPOSITORY / "requirements"
PINNED = re.compile(r"^([\w.-]+)==([\w.+!-]+)(.*)$", re.MULTILINE)


def requirements(extra: str) -> list[Requirement]:
    """Return what the project asks for, with an extra or, where that is `app`, without one."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return [Requirement(each) for each in project["dependencies"] + ([] if extra == "app" else extras[extra])]


def pinned(lock: str) -> dict[str, str]:
    """Return the versions that a lock holds, by name."""
    text = (LOCKS / f"{lock}.txt").read_text(encoding="utf-8") + (LOCKS / "torch.txt").read_text(encoding="utf-8")
    return {canonicalize_name(name): version for name, version, _ in PINNED.findall(text)}


@pytest.mark.parametrize("lock", ["app", "test", "docs"])
def test_whatever_the_project_asks_for_is_locked_within_its_range(lock: str) -> None:
    versions = pinned(lock)
    assert [str(each) for each in requirements(lock) if versions.get(canonicalize_name(each.name)) not in each.specifier] == []


@pytest.mark.parametrize("lock", ["test", "docs"])
def test_what_is_installed_on_top_changes_no_version_of_the_application(lock: str) -> None:
    assert pinned("app").items() <= pinned(lock).items()


@pytest.mark.parametrize("lock", ["app", "test", "docs"])
def test_every_locked_file_has_a_hash(lock: str) -> None:
    found = PINNED.findall((LOCKS / f"{lock}.txt").read_text(encoding="utf-8"))
    assert found
    assert [name for name, _, rest in found if not rest.endswith("\\")] == []
