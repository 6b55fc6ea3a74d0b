"""Copy the days that are shipped out of a run: `python -m sample_data.assets_build.shipped_days RUN FIRST LAST FOLDER`."""

import shutil
import sys
from pathlib import Path

from sample_data.biogeochemistry.cycle import KEY_EVERY
from sample_data.runs.field_archive import file_of_day
from sample_data.runs.run import Run


def ship(run: Run, first: int, last: int, folder: Path) -> Run:
    """Copy days `first` (a key day) to `last` of a run to `folder` and return that run."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(run.folder / "run.json", folder / "run.json")
    for day in range(first, last + 1):
        shutil.copyfile(file_of_day(run.folder, day), file_of_day(folder, day))
    return Run.open(folder)


def ship_head_days(run: Run, first: int, last: int, folder: Path) -> None:
    """Copy what is stored of days `first` to `last` into run `folder`: all waves, and of biogeochemistry the starts alone."""
    for name, step in (("waves", 1), ("biogeochemistry", KEY_EVERY)):
        for day in range(-(-first // step) * step, last + 1, step):
            source = file_of_day(run.folder / name, day)
            if source.exists():
                (folder / name).mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, file_of_day(folder / name, day))


if __name__ == "__main__":
    source, (first_day, last_day), target = Run.open(Path(sys.argv[1])), map(int, sys.argv[2:4]), Path(sys.argv[4])
    ship(source, first_day, last_day, target)
    ship_head_days(source, first_day, last_day, target)
