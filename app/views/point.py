"""What the charts at the chosen point share: the stores they draw, and one pane redrawn off the page's own thread."""

from collections.abc import Callable, Hashable
from typing import Any

from app.readers import FieldReader
from app.scene import Scene
from app.selection import Selection
from app.services import Services
from app.views.background import Latest, chart_pane
from app.words import store_label


class PointChart:
    """One plot of forecast and reference at the chosen point."""

    def __init__(self, selection: Selection, services: Services) -> None:
        self.selection = selection
        self.services = services
        self.layout = chart_pane()
        self._latest = Latest(services)

    def draw(self, asked: Hashable, make: Callable[[], Any]) -> None:
        """Draw the element that `make` returns, unless what was `asked` for is on screen already."""

        def put(element: Any) -> None:
            self.layout.object = element

        self._latest.run((self.selection.point, self.selection.theme, asked), make, put)


def drawn_readers(scene: Scene) -> list[FieldReader]:
    """Return the stores whose curves belong into one plot: what the map shows, then what stands beside it."""
    return [reader for reader in (scene.primary, scene.comparison) if reader is not None]


def curve_name(reader: FieldReader, taken: dict[str, Any]) -> str:
    """Return the name of a store's curve, or a second name where it is taken."""
    label = store_label(reader.kind, reader.attrs)
    return label if label not in taken else f"{label} (2)"
