"""Runs of the sample ocean on disk: how they are computed, packed and read day by day.

May import the other rooms of the sample ocean and the engine's schema and runtime.
"""
