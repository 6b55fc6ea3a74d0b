"""Zarr stores of forecasts, references and analyses: create, append, resume, open, list, delete.

May import the schema and the runtime; other rooms import what this package exports.
"""

from engine.stores.analysis_store import AnalysisStore
from engine.stores.catalogue import StoreSummary, delete_store, find_store, list_stores, remove_unfinished
from engine.stores.integrity import StoreDamaged
from engine.stores.reader import Store, open_store
from engine.stores.validity import Missing, missing_days
from engine.stores.writer import ForecastStore, StoreBusy, StoreWriter

__all__ = [
    "AnalysisStore",
    "ForecastStore",
    "Missing",
    "Store",
    "StoreBusy",
    "StoreDamaged",
    "StoreSummary",
    "StoreWriter",
    "delete_store",
    "find_store",
    "list_stores",
    "missing_days",
    "open_store",
    "remove_unfinished",
]
