"""The filter of the server's log: which messages it leaves out."""

import logging
import traceback
from pathlib import Path

from tornado.websocket import WebSocketClosedError

from app.page.panel_workarounds import LOGGERS


class VisitorLeft(logging.Filter):
    """Drops three reports of a page closed while messages were under way: races of Panel and Bokeh that no code here can close.

    Panel begins to write what changed, or Tornado finishes a write nobody waits for, and the socket is closed; Bokeh lets a
    connection's session go in `on_close`, while a message received before is handled after and asserts that there is one.
    """

    RACES = (
        (WebSocketClosedError, "websocket.py", "write_message"),
        (WebSocketClosedError, "websocket.py", "wrapper"),
        (AssertionError, "connection.py", "session"),
    )

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is kept."""
        error = record.exc_info[1] if record.exc_info else None
        frames = traceback.extract_tb(error.__traceback__) if error is not None else []
        if not frames:
            return True
        place = Path(frames[-1].filename).name, frames[-1].name
        return not any(isinstance(error, kind) and place == (file, function) for kind, file, function in self.RACES)


def leave_out_races() -> None:
    """Have the loggers of the server drop what `VisitorLeft` drops."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(VisitorLeft())
