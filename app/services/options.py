"""Options of a server that all sessions share: files to start from, the grid, what visitors may do."""

from dataclasses import dataclass
from pathlib import Path

from app.access.permissions import EVERYTHING, Permissions


@dataclass(frozen=True)
class Options:
    """Files to start from, the grid, and what visitors may do."""

    altimetry: Path | None = None
    sst: Path | None = None
    grid_factor: int = 1
    first_run: bool = True
    """Whether the server begins the default reference and forecast by itself when there are none."""
    upload_limit: int = 0
    """Bytes of files that a visitor may bring at a time; 0 takes none."""
    permissions: Permissions = EVERYTHING

    @property
    def grid_shape(self) -> tuple[int, int]:
        """Return rows and columns of the grid this server forecasts on."""
        return 720 // self.grid_factor, 1440 // self.grid_factor
