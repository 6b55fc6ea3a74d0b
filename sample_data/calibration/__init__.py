"""Checks of the sample ocean against observations, with their pictures.

May import all rooms of the sample ocean and the engine.
"""
