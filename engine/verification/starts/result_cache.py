"""Results by name in a folder, so that a start is scored once as long as its reference stays the same."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.runtime.atomic import replacing
from engine.runtime.paths import cache_folder
from engine.sources import HeldOut

SCORING = 1
"""Version of the scoring; increased by hand when statistics, the dynamics of the floor or the sea level of the weather change."""


class ResultCache:
    """Results as files in a folder; a file is complete or absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str) -> Any:
        """Return the result `name`, None where there is none."""
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def has(self, name: str) -> bool:
        """Return whether there is a result `name`."""
        return (self.folder / f"{name}.json").exists()

    def put(self, name: str, value: Any) -> None:
        """Store a value that JSON can hold; arrays become lists, numbers have nine digits."""
        with replacing(self.folder / f"{name}.json", shared=True) as temporary:
            temporary.write_text(json.dumps(_plain(value)))

    def or_make(self, name: str, make: Callable[[], Any]) -> Any:
        """Return the result `name`, which is made and stored first where there is none."""
        found = self.get(name)
        if found is None:
            self.put(name, make())
            found = self.get(name)
        return found


def results_of(held_out: HeldOut, work: Path | None = None) -> ResultCache:
    """Return the results on held-out days, in `work` or among the user's caches: a folder for each series and grid."""
    rows, columns = held_out.source.grid.shape
    return ResultCache((work or cache_folder() / "skill") / f"{held_out.source.name}-{rows}x{columns}")


def short_hash(value: Any) -> str:
    """Return six letters that stand for a value that JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:6]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value
