"""What is let go when a visitor leaves."""

from typing import Any

from bokeh.document import Document
from panel.io.state import state


def let_go_when_left(document: Document | None) -> None:
    """Drop what Panel keeps of a document after its session has ended.

    Panel 1.9 registers the area of notifications beside the page and never takes it back: the area, its models and with them the
    document and whatever waits for one of its timers would stay for as long as the server runs.
    """
    if document is None:
        return

    def let_go(_: Any) -> None:
        for name in [name for name, (_, _, held, _) in state._views.items() if held is document]:
            state._views.pop(name, None)

    document.on_session_destroyed(let_go)
