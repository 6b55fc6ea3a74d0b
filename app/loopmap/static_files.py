"""Where the component's browser files lie, and the version that is part of their address."""

import hashlib
from pathlib import Path

from engine.paths import ASSETS

STATIC = Path(__file__).parent / "static"


def _version() -> str:
    files = sorted([*STATIC.iterdir(), *ASSETS.glob("coastline-*.bin"), ASSETS / "place_names.csv"])
    return hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()[:12]


STATIC_VERSION = _version()
"""Changes whenever a file changes, so that browsers may keep the files for good."""
