"""Air, waves and plankton in files of one or several times a day (ERA5, ECMWF, WAVERYS, NOBM): their layouts, and their days.

May import the rest of the readers.
"""
