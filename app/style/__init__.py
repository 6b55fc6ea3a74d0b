"""Colours: the theme of the page and the palettes of fields.

It imports the engine's errors only.
"""
