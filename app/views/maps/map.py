"""The maps and their player: the loop map component, fed from the scene and bound to the choices it can change itself."""

from typing import Any

import param

from app.loopmap import LoopMap
from app.loopmap.static_files import SCRIPTS
from app.state.colour_choice import colour_choice
from app.state.map_view import untouched, view_of
from app.state.scene import STORE, Scene, shown_depth, shown_variable
from app.state.selection import OWN_VIEW, Selection
from app.style.palettes import PALETTES
from app.style.theme import MAP_LAYOUT, PIN_COLOURS, map_colours
from app.text.coordinates import PIN_LETTERS
from app.text.i18n import say, words_in
from app.views.widgets.selection_view import SelectionView
from engine.schema.regions import REGIONS, Region


class MapView(SelectionView):
    """One to three linked maps; changes of view and playhead and clicks are written into the selection."""

    def __init__(self, selection: Selection) -> None:
        super().__init__(selection)
        self.component = LoopMap(
            sizing_mode="stretch_width", playhead=selection.lead, view=_view(selection), marker=selection.point,
            layers=selection.shown_layers, divider=selection.divider, axis_name=say("axis of the current"),
            words=words_in(*SCRIPTS), margin=0,
            stylesheets=[MAP_LAYOUT, map_colours(selection.theme)],
        )  # fmt: skip
        # The first scene of a store fits the map to it, unless the address has a view.
        self._source = "" if untouched(selection) and selection.region == "global" else selection.source
        self.component.param.watch(self._view_moved, "view")
        self.component.param.watch(self._playhead_moved, ["playhead", "playing"])
        self.component.on_point(self._clicked)
        self.component.on_step(self._stepped)
        self._depths: tuple[float, ...] = ()
        self._mark_pins()
        self.component.param.watch(lambda event: setattr(selection, "divider", event.new), "divider")
        if untouched(selection) and selection.region in REGIONS:
            self._look_at(REGIONS[selection.region])

    def show(self, scene: Scene) -> None:
        """Draw a scene; only what changed travels to the browser."""
        self._depths = scene.depths
        changes: dict[str, Any] = {
            "panels": [panel.to_message() for panel in scene.panels],
            "leads": scene.leads,
            "times": scene.times,
            "layout": scene.layout,
        }
        if scene.primary is not None:
            changes |= self.colouring(shown_variable(self.selection, scene))
            if self.selection.source != self._source and self.selection.source.startswith(STORE):
                box = _box_of(scene)
                self.selection.region = box.name if box.name in REGIONS else OWN_VIEW
                self._look_at(box)
            self._source = self.selection.source
        self.component.param.update(**{name: value for name, value in changes.items() if getattr(self.component, name) != value})

    def colouring(self, variable: str) -> dict[str, Any]:
        """Return palette and range of the component for a variable."""
        choice = colour_choice(self.selection, variable)
        changes: dict[str, Any] = {"palette": choice.palette, "range_mode": choice.range_mode, "log_scale": choice.log_scale}
        if choice.limits is not None:
            changes |= {"range_low": choice.limits[0], "range_high": choice.limits[1]}
        return changes

    def _view_moved(self, event: Any) -> None:
        latitude, longitude, span = (round(float(number), 3) for number in event.new)
        chosen = (self.selection.latitude, self.selection.longitude, self.selection.span)
        if (latitude, longitude, span) == chosen:
            return
        named = REGIONS.get(self.selection.region)
        region = self.selection.region if named and _close(event.new, view_of(named)) else OWN_VIEW
        self.selection.param.update(
            latitude=max(-90.0, min(90.0, latitude)), longitude=longitude % 360, span=max(0.1, min(720.0, span)), region=region
        )

    def _playhead_moved(self, *_: Any) -> None:
        # While the loop plays, the address would change several times a second without use.
        if not self.component.playing and self.component.playhead != self.selection.lead:
            self.selection.lead = self.component.playhead

    def _clicked(self, latitude: float, longitude: float) -> None:
        self.selection.place_clicked = True
        self.selection.param.update(point_latitude=round(latitude, 3), point_longitude=round(longitude, 3))

    def _stepped(self, what: str, by: int) -> None:
        """Go to the level above or below the one shown, or to the palette beside it in the list."""
        if what == "palette":
            self.selection.palette = PALETTES[(PALETTES.index(self.component.palette) + by) % len(PALETTES)]
        elif len(self._depths) > 1:
            level = shown_depth(self.selection, self._depths)[0] + by
            self.selection.depth = self._depths[max(0, min(level, len(self._depths) - 1))]

    @param.depends("selection.region", watch=True)
    def _region_chosen(self) -> None:
        if self.selection.region in REGIONS:
            self._look_at(REGIONS[self.selection.region])

    @param.depends("selection.latitude", "selection.longitude", "selection.span", watch=True)
    def _view_chosen(self) -> None:
        if not _close(self.component.view, _view(self.selection)):
            self.component.view = _view(self.selection)

    @param.depends("selection.lead", watch=True)
    def _lead_chosen(self) -> None:
        if not self.component.playing and self.component.playhead != self.selection.lead:
            self.component.playhead = self.selection.lead

    @param.depends("selection.point_latitude", "selection.point_longitude", watch=True)
    def _point_chosen(self) -> None:
        self.component.marker = self.selection.point

    @param.depends("selection.pins", "selection.theme", watch=True)
    def _mark_pins(self) -> None:
        ink = PIN_COLOURS[self.selection.theme]
        marks = zip(self.selection.pinned, PIN_LETTERS, ink, strict=False)
        self.component.pins = [[*place, letter, colour] for place, letter, colour in marks]

    @param.depends("selection.range_mode", watch=True)
    def _fix_limits(self) -> None:
        """Begin a fixed range with the limits on screen, so that choosing it changes nothing yet."""
        if self.selection.range_mode == "fixed" and self.selection.limits is None:
            low, high = self.component.shown_range
            self.selection.param.update(low=float(f"{low:.3g}"), high=float(f"{high:.3g}"))

    @param.depends("selection.layers", watch=True)
    def _layers_chosen(self) -> None:
        self.component.layers = self.selection.shown_layers

    @param.depends("selection.theme", watch=True)
    def _theme_chosen(self) -> None:
        self.component.stylesheets = [MAP_LAYOUT, map_colours(self.selection.theme)]

    @param.depends("selection.divider", watch=True)
    def _divider_chosen(self) -> None:
        self.component.divider = self.selection.divider

    def _look_at(self, region: Region) -> None:
        latitude, longitude, span = view_of(region)
        self.selection.param.update(latitude=latitude, longitude=longitude % 360, span=span)


def _view(selection: Selection) -> tuple[float, float, float]:
    return float(selection.latitude), float(selection.longitude), float(selection.span)


def _box_of(scene: Scene) -> Region:
    """Return the area of the store shown as a region."""
    assert scene.primary is not None
    grid = scene.primary.grid
    if grid.is_periodic:
        return REGIONS["global"]
    return Region("store", "Store", float(grid.lat[0]), float(grid.lat[-1]), float(grid.lon[0]), float(grid.lon[-1]))


def _close(first: Any, second: Any) -> bool:
    """Return whether two views are the same but for what the maps do to fill their box."""
    slack = 0.02 * max(first[2], second[2])
    return all(abs(a - b) < slack for a, b in zip(first, second, strict=True))
