"""The button and the drop target that send files in pieces, in the visitor's browser, and tell how far they are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from app.loopmap.static_files import STATIC_URL

SCRIPT = Path(__file__).parent / "file_drop.js"


class FileDrop(JSComponent):
    """Sends files to the secret names that `answer` gives it; the whole page is where they may be dropped."""

    endings = param.List(default=[], constant=True, doc="Endings of the names of files that are taken.")
    answer = param.Dict(default={}, doc="`asked`, the number of the question; `secrets`, one a file, or `error`.")
    working = param.Boolean(default=False, doc="The files are there and are being taken in.")
    fraction = param.Number(default=0.0, doc="How much of that is done.")
    doing = param.String(default="", doc="What is being done, or how it ended.")
    failed = param.Boolean(default=False, doc="`doing` tells of a refusal.")

    words = param.Dict(default={}, constant=True, doc="English text of the script -> that of the page.")
    static_url = param.String(default=STATIC_URL, constant=True, doc="Where the function that translates is, as LoopMap has it.")

    _esm = SCRIPT

    def __init__(self, heard: Callable[[dict[str, Any]], None], **params: Any) -> None:
        """Call `heard` with each message: `begin` with files of [name, bytes], `sent`, or `cancel`."""
        super().__init__(**params)
        self._heard = heard

    def _handle_msg(self, data: dict[str, Any]) -> None:
        self._heard(data)
