"""How each preset is trained: phases of one-step and rollout training, window sizes, rates."""

from dataclasses import dataclass
from math import cos, pi

from engine.models.masking import SCHEDULE


@dataclass(frozen=True)
class Phase:
    """`steps` updates on rollouts of `horizon` days at rates up to `rate`, with a share `masked` of the tokens hidden."""

    steps: int
    horizon: int
    rate: float
    masked: float = 0.0


@dataclass(frozen=True)
class Plan:
    """Phases in order; an update reads one global state and `rounds` times `windows` windows of `rows` x `columns` cells.

    The projection learns after each round, the backbone, whose pass over the globe costs as much as two windows, once.
    """

    phases: tuple[Phase, ...]
    rounds: int
    windows: int
    rows: int
    columns: int
    averaging: float = 0.998
    """Share of the running mean of the weights kept each update; the mean is what is shipped."""

    @property
    def steps(self) -> int:
        """Return the number of updates."""
        return sum(phase.steps for phase in self.phases)

    def at(self, step: int) -> tuple[Phase, float]:
        """Return the phase of update `step` (from 0) and its learning rate: a linear rise, then a cosine to a fiftieth."""
        for phase in self.phases:
            if step < phase.steps:
                part = (step + 0.5) / phase.steps
                if part < RISE:
                    return phase, phase.rate * max(part / RISE, 0.02)
                return phase, phase.rate * (0.02 + 0.98 * (0.5 + 0.5 * cos(pi * (part - RISE) / (1 - RISE))))
            step -= phase.steps
        raise ValueError(f"step {step} lies beyond the plan of {self.steps} updates")


RISE = 0.04
"""Share of a phase in which the learning rate rises."""


def _published(steps_an_epoch: int, epochs: int) -> tuple[Phase, ...]:
    """The mask schedule of AI-GOMS over `epochs`, then two-step fine-tuning."""
    ends = [(last, ratio) for last, ratio in SCHEDULE if last < epochs] + [(epochs, 0.0)]
    phases, before = [], 0
    for last, ratio in ends:
        phases.append(Phase((last - before) * steps_an_epoch, 1, 1e-3, ratio))
        before = last
    return (*phases, Phase(10 * steps_an_epoch, 2, 1e-4))


PLANS = {
    "small": Plan((Phase(300, 1, 1.5e-3), Phase(60, 2, 7e-4), Phase(28, 3, 5e-4)), rounds=3, windows=2, rows=192, columns=320),
    "base": Plan(_published(4000, 150), rounds=1, windows=1, rows=720, columns=1440, averaging=0.9999),
    "base-evolution": Plan(_published(4000, 150), rounds=2, windows=4, rows=240, columns=480, averaging=0.9999),
}
