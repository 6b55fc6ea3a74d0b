"""Verification results as files: what `held_out_skill` and `stored_skill` found, shipped or the user's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError
from engine.runtime.paths import ASSETS, verification_folder

SHIPPED = ASSETS / "skill"
MOST_BYTES = 32 << 20
"""Largest file of results, set by hand: one of ten models has about 2 MB."""

ROW = {
    "model": str, "variable": str, "depth": (int, float), "band": str, "lead_days": int, "rmse": (int, float),
}  # fmt: skip
ENERGY = {"model": str, "band": str, "lead_days": int}
POWER = {"model": str, "region": str, "quantity": str, "wavelengths": str, "lead_days": int}
TABLES: dict[str, Mapping[str, Any]] = {"rows": ROW, "stratification": ROW, "energy": ENERGY, "power": POWER}
"""Table -> the columns that tell its rows apart, and what they hold."""

FACTS = {"starts": list, "run": str, "grid": list, "weights_sha256": dict, "spectra": dict}


@dataclass(frozen=True, eq=False)
class Result:
    """One file of verification results; `tables` are those of `skill_tables` with the facts of the comparison."""

    name: str
    shipped: bool
    tables: Mapping[str, Any]

    @property
    def models(self) -> list[str]:
        """Return the models scored, in the order of the tables."""
        return list(dict.fromkeys(row["model"] for row in self.tables["rows"]))


def read_result(path: Path) -> Result:
    """Return the result in a file; raises InputError for a file of another shape, naming what it lacks."""

    def refuse(why: str) -> InputError:
        return InputError(
            f"{path.name} is no verification result: {why}; expected what `goms verify --held-out MODEL` writes: make it again, "
            "or delete the file"
        )

    try:
        if path.stat().st_size > MOST_BYTES:
            raise refuse(f"it has {path.stat().st_size >> 20} MB, over {MOST_BYTES >> 20}")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise refuse(f"it cannot be read as JSON ({error})") from error
    if not isinstance(found, dict):
        raise refuse(f"it holds a {type(found).__name__}")
    for name, kind in FACTS.items():
        if not isinstance(found.get(name), kind):
            raise refuse(f"it has no {name}")
    for name, columns in TABLES.items():
        if why := _wrong(found.get(name), columns):
            raise refuse(f"{name} {why}")
    if not found["rows"]:
        raise refuse("rows is empty")
    return Result(path.stem, path.parent == SHIPPED, found)


def _wrong(table: Any, columns: Mapping[str, Any]) -> str:
    """Return what is wrong with a table, empty where nothing is."""
    if not isinstance(table, list):
        return "is missing"
    for number, row in enumerate(table):
        if not isinstance(row, dict):
            return f"has no columns in row {number}"
        for name, kind in columns.items():
            # A score may be undefined, such as that of a depth without water.
            if not isinstance(row.get(name), kind) and not (name == "rmse" and name in row and row[name] is None):
                return f"has no {name} in row {number}"
    return ""


def result_files() -> list[Path]:
    """Return the files of all results, shipped ones first, then the user's own, the newest first."""
    own = verification_folder()
    kept = sorted(own.glob("*.json"), key=lambda path: -path.stat().st_mtime) if own.is_dir() else []
    return [*sorted(SHIPPED.glob("*.json")), *kept]


def keep_result(tables: Mapping[str, Any], name: str = "") -> Path:
    """Write a result into the user's folder under `name`, by default that of the comparison, and return the file."""
    folder = verification_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name or comparison_name(tables)}.json"
    with replacing(path, shared=True) as temporary:
        temporary.write_text(json.dumps(tables), encoding="utf-8")
    return path


def comparison_name(tables: Mapping[str, Any]) -> str:
    """Return a name that is equal for equal comparisons: models, run, number of starts, grid."""
    models = "+".join(dict.fromkeys(str(row["model"]) for row in tables["rows"]))
    grid = "x".join(str(size) for size in tables["grid"])
    return f"{models}__{tables['run']}__{len(tables['starts'])}-starts__{grid}"
