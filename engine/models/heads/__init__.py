"""The heads, which read features of the backbone: waves, biogeochemistry, the Kuroshio at 1/12 degree, completion.

May import the rooms of layers, backbones and evolution, and those below them.
"""
