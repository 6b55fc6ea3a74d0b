"""Where the component's browser files lie, and the version that is part of their address."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from engine.runtime.paths import ASSETS

STATIC = Path(__file__).parent / "static"


SCRIPTS = (*sorted(STATIC.glob("*.js")), ASSETS / "place_names.csv")
"""Where the words of the map are written."""


def version_of(files: Iterable[Path]) -> str:
    """Return a word that changes whenever one of `files` changes, so that browsers may keep them for good."""
    return hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in sorted(files))).hexdigest()[:12]


STATIC_VERSION = version_of([*STATIC.iterdir(), *ASSETS.glob("coastline-*.bin"), ASSETS / "place_names.csv"])

STATIC_URL = f"loopmap/{STATIC_VERSION}"
"""Address of the browser files, relative to the page."""
