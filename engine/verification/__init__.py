"""Verification: statistic, then weighted mean, then metric; ocean only, by area, beside what a forecast has to beat."""
