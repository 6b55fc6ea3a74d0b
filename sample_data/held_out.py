"""Which days are held out, and which run they belong to."""

from pathlib import Path

from engine.runtime.errors import InputError
from engine.runtime.paths import runs_folder
from sample_data.runs.run import Run
from sample_data.source import SHIPPED

HELD_OUT_SEED = 1
FIRST_TRAINING_START, FIRST_HELD_OUT_START, START_INTERVAL = 120, 240, 30
"""Sample days. All runs share day 0: on the same day their sea level still correlates by 0.27 on day 120, 0.09 on day 240."""


def held_out_run(folder: Path | None = None) -> Run:
    """Return the run in `folder`, by default that of seed 1 among the user's runs, else the shipped, shorter one."""
    if folder is None:
        built = runs_folder() / f"seed-{HELD_OUT_SEED}"
        folder = built if (built / "run.json").exists() else SHIPPED
    return Run.open(folder)


def held_out_days(run: Run, starts: int, longest: int) -> list[int]:
    """Return up to `starts` sample days that have `longest` days of reference after them in `run`.

    They lie 30 days apart, closer only where all of them fit no other way. Raises InputError where not one fits.
    """
    days = run.days
    late = FIRST_HELD_OUT_START in days and days[-1] >= FIRST_HELD_OUT_START + longest
    begin = FIRST_HELD_OUT_START if late else days.start
    room = days.stop - 1 - longest - begin
    if not days or room < 0:
        raise InputError(
            f"run {run.folder} holds {len(days)} days; a start needs {longest} days of reference after it: build more with "
            "`goms sample build`"
        )
    apart = START_INTERVAL
    if late and (starts - 1) * apart > room:
        apart = max(room // max(starts - 1, 1), START_INTERVAL * 2 // 3)
    return list(range(begin, begin + room + 1, apart))[:starts]
