"""Readers of foreign files: each brings the files of one provider or form to fields of the schema on a model grid.

May import its sub-rooms `container` and `values`, the physics, the schema and the runtime.
"""
