"""Services of the program that are independent of the ocean: paths, errors, files, threads, memory, precision, progress.

Imports no other room.
"""
