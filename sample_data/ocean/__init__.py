"""The sample ocean itself: quasi-geostrophic eddies, tropical waves, tracers, ice and atmosphere.

May import the engine's physics and schema.
"""
