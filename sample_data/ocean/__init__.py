"""The ocean of the simulation: quasi-geostrophic eddies, tropical Rossby and Kelvin waves, tracers, mixed layer, upwelling.

May import the engine's physics and schema.
"""
