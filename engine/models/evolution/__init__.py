"""The evolution operator: static fields of a grid, inputs derived by known dynamics, advection, heave and sources.

May import the backbones' presets, the layers, the physics and the schema.
"""
