"""The weather over the sample ocean: wind, air pressure, air temperature and sea ice, all a function of seed and day.

May import the engine below its command line.
"""
