"""Missing values and packing: from the numbers of a file to values, by what the file declares."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

from engine.readers.values.axes import default_fill
from engine.runtime.errors import InputError

NARROWEST = 0.02
"""A declared valid range narrower than this share of the physical one, as packed numbers, is read in unpacked units; set by
hand."""


@dataclass(frozen=True)
class Decoder:
    """How the numbers of one variable become values.

    `fills` are missing as numbers, `unpacked_fills` as values; `valid` is the lowest and the highest value that the file itself
    declares valid, infinite where it declares none.
    """

    scale: float
    offset: float
    packed: bool
    unsigned: bool
    fills: tuple[float, ...]
    unpacked_fills: tuple[float, ...]
    valid: tuple[float, float]

    def __call__(self, numbers: np.ndarray) -> np.ndarray:
        """Return float32 values of `numbers`, NaN where missing; values that are not `valid` stay, and the caller counts them."""
        if self.unsigned:
            numbers = numbers.view(f"{numbers.dtype.byteorder}u{numbers.dtype.itemsize}")
        # Numbers beyond float32 become infinite, which is counted as out of range.
        with np.errstate(over="ignore", invalid="ignore"):
            values = numbers.astype(np.float32)
            if self.packed:
                values *= np.float32(self.scale)
                values += np.float32(self.offset)
        for fill in self.fills:
            values[numbers == numbers.dtype.type(fill)] = np.nan
        for fill in self.unpacked_fills:
            near = 0.5 * abs(self.scale) if self.packed else 1e-6 * abs(fill)
            values[np.abs(values - np.float32(fill)) <= near] = np.nan
        return values


def decoder(path: Path, variable: netCDF4.Variable, physical: tuple[float, float]) -> Decoder:
    """Return how `variable` is to be decoded; `physical` is the range that its unpacked values may have in its own units.

    Raises InputError for a scale_factor or add_offset that is no number. Attributes of another type than the data are never
    cast: an integer counts as a number of the file, a fraction beside whole numbers as an unpacked value (NetCDF Users Guide,
    attribute conventions).
    """
    attributes = {name: variable.getncattr(name) for name in variable.ncattrs()}
    kind = np.dtype(variable.dtype)
    if kind.kind not in "iuf":
        raise InputError(f"{path}: {variable.name} holds {kind}; expected numbers: choose another file")
    scale = _factor(path, variable.name, attributes, "scale_factor", 1.0)
    offset = _factor(path, variable.name, attributes, "add_offset", 0.0)
    packed = "scale_factor" in attributes or "add_offset" in attributes
    unsigned = kind.kind == "i" and str(attributes.get("_Unsigned", "")).lower() == "true"
    stored = np.dtype(f"u{kind.itemsize}") if unsigned else kind
    fills, unpacked = _fills(attributes, kind, stored, scale, offset)
    return Decoder(
        scale, offset, packed, unsigned, fills, unpacked, _valid(attributes, kind, stored, scale, offset, packed, physical)
    )


def _factor(path: Path, name: str, attributes: dict[str, Any], attribute: str, default: float) -> float:
    value = attributes.get(attribute, default)
    number = _numbers(value)
    if number.size != 1 or not np.isfinite(number[0]) or (attribute == "scale_factor" and number[0] == 0):
        expected = "one number other than zero" if attribute == "scale_factor" else "one number"
        raise InputError(
            f"{path}: {name} has {attribute} {_shown(value)}; expected {expected}: correct the attribute "
            f"(ncatted -a {attribute},{name},o,d,NUMBER FILE)"
        )
    return float(number[0])


def _numbers(value: Any) -> np.ndarray:
    """Return the numbers (n,) in an attribute, none where it is text that is no number."""
    try:
        return np.atleast_1d(np.asarray(value).astype(np.float64)).ravel()
    except (ValueError, TypeError):
        return np.empty(0)


def _is_whole(value: Any) -> bool:
    return np.asarray(value).dtype.kind in "iu"


def _shown(value: Any) -> str:
    return repr(value) if isinstance(value, str) else str(np.asarray(value).tolist())


def _fills(
    attributes: dict[str, Any], kind: np.dtype[Any], stored: np.dtype[Any], scale: float, offset: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return what is missing as a number of the file, and what as a value."""
    own = attributes.get("_FillValue", default_fill(kind))
    fills = {_stored(value, stored) for value in _numbers(own)} if own is not None else set()
    unpacked: set[float] = set()
    text = attributes.get("missing_value", ())
    for value in _numbers(text):
        if np.isnan(value):
            continue
        if kind.kind == "f" or _is_whole(text):
            fills.add(_stored(value, stored))
            continue
        # A floating-point attribute beside integer data is a value, where it can be packed.
        ends = sorted((_limit(stored, number) * scale + offset) for number in ("min", "max"))
        if ends[0] <= value <= ends[1] and _stored(value, stored) not in fills:
            unpacked.add(float(value))
        elif "_FillValue" not in attributes:
            fills.add(_stored(value, stored))
    return tuple(fill for fill in fills if fill is not None and fill == fill), tuple(unpacked)


def _stored(value: float, stored: np.dtype[Any]) -> float | None:
    """Return `value` as a number of the type `stored` where that has exactly it, else None."""
    if stored.kind == "f":
        with np.errstate(over="ignore"):
            return float(stored.type(value))
    if not np.isfinite(value):
        return None
    low, high = _limit(stored, "min"), _limit(stored, "max")
    if low <= value <= high and value == int(value):
        return float(value)
    # The fill value of a signed type in a file with unsigned numbers.
    return float(value + 2 ** (8 * stored.itemsize)) if stored.kind == "u" and -high / 2 - 1 <= value < 0 else None


def _limit(stored: np.dtype[Any], which: str) -> float:
    return float(getattr(np.iinfo(stored), which))


def _valid(
    attributes: dict[str, Any],
    kind: np.dtype[Any],
    stored: np.dtype[Any],
    scale: float,
    offset: float,
    packed: bool,
    physical: tuple[float, float],
) -> tuple[float, float]:
    """Return the declared lowest and highest value, unpacked; attributes that are no numbers are ignored."""
    ends = [-np.inf, np.inf]
    whole = True
    both = attributes.get("valid_range")
    for number, name in enumerate(("valid_min", "valid_max")):
        value = attributes.get(name)
        found: np.ndarray | list[float] = (
            _numbers(value) if value is not None else _numbers(both)[number : number + 1] if both is not None else []
        )
        if len(found) == 1 and np.isfinite(found[0]):
            ends[number] = float(found[0])
            whole &= _is_whole(value if value is not None else both)
    if ends[0] > ends[1]:
        return -np.inf, np.inf
    if not packed or kind.kind == "f" or not whole:
        return ends[0], ends[1]
    if stored.kind == "u" and kind.kind == "i":
        ends = [end + 2 ** (8 * stored.itemsize) if end < 0 else end for end in ends]
    low, high = sorted(end * scale + offset for end in ends)
    if high - low < NARROWEST * (physical[1] - physical[0]):
        return ends[0], ends[1]
    # Half a step of room for the rounding of float32.
    return low - 0.5 * abs(scale), high + 0.5 * abs(scale)
