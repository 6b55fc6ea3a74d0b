"""Names that become folders: which names of a user are accepted, and a name for any text."""

import re

from engine.runtime.errors import InputError

LONGEST_NAME = 120
"""Letters; file systems take 255 bytes, of which endings of temporary and lock files need some."""

_NAME = re.compile(rf"[A-Za-z0-9_][A-Za-z0-9._-]{{0,{LONGEST_NAME - 1}}}", re.ASCII)
_SHOWN = 40


def checked_name(name: str, subject: str) -> str:
    """Return a name that a user gave to `subject`, such as `store`, where it can be that of a folder inside another.

    Raises InputError for anything but letters, digits, dots, dashes and underscores, a dot or dash in front, and for over
    120 letters: a slash would lead out of the folder, a dot would hide it.
    """
    if not _NAME.fullmatch(name):
        shown = repr(name[:_SHOWN]) + (f"... ({len(name)} letters)" if len(name) > _SHOWN else "")
        raise InputError(
            f"name of the {subject} is {shown}; expected at most {LONGEST_NAME} letters (A to Z), digits, dots, dashes and "
            "underscores, no dot or dash in front: choose another name"
        )
    return name


def plain_name(text: str) -> str:
    """Return `text` as a name that `checked_name` accepts: other characters become underscores, long names are cut."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text).lstrip("._-")[:LONGEST_NAME] or "file"
