"""Tables of observations: columns, dates and quality flags of text or NetCDF files, read into one list of observations.

It imports the schema, the runtime and the other rooms of the readers.
"""
