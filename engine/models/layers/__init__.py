"""Building blocks of networks: windows of the globe, patches and positions, Fourier blocks, the local path, advection.

May import the runtime, the schema and torch; names no preset and no physical field.
"""
