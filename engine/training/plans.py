"""Training plans of the presets: phases of one-step and rollout training, windows, learning rates, the global batch."""

from dataclasses import dataclass, replace
from math import cos, pi

from engine.models.backbones.masking import mask_ratio

RISE = 0.04
"""Share of a phase in which the learning rate rises; set by hand."""


def rate_at(part: float, highest: float) -> float:
    """Return the learning rate at a share `part` of a phase: a linear rise to `highest`, then a cosine to a fiftieth of it."""
    if part < RISE:
        return highest * max(part / RISE, 0.02)
    return highest * (0.02 + 0.98 * (0.5 + 0.5 * cos(pi * (part - RISE) / (1 - RISE))))


@dataclass(frozen=True)
class Phase:
    """`steps` updates on rollouts of `horizon` days at rates up to `rate`; windows are the plan's unless given.

    Sea level of the first day gets noise of up to `noise` metres, so that the network learns to damp grid-scale noise. A share
    `masked` of the tokens is masked; with `epoch`, the updates of an epoch, it follows the published schedule instead.
    """

    steps: int
    horizon: int
    rate: float
    masked: float = 0.0
    epoch: int | None = None
    rounds: int | None = None
    windows: int | None = None
    rows: int | None = None
    columns: int | None = None
    noise: float = 0.0


@dataclass(frozen=True)
class Windows:
    """The windows of each sample of an update: `rounds` times `windows` windows of `rows` x `columns` cells."""

    rounds: int
    windows: int
    rows: int
    columns: int


@dataclass(frozen=True)
class Plan:
    """Phases in order; an update reads `batch` samples, each a global state and `rounds` times `windows` windows of it.

    The projection is updated after each round, the backbone, whose pass over the globe costs as much as two windows, once. The
    processes of a group share the samples of the batch. A network whose projection has no halo reads the whole globe at once and
    needs no windows.
    """

    phases: tuple[Phase, ...]
    rounds: int = 1
    windows: int = 1
    rows: int = 192
    columns: int = 320
    averaging: float = 0.998
    """Share of the running mean of the weights that each update keeps; the shipped weights are the mean. Set by hand."""
    batch: int = 1
    checkpointing: bool = False
    """Whether blocks and days are computed again in the backward pass, for a third more work and much less memory."""
    validate_every: int = 100
    """Updates between rollouts of the running mean on held-back sequences; 0 turns them off."""

    @property
    def steps(self) -> int:
        """Return the number of updates."""
        return sum(phase.steps for phase in self.phases)

    @property
    def longest(self) -> int:
        """Return the days of the longest rollout."""
        return max(phase.horizon for phase in self.phases)

    def at(self, step: int) -> tuple[Phase, float]:
        """Return the phase of update `step` (from 0) and its learning rate: a linear rise, then a cosine to a fiftieth.

        The masked share of the phase is that of this update.
        """
        for phase in self.phases:
            if step < phase.steps:
                part = (step + 0.5) / phase.steps
                if phase.epoch:
                    phase = replace(phase, masked=mask_ratio(1 + step // phase.epoch))
                return phase, rate_at(part, phase.rate)
            step -= phase.steps
        raise ValueError(f"step {step} lies beyond the plan of {self.steps} updates")

    def windows_of(self, phase: Phase) -> Windows:
        """Return the windows of a phase, the plan's where the phase has none of its own."""
        return Windows(
            phase.rounds or self.rounds, phase.windows or self.windows, phase.rows or self.rows, phase.columns or self.columns
        )


EPOCH = 125
"""Updates of an epoch: 32 samples at a time from the 4018 days of 2000 to 2010, the published training years."""

PUBLISHED = (Phase(150 * EPOCH, 1, 1e-3, epoch=EPOCH), Phase(10 * EPOCH, 2, 1e-4), Phase(4 * EPOCH, 4, 5e-5))
"""AI-GOMS: 150 epochs of single days with its masking schedule, then fine-tuning on rollouts."""

FOURCASTNET = (Phase(80 * EPOCH, 1, 5e-4), Phase(50 * EPOCH, 2, 1e-4))
"""FourCastNet: 80 epochs of single steps, 50 of two steps."""

PLANS = {
    "small": Plan(
        (
            Phase(400, 1, 1.5e-3),
            Phase(100, 3, 8e-4, rows=128, columns=224),
            Phase(60, 5, 5e-4, rows=64, columns=160),
            Phase(40, 4, 6e-4, rows=64, columns=160, noise=0.012),
        ),
        rounds=3,
        windows=2,
        averaging=0.98,
    ),
    "aigoms-small": Plan((Phase(1600, 1, 1e-3, epoch=10), Phase(200, 2, 2e-4)), averaging=0.98),
    "fourcastnet": Plan((Phase(1600, 1, 1e-3), Phase(200, 2, 2e-4)), averaging=0.98),
    "base": Plan(PUBLISHED, averaging=0.9995, batch=32, checkpointing=True),
    "base-evolution": Plan(PUBLISHED, rounds=2, windows=4, rows=240, columns=480, averaging=0.9995, batch=32, checkpointing=True),
    "fourcastnet-published": Plan(FOURCASTNET, averaging=0.9995, batch=32, checkpointing=True),
}
"""Set by hand. The networks beside `small` get as many weight updates as it does, which has three in each update."""
