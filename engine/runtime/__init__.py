"""Services of the program that know nothing of the ocean: paths, errors, files, threads, memory, precision, progress.

Imports no other room.
"""
