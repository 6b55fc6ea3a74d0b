"""The vocabulary of the engine: variables, regions, grids, channels, batches and normalisation.

May import the runtime alone.
"""
