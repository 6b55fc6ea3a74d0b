"""Widgets bound to one choice: a change of either side shows on the other."""

from typing import Any

from app.page.panel_workarounds import answer_at_once
from app.state.selection import Selection
from app.views.widgets.lists import Select


def bind(selection: Selection, name: str, widget: Any) -> Any:
    """Bind the value of `widget` to the choice called `name`, both ways, and return the widget.

    An empty answer of the widget (its options are being replaced) is not a choice.
    """

    def chosen(event: Any) -> None:
        if event.new is not None and event.new != getattr(selection, name):
            selection.param.update(**{name: event.new})

    def changed(event: Any) -> None:
        if widget.value != event.new and offers(widget, event.new):
            widget.value = event.new

    widget.param.watch(chosen, "value")
    selection.param.watch(changed, name)
    return widget


def chooser(selection: Selection, name: str, label: str, options: dict[str, Any]) -> Any:
    """Return a list of {label: value} bound to the choice called `name`."""
    value = getattr(selection, name)
    start = value if value in options.values() else next(iter(options.values()))
    widget: Any = Select(label=label, options=options, value=start, size="small", sizing_mode="stretch_width")
    answer_at_once(widget)
    return bind(selection, name, widget)


def offers(widget: Any, value: Any) -> bool:
    """Return whether `value` is among the options of a widget; True for one without options."""
    options = getattr(widget, "options", None)
    if options is None:
        return True
    return value in (options.values() if isinstance(options, dict) else options)


def offer(widget: Any, choices: dict[str, Any], value: Any) -> None:
    """Replace the options of a widget, {label: value}, and its value in one step; a value not on offer gives the first."""
    if not choices:
        return
    if value not in choices.values():
        value = next(iter(choices.values()))
    changes: dict[str, Any] = {}
    if widget.options != choices:
        changes["options"] = choices
    if widget.value != value:
        changes["value"] = value
    if changes:
        widget.param.update(**changes)
    if "options" in changes and "value" not in changes:
        # The browser identifies a value by its label, which may have changed.
        widget.param.trigger("value")


def update(widget: Any, **values: Any) -> None:
    """Set parameters of a widget that differ from what they are, in one step."""
    changes = {name: value for name, value in values.items() if getattr(widget, name) != value}
    if changes:
        widget.param.update(**changes)
