"""The map component: frames, playhead, view, coastlines and colour bar in the browser."""

from app.loopmap.component import LoopMap

__all__ = ["LoopMap"]
