"""Training plans of the presets: phases of one-step and rollout training, windows, learning rates, the global batch."""

from dataclasses import dataclass, replace
from math import cos, pi

from engine.models.backbones.masking import mask_ratio

LARGEST_GRADIENT = 1.0
"""Norm to which the gradients of an update are shortened; set by hand."""

RISE = 0.04
"""Share of a phase in which the learning rate rises; set by hand."""


LOWEST_RATE = 0.02
"""Share of the highest rate at the ends of a phase; set by hand."""


def rate_at(part: float, highest: float, rise: float = RISE, lowest: float = LOWEST_RATE) -> float:
    """Return the learning rate at a share `part` of a phase: a linear rise to `highest`, then a cosine to a share of it."""
    if part < rise:
        return highest * max(part / rise, lowest)
    return highest * (lowest + (1 - lowest) * (0.5 + 0.5 * cos(pi * (part - rise) / (1 - rise))))


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
    loss: str = "tendency"
    """`tendency` or `relative`, see `engine.training.losses`."""
    optimiser: str = "adamw"
    """`adamw` or `adam`."""
    largest_gradient: float | None = LARGEST_GRADIENT
    """Norm to which the gradients of an update are shortened."""
    rise: float = RISE
    lowest_rate: float = LOWEST_RATE
    """Shares of a phase and of its highest rate, as `rate_at` takes them."""

    @property
    def steps(self) -> int:
        """Return the number of updates."""
        return sum(phase.steps for phase in self.phases)

    @property
    def longest(self) -> int:
        """Return the days of the longest rollout."""
        return max(phase.horizon for phase in self.phases)

    def at(self, step: int) -> tuple[Phase, float]:
        """Return the phase of update `step` (from 0) and its learning rate; the masked share is that of this update."""
        for phase in self.phases:
            if step < phase.steps:
                part = (step + 0.5) / phase.steps
                if phase.epoch:
                    phase = replace(phase, masked=mask_ratio(1 + step // phase.epoch))
                return phase, rate_at(part, phase.rate, self.rise, self.lowest_rate)
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
"""150 epochs of single days with the masking schedule of AI-GOMS, then rollouts of two and of four days."""

AIGOMS = Plan(
    (Phase(150 * EPOCH, 1, 1e-3, epoch=EPOCH), Phase(10 * EPOCH, 2, 1e-4)),
    averaging=0.0,
    batch=32,
    checkpointing=True,
    loss="relative",
    optimiser="adam",
    largest_gradient=None,
    rise=0.0,
    lowest_rate=0.0,
)
"""The training of the public code of AI-GOMS: relative L2 loss, Adam, a cosine over 150 epochs, then rollouts of two days whose
losses are added. Length and rate of the second phase are not published and are set by hand."""

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
    "base-published": AIGOMS,
    "base-evolution": Plan(PUBLISHED, rounds=2, windows=4, rows=240, columns=480, averaging=0.9995, batch=32, checkpointing=True),
    "fourcastnet-published": Plan(FOURCASTNET, averaging=0.9995, batch=32, checkpointing=True),
}
"""Set by hand. The networks beside `small` get as many weight updates as it does, which has three in each update."""
