"""Work that takes minutes: a queue in front of one child process, and the program of that process.

The queue imports the standard library and the paths of the engine only; the program imports the engine.
"""
