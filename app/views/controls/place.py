"""The choice of places for the charts: a position typed in, the chosen point, and the pins that stay beside it."""

from collections.abc import Callable
from itertools import chain
from typing import Any

import panel_material_ui as pmui

from app.state.selection import Selection
from app.style.theme import PIN_COLOURS
from app.text.coordinates import EXAMPLES, MOST_PINS, PIN_LETTERS, Position, parse_position, pins_text, position
from app.text.i18n import say
from app.text.plain_text import Text
from engine.runtime.errors import InputError


class PlaceControls:
    """A field to type a position into, the chosen point with its buttons, and the pins in their colours."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.typed = pmui.TextInput(
            label=say("Place, as {example}", example=EXAMPLES.partition(",")[0]), size="small", width=176, margin=(4, 4, 0, 0)
        )
        self.typed.param.watch(self._go, "value")
        self.point = Text(margin=(0, 0, 0, 4))
        self.pin = pmui.IconButton(icon="push_pin", size="small", description=say("Keep this point as a pin"), margin=0)
        self.pin.on_click(self._keep)
        self.close = pmui.IconButton(icon="close", size="small", description=say("Forget the point"), margin=0)
        self.close.on_click(self._forget)
        self.beside: list[Any] = []
        """Controls of other views that act on the chosen point."""
        self.objects: list[Any] = [self.typed]
        self._shown: Any = None

    def show(self) -> None:
        """Bring `objects`, the widgets of the head of the strip, up to date with the chosen point and the pins."""
        selection = self.selection
        point, pins = selection.point, selection.pinned
        if self._shown == (point, pins, selection.theme):
            return
        self._shown = point, pins, selection.theme
        self.point.object = "" if point is None else position(*point)
        self.pin.disabled = len(pins) >= MOST_PINS or point in pins
        own = [] if point is None else [self.point, self.pin, self.close, *self.beside]
        listed = map(self._listed, pins, PIN_LETTERS, PIN_COLOURS[selection.theme])
        self.objects = [self.typed, *own, *chain.from_iterable(listed)]

    def _listed(self, place: Position, letter: str, colour: str) -> list[Any]:
        """Return the words of a pin in its colour and the button that takes it away."""
        named = f"{letter} {position(*place, digits=0)}"
        words = Text(named, margin=(0, 0, 0, 8), styles={"color": colour, "font-weight": "700"})
        remove = pmui.IconButton(icon="close", size="small", description=say("Remove pin {letter}", letter=letter), margin=0)
        remove.on_click(self._remover(place))
        return [words, remove]

    def _remover(self, place: Position) -> Callable[[Any], None]:
        def remove(_: Any) -> None:
            self.selection.pins = pins_text([kept for kept in self.selection.pinned if kept != place])

        return remove

    def _keep(self, _: Any) -> None:
        point, pins = self.selection.point, self.selection.pinned
        if point is not None and point not in pins and len(pins) < MOST_PINS:
            self.selection.pins = pins_text([*pins, point])

    def _forget(self, _: Any) -> None:
        self.selection.param.update(point_latitude=None, point_longitude=None)

    def _go(self, event: Any) -> None:
        """Go to the position that was typed, or say what is wrong with it."""
        if not event.new.strip():
            self.typed.param.update(error_state=False, helper_text="")
            return
        try:
            latitude, longitude = parse_position(event.new)
        except InputError as error:
            self.typed.param.update(error_state=True, helper_text=str(error))
            return
        self.typed.param.update(error_state=False, helper_text="", value="")
        self.selection.place_clicked = True
        self.selection.param.update(point_latitude=round(latitude, 3), point_longitude=round(longitude, 3))
