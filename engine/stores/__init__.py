"""Zarr stores of forecasts, references and analyses: create, append, resume, open, list, delete.

May import the schema and the runtime; other rooms import what this package exports.
"""

from engine.stores.catalogue import StoreSummary, delete_store, find_store, list_stores
from engine.stores.integrity import StoreDamaged
from engine.stores.reader import Store, open_store
from engine.stores.writer import AnalysisStore, ForecastStore, StoreBusy, StoreWriter

__all__ = [
    "AnalysisStore",
    "ForecastStore",
    "Store",
    "StoreBusy",
    "StoreDamaged",
    "StoreSummary",
    "StoreWriter",
    "delete_store",
    "find_store",
    "list_stores",
    "open_store",
]
