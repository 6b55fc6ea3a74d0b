"""Fields by lead and level, from stores or computed while they are looked at, and the caches in front of them.

It imports the limits of a request, the texts of the page, and the stores and diagnostics of the engine. Nothing in it belongs to
one visitor.
"""
