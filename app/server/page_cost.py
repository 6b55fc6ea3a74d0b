"""What a server spares itself on every page: checks of Bokeh that are for developers, and walks of the garbage collector."""

import gc

from bokeh.settings import settings

OBJECTS_BETWEEN_COLLECTIONS = 5000
"""With Python's 700 the collector runs some 70 times while a page is made."""


def leave_out_checks() -> None:
    """Let Bokeh take documents and callbacks unchecked: a sixth of the calls that make a page are checks."""
    settings.perform_document_validation = False
    settings.perform_error_diagnostics = False


def leave_out_what_stays() -> None:
    """Let the garbage collector pass over all that is in memory now, such as libraries, and run less often.

    To be called once everything is loaded: a full collection, one every few pages, looks through all of it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
