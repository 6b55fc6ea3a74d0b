"""The sample ocean: a simulation as a source of states, forcing and references, its stored days, and the code that makes them.

May import the engine below its command line; the engine knows it by the protocol of a source alone.
"""
