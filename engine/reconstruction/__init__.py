"""Analyses from scattered observations: tables of observations, optimal interpolation, completion, and the source made of them.

May import models, weights, sources and the rooms below them.
"""
