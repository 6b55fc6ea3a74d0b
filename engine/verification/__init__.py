"""Verification: statistic, then weighted mean, then metric; ocean only, by area, beside what a forecast has to beat."""

from engine.verification.report.store_report import table, verify
from engine.verification.scores import score, score_fields

__all__ = ["score", "score_fields", "table", "verify"]
