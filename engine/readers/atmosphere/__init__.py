"""Air and waves in files of several times a day (ERA5, ECMWF, WAVERYS): their layouts, and days made of their hours.

May import the rest of the readers.
"""
