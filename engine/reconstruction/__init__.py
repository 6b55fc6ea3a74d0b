"""A full state from an incomplete one: optimal interpolation of what was observed, and where the result is a guess.

May import models, weights, sources and the rooms below them.
"""
