"""From days of a provider's files to an analysis store that grows: finished days stay, missing ones are listed with the reason.

Days are read in this process or by the workers of a Dask cluster; one process alone writes the store. May import readers, stores
and the rooms below them.
"""

from engine.ingest.files import ingest
from engine.ingest.run import FilesOf, ingest_days
from engine.ingest.target import PRODUCTS

__all__ = ["PRODUCTS", "FilesOf", "ingest", "ingest_days"]
