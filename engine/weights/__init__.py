"""Weights on disk: safetensors with a JSON card and checksums, and the loading of models and heads by name.

May import the models and the rooms below them.
"""
