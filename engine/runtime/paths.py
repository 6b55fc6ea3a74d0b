"""Paths: shipped files in packages, and the home folder (GOMS_HOME) that holds all written files."""

import os
from importlib.resources import files
from pathlib import Path

import platformdirs

from engine.runtime.errors import InputError

REPOSITORY = Path(__file__).resolve().parents[2]
"""The folder that holds the packages: the root of a checkout, else that of an installation, where no data may be looked for."""

ASSETS = Path(str(files("assets")))


def home() -> Path:
    """Return the directory of everything this program writes: `GOMS_HOME`, else the platform's user data directory.

    Raises InputError where it, or what it lies in, is a file.
    """
    chosen = os.environ.get("GOMS_HOME")
    try:
        folder = Path(chosen).expanduser() if chosen else Path(platformdirs.user_data_dir("goms", appauthor=False))
    except RuntimeError as error:
        raise InputError(f"GOMS_HOME is {chosen}, the folder of a user who is not known here; expected a path") from error
    there = next((each for each in (folder, *folder.parents) if each.exists()), None)
    if there is not None and not there.is_dir():
        raise InputError(f"GOMS_HOME is {folder}, and {there} is a file; expected a folder: choose another with --home")
    return folder


def stores_folder() -> Path:
    """Return the folder of forecast, reference and analysis stores."""
    return home() / "stores"


def runs_folder() -> Path:
    """Return the folder of rebuilt sample ocean runs."""
    return home() / "runs"


def altimetry_folder() -> Path:
    """Return the folder of kept files of altimetry."""
    return home() / "altimetry"


def cache_folder() -> Path:
    """Return the folder of files that can be deleted at any time."""
    return home() / "cache"


def verification_folder() -> Path:
    """Return the folder of the results of `goms verify` and the page; shipped results are in `ASSETS / "skill"`."""
    return home() / "verification"


def weights_folder() -> Path:
    """Return the folder of weights trained by the user; shipped weights are in `ASSETS / "weights"`."""
    return home() / "weights"


def weights_candidates(name: str) -> tuple[Path, Path]:
    """Return the possible paths of weights called `name`, the user's before the shipped ones."""
    user, shipped = (folder / f"{name}.safetensors" for folder in (weights_folder(), ASSETS / "weights"))
    return user, shipped
