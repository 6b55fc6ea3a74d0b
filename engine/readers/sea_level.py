"""Sea level in files of altimetry, HYCOM and GLORYS alike."""

from pathlib import Path

from engine.readers.netcdf import GriddedFile, Wanted
from engine.readers.values.units import METRES
from engine.runtime.progress import Progress, no_progress

HEIGHT = (Wanted("zos", ("adt", "ADT", "sla", "zos", "surf_el"), METRES),)
"""Names of sea level in those files; absolute height is preferred to its anomaly."""


def check_heights(path: Path, progress: Progress = no_progress) -> None:
    """Read every map of sea level of a file; raises InputError for one that cannot be used."""
    file = GriddedFile(path, HEIGHT)
    with file:
        for number, time in enumerate(file.times):
            progress(number / file.times.size, f"checking the sea level of {time.astype('datetime64[D]')}")
            file.read("zos", number)
