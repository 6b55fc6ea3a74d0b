"""Forecasts: the rollout of a model day by day, with its heads, into a store.

May import models, weights, diagnostics, stores, sources and the rooms below them; does not know training or verification.
"""
