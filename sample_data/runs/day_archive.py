"""Days of fields on a coarse grid, one file each: int16 of the wet cells, differenced along rows, compressed."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from engine.schema.variables import Packing
from sample_data.runs.field_archive import file_of_day, read_change, write_day


def stored_days(folder: Path) -> list[int]:
    """Return the sample days that are stored in a folder, ascending; there may be gaps."""
    return sorted(int(path.stem[4:]) for path in folder.glob("day-*.zst"))


class DayArchive:
    """Fields (h, w) of the cells of `mask` in `folder`, rounded as `packings` say; any day can be read without the others."""

    def __init__(self, folder: Path, mask: np.ndarray, packings: Mapping[str, Packing]) -> None:
        self.folder, self.mask, self.packings = Path(folder), mask, dict(packings)

    @property
    def days(self) -> list[int]:
        """Return the sample days that are stored, ascending; there may be gaps."""
        return stored_days(self.folder)

    def holds(self, day: int) -> bool:
        """Return whether a day is stored."""
        return file_of_day(self.folder, day).exists()

    def write(self, day: int, fields: Mapping[str, np.ndarray]) -> None:
        """Store `fields` (h, w) of a day atomically; NaN stays missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        steps = {name: packing.pack(fields[name][self.mask]) for name, packing in self.packings.items()}
        write_day(self.folder, day, steps, None)

    def read(self, day: int) -> dict[str, np.ndarray]:
        """Return all fields (h, w) of a day, float32, NaN outside the mask; raises InputError for a missing or damaged file."""
        fields = {}
        for name, packing in self.packings.items():
            fields[name] = np.full(self.mask.shape, np.nan, np.float32)
            fields[name][self.mask] = packing.unpack(read_change(self.folder, day, name)[1])
        return fields
