"""Waves of the sample ocean: a spectral model of wind sea and swell.

May import the sample ocean's atmosphere and the engine's physics and schema.
"""
