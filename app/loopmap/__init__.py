"""The map component: frames, playhead, view, coastlines and colour bar in the browser."""

from app.loopmap.component import LoopMap, pack_path

__all__ = ["LoopMap", "pack_path"]
