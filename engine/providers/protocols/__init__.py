"""One file for each protocol: a bucket (S3), files, OPeNDAP, Zarr over HTTP; each gets a day as files of the provider's layout.

May import the readers, the schema and the runtime; knows no provider by name.
"""
