"""Fields as the map draws them: cut to a viewport, packed into bytes, and served under an address of their own.

It imports the caches, the palettes, the limits of a request and the files of the map.
"""
