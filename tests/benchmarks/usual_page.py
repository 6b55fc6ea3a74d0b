"""The usual way to play a field in Panel, to hold the page against: DynamicMap, rasterize, and a player on the server."""

import sys
from pathlib import Path
from typing import Any

import holoviews as hv
import panel as pn
from holoviews.operation.datashader import rasterize

from engine.stores import open_store


def main() -> None:
    """Serve the surface temperature of the store at argv[1] on a free port; fields are held in memory."""
    store = open_store(Path(sys.argv[1]))
    loop, lat, lon = store.loop("thetao", 0), store.grid.lat, store.grid.lon

    def page() -> Any:
        hv.extension("bokeh")
        player = pn.widgets.Player(name="lead", start=0, end=len(loop) - 1, value=0, interval=16, loop_policy="loop")

        def frame(lead: int) -> hv.Image:
            return hv.Image((lon, lat, loop[lead]), ["lon", "lat"], "thetao")

        maps = rasterize(hv.DynamicMap(pn.bind(frame, player)), width=1200, height=600, dynamic=True)
        shown = maps.opts(frame_width=1200, frame_height=600, cmap="viridis", clim=(-2, 32), framewise=False)
        return pn.Column(shown, player)

    server = pn.serve({"/": page}, port=0, address="127.0.0.1", show=False, start=False, verbose=False, websocket_origin="*")
    server.start()
    print(f"served at http://127.0.0.1:{server.port}", flush=True)
    server.io_loop.start()


if __name__ == "__main__":
    main()
