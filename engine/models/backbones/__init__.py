"""The backbones and their named sizes: the Fourier masked autoencoder after AI-GOMS, FourCastNet, masking, presets.

May import the layers and the rooms below them.
"""
