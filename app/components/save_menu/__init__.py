"""The part of the page that saves what is shown, in the visitor's browser."""

from app.components.save_menu.component import KINDS, SCRIPT, SKILL_KINDS, SaveMenu

__all__ = ["KINDS", "SCRIPT", "SKILL_KINDS", "SaveMenu"]
