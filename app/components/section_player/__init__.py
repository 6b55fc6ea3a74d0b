"""Sections that follow the playhead of the maps, and the profile at a place along them."""

from app.components.section_player.component import SCRIPT, DailySections

__all__ = ["SCRIPT", "DailySections"]
