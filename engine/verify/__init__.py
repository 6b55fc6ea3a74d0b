"""Verification: statistic, then weighted mean, then metric; ocean only, by area, beside what a forecast has to beat."""

from engine.verify.report import table, verify
from engine.verify.scores import score

__all__ = ["score", "table", "verify"]
