"""Eddies of a store, found a day after the other behind the page, kept on the disk and sent to the map.

It imports the readers, the caches and the addresses of frames.
"""
