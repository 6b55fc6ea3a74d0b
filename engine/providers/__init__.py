"""Providers of real ocean data: who they are, as data, what a request means, and the way of a day through the ingest of files.

May import its sub-room `protocols`, the ingest, the stores, the readers and the runtime.
"""
