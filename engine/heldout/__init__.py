"""Held-out starts of the sample ocean: skill beside baselines and floor, and what becomes of long rollouts."""

from engine.heldout.days import FIRST_HELD_OUT_START, HELD_OUT_SEED, START_INTERVAL, held_out_days, held_out_run
from engine.heldout.endurance import stability
from engine.heldout.skill import held_out_skill

__all__ = [
    "FIRST_HELD_OUT_START",
    "HELD_OUT_SEED",
    "START_INTERVAL",
    "held_out_days",
    "held_out_run",
    "held_out_skill",
    "stability",
]
