"""What a server is given to start with, looked at before it serves anybody: a fault is said at once, not in a visitor's page."""

from pathlib import Path

from engine.errors import InputError
from engine.grid import coarsened
from engine.paths import home
from engine.sources import open_source


def check_start(altimetry: Path | None, sst: Path | None, grid_factor: int) -> None:
    """Raise InputError for a home that is a file, a grid that does not divide, and files no forecast could start from."""
    home()
    grid = coarsened(grid_factor)
    if altimetry is not None:
        open_source("observed", altimetry=altimetry, sst=sst, grid=grid)
    elif sst is not None:
        raise InputError(f"--sst {sst} goes with altimetry of the same day; expected --altimetry FILE, too: add it")
