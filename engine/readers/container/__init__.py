"""The bytes of foreign files: containers (netCDF classic, HDF5), codecs, limits, damage and the boundary of the reading process.

May import the runtime and the schema; names no variable of the ocean.
"""
