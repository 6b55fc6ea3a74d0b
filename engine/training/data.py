"""The days of one training: those it learns from, those of validation, and the split that keeps others away from both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.runtime.errors import InputError
from engine.schema.grid import Grid
from engine.training.days.identity import card_of, found_again, identity_of
from engine.training.days.runs import Run, hold_back
from engine.training.days.split import Split, in_periods


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Runs of days on a grid for training and validation, chosen from a `pool` that a training never reads beyond them.

    `split` is the one in force: with gaps between its parts.
    """

    grid: Grid
    pool: tuple[Run, ...]
    train: tuple[Run, ...]
    validation: tuple[Run, ...] = ()
    split: Split | None = None

    @staticmethod
    def of(grid: Grid, pool: Sequence[Run], longest: int, split: Split | None = None) -> "TrainingData":
        """Return the data by a split, its parts `longest` days apart, or with the last days of sources with many held back.

        Raises InputError where the split leaves no day for training, or none for a validation that it asks for.
        """
        if split is None:
            return TrainingData(grid, tuple(pool), *hold_back(pool, longest))
        apart = split.with_gaps(longest)
        train, validation = (in_periods(pool, periods) for periods in (apart.train, apart.validation))
        for part, periods, runs in (("train", apart.train, train), ("validation", apart.validation, validation)):
            if periods and not runs:
                days = sorted({str(day) for run in pool for day in (run.first, run.days[-1])})
                raise InputError(
                    f"no day of the data lies in --{part} {', '.join(map(str, periods))}; they hold {days[0]} to {days[-1]}: "
                    "choose a period of these"
                )
        return TrainingData(grid, tuple(pool), train, validation, apart)

    def to_state(self) -> dict[str, Any]:
        """Return what a resumed training compares its data with: split, and fingerprints of all days."""
        return {
            "split": None if self.split is None else self.split.to_dict(),
            "train": identity_of(self.train),
            "validation": identity_of(self.validation),
        }

    def as_begun(self, saved: Mapping[str, Any] | None) -> "TrainingData":
        """Return the days of the state of a training, None for that of an earlier version, which is not compared.

        Days that were appended since are left out. Raises InputError where a day has another content or is not there, and for
        another split.
        """
        if saved is None:
            return self
        split = Split.from_dict(saved["split"]) if saved["split"] else None
        if self.split is not None and self.split != split:
            raise InputError(
                f"the split is {self.split.to_dict()}; expected that with which the training began, "
                f"{split.to_dict() if split else 'none'}: leave it out, or start without --resume"
            )
        train, validation = (found_again(saved[part], self.pool) for part in ("train", "validation"))
        return replace(self, train=train, validation=validation, split=split)

    def card(self, simulated: Sequence[str] = ()) -> dict[str, Any]:
        """Return what a card says: `data_sets`, `sequences`, and where there are any `held_back_sequences` and `split`."""
        card: dict[str, Any] = {
            "data_sets": card_of(self.train, simulated),
            "sequences": [run.name for run in self.train],
        }
        if self.validation:
            card["held_back_sequences"] = [run.name for run in self.validation]
        if self.split is not None:
            card["split"] = self.split.to_dict()
        return card
