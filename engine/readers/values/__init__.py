"""The meaning of numbers in foreign files: axes, times, units, flags, missing values, land.

May import the containers, the schema and the runtime.
"""
