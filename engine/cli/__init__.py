"""The command line `goms`: `main.py` defines all commands with their options, and the longer ones have their work in a file each.

The only room of the engine that may import `sample_data`; no other room imports it.
"""
