"""Eddies of a store, found one day after the other in the background, kept on the disk and sent to the map.

It imports the readers, the caches and the addresses of frames.
"""
