"""Checks of the options and files of a server before it starts: a fault is an error of the command, not of a visitor's page."""

from pathlib import Path

from engine.runtime.errors import InputError
from engine.runtime.paths import home
from engine.schema.grid import coarsened
from engine.sources.guarded import check_guarded


def check_start(altimetry: Path | None, sst: Path | None, grid_factor: int) -> None:
    """Raise InputError for a home that is a file, a grid that does not divide, and files no forecast could start from."""
    home()
    coarsened(grid_factor)
    if altimetry is not None:
        check_guarded("observed", [altimetry, *([sst] if sst else [])], grid_factor=grid_factor)
    elif sst is not None:
        raise InputError(f"--sst {sst} goes with altimetry of the same day; expected --altimetry FILE, too: add it")
