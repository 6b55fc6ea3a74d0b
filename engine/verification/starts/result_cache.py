"""What was scored stays scored: results by name in a folder, as long as the names of the truth stay the same."""

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
"""Raised by hand when statistics, the floor's dynamics or the sea level of the weather change."""


class ResultCache:
    """Results in a folder of files; a file is whole or absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str) -> Any:
        """Return what is kept under `name`, None where nothing is."""
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def has(self, name: str) -> bool:
        """Return whether something is kept under `name`."""
        return (self.folder / f"{name}.json").exists()

    def put(self, name: str, value: Any) -> None:
        """Keep a value that JSON can hold; arrays become lists, numbers are kept to nine figures."""
        with replacing(self.folder / f"{name}.json", shared=True) as temporary:
            temporary.write_text(json.dumps(_plain(value)))

    def or_make(self, name: str, make: Callable[[], Any]) -> Any:
        """Return what is kept under `name`, made and kept first where nothing is."""
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
