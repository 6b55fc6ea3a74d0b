"""OceanBench and the public daily forecasts of its kind: their Zarr stores become forecasts here, and ours become theirs.

`layout` says what such a store looks like, `opening` and `challenger` read one, `ingest` makes a forecast store of it, `export`
writes one, and `below` estimates the level under the model's last. May import the protocols of the providers, the stores, the
readers, the climatology and what lies below them.
"""
