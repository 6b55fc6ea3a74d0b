"""The sources of days for the training of a backbone: the runs of the sample ocean that the user built."""

from engine.runtime.errors import InputError
from engine.runtime.paths import runs_folder
from engine.schema.grid import Grid
from engine.sources import Source
from engine.training.days.runs import SEQUENCE_DAYS
from sample_data.held_out import HELD_OUT_SEED, training_series
from sample_data.source import FIRST_TRAINING_DAY


def backbone_sources(grid: Grid) -> list[Source]:
    """Return those of `training_series` that are long enough for a backbone; raises InputError where there is none."""
    found: list[Source] = [
        source for source in training_series(grid) if source.run.days.stop > FIRST_TRAINING_DAY + SEQUENCE_DAYS
    ]
    if not found:
        raise InputError(
            f"no run to train on in {runs_folder()}; expected seeds other than {HELD_OUT_SEED} of over {FIRST_TRAINING_DAY} "
            "days: build them with `goms sample build --days 330 --seed 2` and `--seed 3`, or name stores with --data"
        )
    return found
