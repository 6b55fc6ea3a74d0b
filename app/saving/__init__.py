"""The part of the page that saves what is shown, in the visitor's browser."""

from app.saving.component import SaveMenu

__all__ = ["SaveMenu"]
