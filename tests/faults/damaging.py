"""Ways in which files get damaged, and what a reader makes of a store that was: the same numbers, a refusal, or other numbers."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engine.stores import Store, StoreDamaged, open_store
from engine.stores.integrity import CHECKSUM, RECORD

EARLIER = "earlier-run"
"""Name of the store that files of another run come from."""

SAME, REFUSED, OTHER = "same numbers", "refused", "other numbers"


def flip(path: Path, random: np.random.Generator) -> None:
    """Change one byte to another."""
    content = bytearray(path.read_bytes())
    content[int(random.integers(len(content)))] ^= int(random.integers(1, 256))
    path.write_bytes(bytes(content))


def blank(path: Path, random: np.random.Generator) -> None:
    """Fill 64 bytes with zeros, as a disk gives back what it lost."""
    content = bytearray(path.read_bytes())
    begin = int(random.integers(max(1, len(content) - 64)))
    end = min(begin + 64, len(content))
    content[begin:end] = bytes(end - begin)
    path.write_bytes(bytes(content))


def cut(path: Path, random: np.random.Generator) -> None:
    """Keep the beginning alone."""
    content = path.read_bytes()
    path.write_bytes(content[: int(random.integers(1, len(content)))])


def empty(path: Path, _: np.random.Generator) -> None:
    """Keep the name alone."""
    path.write_bytes(b"")


def delete(path: Path, _: np.random.Generator) -> None:
    """Keep nothing."""
    path.unlink()


def exchange(path: Path, random: np.random.Generator) -> None:
    """Put in its place another file of its store: of another day where it has days, else of the same kind."""
    store = _store_of(path)
    parts = path.relative_to(store).parts
    days = parts[: parts.index("c") + 1] if "c" in parts else parts[:-1]
    of_days = "/".join((*days, *("*" for _ in parts[len(days) :])))
    alike = ([found for found in store.glob(pattern) if found.is_file() and found != path] for pattern in (of_days, "**/*"))
    others = sorted(next(filter(None, alike)))
    shutil.copyfile(others[int(random.integers(len(others)))], path)


def of_another_run(path: Path, _: np.random.Generator) -> None:
    """Put in its place the file of the same name of the store beside it, an earlier run of the same forecast."""
    store = _store_of(path)
    shutil.copyfile(store.with_name(EARLIER) / path.relative_to(store), path)


def _store_of(path: Path) -> Path:
    return next(parent for parent in path.parents if parent.parent.name == "stores")


Damage = Callable[[Path, np.random.Generator], None]

KINDS: dict[str, Damage] = {
    "a byte flipped": flip,
    "64 bytes zeroed": blank,
    "cut": cut,
    "emptied": empty,
    "deleted": delete,
    "exchanged": exchange,
    "of another run": of_another_run,
}


def everything(store: Store) -> dict[str, np.ndarray]:
    """Return all numbers of a store and its parts by name: fields, axes, masks, times, leads, and what it says of itself."""
    grid = store.grid
    found = {name: getattr(grid, name) for name in ("lat", "lon", "depth", "wet", "deptho")}
    found |= {"times": np.array([store.valid_time(lead) for lead in store.all_leads]), "leads": np.array(store.leads)}
    found["words"] = np.array(sorted(f"{name} {value}" for name, value in store.attrs.items()))
    for name in store.variables:
        for level in range(max(1, len(store.depths(name)))):
            found[f"{name} {level}"] = store.loop(name, level)
    for part in store.parts:
        found |= {f"{part}/{name}": values for name, values in everything(store.part(part)).items()}
    return found


def reading(folder: Path, expected: dict[str, np.ndarray]) -> str:
    """Return what comes of opening and reading all of a store that was damaged."""
    try:
        found = everything(open_store(folder))
    except StoreDamaged:
        return REFUSED
    equal = found.keys() == expected.keys() and all(
        np.array_equal(values, expected[name], equal_nan=values.dtype.kind == "f") for name, values in found.items()
    )
    return SAME if equal else OTHER


def edit_metadata(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what the `zarr.json` of a group says, as an editor would that knows of no checksums."""
    metadata = json.loads((folder / "zarr.json").read_bytes())
    change(metadata)
    (folder / "zarr.json").write_text(json.dumps(metadata))


def forget_checksums(folder: Path) -> None:
    """Make the metadata of a store those of one from before there were checksums and records of files."""
    edit_metadata(folder, lambda metadata: [metadata["attributes"].pop(name) for name in (CHECKSUM, RECORD)])
