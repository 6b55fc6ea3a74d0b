"""A page with nothing but one map component, on a small ocean made up here, and what its tests ask of it."""

from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Page, WebSocketRoute

from app.loopmap import LoopMap
from tests import waiting

LEADS = list(range(31))


class Axes:
    lat = np.arange(-89, 90, 2.0)
    lon = np.arange(1, 360, 2.0)


class Reader:
    """Temperature is the longitude's cosine plus the lead; salinity is 35 everywhere; no water north of 70."""

    grid = Axes()

    def __init__(self) -> None:
        self.reads: list[tuple[str, int]] = []

    def read(self, variable: str, lead: int, depth_index: int) -> np.ndarray:
        self.reads.append((variable, lead))
        lat, lon = np.meshgrid(self.grid.lat, self.grid.lon, indexing="ij")
        field = 10 * np.cos(np.deg2rad(lon)) + lead if variable == "thetao" else np.full(lat.shape, 35.0) + 0.01 * lat
        return np.where(lat > 70, np.nan, field).astype(np.float32)


class Visit:
    """One page with one map: the browser's side, the server's side and what went wrong."""

    def __init__(self, page: Page, component: LoopMap, document: Any, readers: dict[str, Reader], errors: list[str]) -> None:
        self.page, self.component, self.document, self.readers, self.errors = page, component, document, readers, errors
        self.points: list[tuple[float, float]] = []
        component.on_point(lambda lat, lon: self.points.append((lat, lon)))

    def update(self, **values: Any) -> None:
        self.document.add_next_tick_callback(lambda: self.component.param.update(**values))

    def state(self) -> dict[str, Any]:
        return self.page.evaluate("goms.state()")

    def until(self, condition: str) -> None:
        self.page.wait_for_function(condition)

    def wait(self, condition: Callable[[], object]) -> None:
        wait_on(self.page, condition)

    def pixel(self, x: float, y: float, panel: int = 0) -> list[int]:
        """Return red, green, blue at a share of the map's width and height."""
        script = """([panel, x, y]) => {
            const all = (root) => [...root.querySelectorAll("*")].flatMap(
                (one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
            const canvas = all(document).filter((one) => one.className === "picture")[panel];
            const [column, row] = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)];
            return [...canvas.getContext("2d").getImageData(column, row, 1, 1).data.slice(0, 3)];
        }"""
        return self.page.evaluate(script, [panel, x, y])

    def box(self) -> dict[str, float]:
        box = self.page.locator(".map").first.bounding_box()
        assert box is not None
        return dict(box)


def wait_on(page: Page, condition: Callable[[], object]) -> None:
    """Wait until a condition of the test's own holds, while the page goes on."""
    waiting.wait(condition, lambda seconds: page.wait_for_timeout(1000 * seconds))


def field(
    key: str = "forecast", store: str = "forecast", variable: str = "thetao", leads: list[int] | None = None
) -> dict[str, Any]:
    return {
        "key": key,
        "kind": "field",
        "store": store,
        "variable": variable,
        "depth_index": 0,
        "leads": LEADS if leads is None else leads,
        "title": f"title of {store}",
        "quantity": f"quantity {variable}",
        "units": "degC" if variable == "thetao" else "1e-3",
        "forcing": "winds made up",
        "notice": "sample ocean - simulation, not for navigation",
        "empty": "nothing here",
    }


DIFFERENCE = {
    "key": "difference",
    "kind": "difference",
    "of": ["forecast", "reference"],
    "title": "first minus second",
    "quantity": "difference",
    "units": "degC",
}


def never_ready(page: Page) -> None:
    """Keep from the server the word that the whole page is ready: a message of Bokeh is a header, metadata and a content."""

    def join(browser: WebSocketRoute) -> None:
        server, parts = browser.connect_to_server(), list[str | bytes]()

        def forward(part: str | bytes) -> None:
            parts.append(part)
            if len(parts) < 3:
                return
            if "document_ready" not in str(parts[2]):
                for one in parts:
                    server.send(one)
            parts.clear()

        browser.on_message(forward)

    page.route_web_socket("**/ws*", join)
