"""Known physics of the ocean without learned parts: climatology, geostrophy, vertical modes, water columns, Ekman flow, light.

May import the schema and the runtime.
"""
