"""The command line: one file for each command.

The only room of the engine that may import `sample_data`; no other room imports it.
"""
