"""Plankton and nutrients of the sample ocean: a simple cycle driven by its currents, light and mixing.

May import the sample ocean and the engine's physics and schema.
"""
