"""Colours: the theme of the page, the palettes (colour maps) of fields and the limits of their colours.

It imports the engine's errors only.
"""
