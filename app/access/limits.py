"""The most that one address may ask for, so that no request takes more memory or time than a visitor's own view needs."""

from engine.runtime.errors import InputError

MOST_LEADS = 32
"""Days of one body of frames; pages ask for six."""
MOST_PIXELS = 40_000_000
"""Pixels of a viewport: those of a screen of 5120 x 2880 with the margin that pages ask for."""
MOST_VALUES = 56_000_000
"""Values of one body: six days of a global grid of 1/12 degree."""
LONGEST_IDENTIFIER = 2048
"""Letters of the name of a store, virtual ones included."""
LONGEST_FIELD = 60
"""Letters of the name of a field."""
LONGEST_FOLDER = 255
"""Bytes of the name of a folder, beyond which file systems have none."""
MOST_NESTED = 4
"""Readers over one another in the name of a virtual store; pages use three, for the wind of an aligned persistence."""
MOST_MEMBERS = 8
"""Stores in the name of a virtual store."""
MOST_FILM_DAYS = {"mp4": 400, "gif": 124}
"""Days of a film; those of a GIF are in memory together."""
MOST_EXPORTS = 12
"""Files that are made or wait to be made at once; one is made at a time."""


class TooMuch(InputError):
    """More is asked for at once than one request gets; the message says how much it may be."""


def check_identifier(identifier: str) -> None:
    """Raise TooMuch for a name of a virtual store that is too long, too deep or made of too many."""
    if len(identifier) > LONGEST_IDENTIFIER:
        raise TooMuch(f"the name of the store has {len(identifier)} letters; expected at most {LONGEST_IDENTIFIER}")
    if (nested := identifier.count("@")) > MOST_NESTED:
        raise TooMuch(f"the name of the store has {nested} readers over one another; expected at most {MOST_NESTED}")
    if (members := identifier.count("|") + 1) > MOST_MEMBERS:
        raise TooMuch(f"the name of the store names {members} stores; expected at most {MOST_MEMBERS}")
