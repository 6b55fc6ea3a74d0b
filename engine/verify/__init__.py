"""Verification: statistic, then weighted mean, then metric; ocean only, by area, beside what a forecast has to beat."""

from engine.verify.report import table, verify
from engine.verify.scores import score, score_fields

__all__ = ["score", "score_fields", "table", "verify"]
