"""The wheel of the project, installed alone in an environment of its own."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

from engine.runtime.paths import REPOSITORY
from tests.waiting import PATIENCE

PACKAGES = ("app", "assets", "engine", "sample_data")
SOURCES = (*PACKAGES, "LICENSE", "README.md", "pyproject.toml")
"""What a wheel is built from."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment that finds the dependencies of this one and neither the checkout nor an installation of it."""

    folder: Path

    @property
    def scripts(self) -> Path:
        """Return the folder of its interpreter and its commands."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    def run(self, command: str, *arguments: object) -> str:
        """Run one of its commands in an empty folder, whatever PYTHONPATH is here; returns what it prints.

        Raises CalledProcessError, after its messages, where it fails.
        """
        empty = self.folder / "empty"
        empty.mkdir(exist_ok=True)
        variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [str(self.scripts / command), *map(str, arguments)],
            cwd=empty, env=variables, stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE,
        )  # fmt: skip
        return done.stdout


def build_wheel(folder: Path) -> Path:
    """Build the wheel in `folder`, of a copy: a build leaves files in its tree, which the next would take for sources."""
    copy = folder / "source"
    for source in map(REPOSITORY.joinpath, SOURCES):
        if source.is_dir():
            shutil.copytree(source, copy / source.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir"]
    subprocess.run([*command, str(folder), str(copy)], check=True, timeout=PATIENCE)
    (wheel,) = folder.glob("*.whl")
    return wheel


def empty_environment(folder: Path) -> Environment:
    """Make an environment without the program.

    Python appends a folder named in a .pth file to its path and reads no .pth file of that folder, and it is there that an
    editable installation says where it is.
    """
    made = Environment(folder)
    venv.create(folder, with_pip=False)
    own = made.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    here = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    (Path(own) / "dependencies.pth").write_text("\n".join(here), encoding="utf-8")
    return made


def install(wheel: Path, environment: Environment) -> None:
    """Install a wheel without its dependencies, even where pip sees an installation among the dependencies."""
    command = [sys.executable, "-m", "pip", "--python", str(environment.scripts / "python"), "install", "--quiet"]
    options = ["--disable-pip-version-check", "--ignore-installed", "--no-deps", "--no-index"]
    subprocess.run([*command, *options, str(wheel)], check=True, timeout=PATIENCE)
