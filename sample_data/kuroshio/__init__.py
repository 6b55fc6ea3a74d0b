"""The Kuroshio of the sample ocean at 1/12 degree, nested in the global run.

May import the sample ocean and the engine's physics and schema.
"""
