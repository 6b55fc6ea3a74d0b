"""Scripts that build the shipped assets: climatology, bathymetry, the floor of the Kuroshio.

May import the engine and the other rooms of the sample ocean.
"""
