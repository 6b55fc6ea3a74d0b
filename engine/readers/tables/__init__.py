"""Tables of observations: columns, dates and quality flags of text or NetCDF files, read into one list of observations.

May import containers, values and the rooms below them.
"""
