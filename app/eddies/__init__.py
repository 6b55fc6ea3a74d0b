"""Eddies on the maps: `finder` finds those of a store behind the page, `body` packs a view of a day, `http` answers it."""
