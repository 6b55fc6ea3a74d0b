"""A full state from an incomplete one: optimal interpolation of observations, and maps of its error.

May import models, weights, sources and the rooms below them.
"""
