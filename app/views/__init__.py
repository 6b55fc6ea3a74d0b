"""Widgets bound to the selection, and the charts and maps that follow it: controls, charts, maps, and what they share.

Views import the state, the analysis and the components; none imports the session.
"""
