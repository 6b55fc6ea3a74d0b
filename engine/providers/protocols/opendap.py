"""A data set on an OPeNDAP server (DAP 2.0, doi 10.5067/DOC/ESE/ESE-RFC-004.1.1): its description, its attributes, its numbers.

The library `pydap` is not used here: its client gives up the session that it is handed, and with it limits and pauses.
"""

import math
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import numpy as np

from engine.providers.protocols.arrays import Variable
from engine.providers.protocols.http import Http
from engine.runtime.errors import InputError

_KINDS = {
    "Byte": ("u1", ">u1"), "Int16": ("i2", ">i4"), "UInt16": ("u2", ">u4"), "Int32": ("i4", ">i4"), "UInt32": ("u4", ">u4"),
    "Float32": ("f4", ">f4"), "Float64": ("f8", ">f8"),
}  # fmt: skip
"""Type -> type in memory and type as it is sent: whole numbers of 16 bits take 32 (XDR)."""

_DECLARED = re.compile(r"(\w+)\s+([^\s;{}\[\]]+)((?:\[[^\]]*\])+)\s*;")
_AXIS = re.compile(r"\[\s*(?:([^\s=\]]+)\s*=\s*)?(\d+)\s*\]")
_TOKENS = re.compile(r'"(?:\\.|[^"\\])*"|[{};,]|[^\s{};,"]+')
_DATA = b"\nData:\n"


class DapDataset:
    """A data set on a server: `variables` by name, numbers as they are asked for; coordinates are read once.

    Raises InputError where the answer is not of this protocol, and what `Http.bytes` raises.
    """

    cuts_columns = True

    def __init__(self, http: Http, address: str) -> None:
        self._http, self.address = http, address
        structure = http.bytes(f"{address}.dds").decode("utf-8", "replace")
        attributes = _attributes(http.bytes(f"{address}.das").decode("utf-8", "replace"))
        if not structure.lstrip().startswith("Dataset"):
            raise InputError(f"{address} answers {structure[:60]!r}; expected a data set of OPeNDAP: check --address")
        self.attributes: dict[str, Any] = attributes.get("NC_GLOBAL", {})
        self.variables: dict[str, Variable] = {}
        for kind, name, axes in _DECLARED.findall(structure):
            found = _AXIS.findall(axes)
            if kind in _KINDS and name not in self.variables:
                dimensions = tuple(dimension or name for dimension, _ in found)
                shape = tuple(int(length) for _, length in found)
                dtype = np.dtype(_KINDS[kind][0])
                self.variables[name] = Variable(dimensions, shape, dtype, _typed(attributes.get(name, {}), dtype))
        self._axes: dict[str, np.ndarray] = {}

    def read(self, name: str, part: tuple[slice, ...]) -> np.ndarray:
        """Return the numbers of a part of a variable as they are stored."""
        one = self.variables[name]
        if one.dimensions == (name,):
            if name not in self._axes:
                self._axes[name] = self._asked(name, (slice(0, one.shape[0]),))
            return self._axes[name][part]
        return self._asked(name, part)

    def _asked(self, name: str, part: tuple[slice, ...]) -> np.ndarray:
        one = self.variables[name]
        bounds = [index.indices(length)[:2] for index, length in zip(part, one.shape, strict=True)]
        wanted = quote(name + "".join(f"[{start}:1:{stop - 1}]" for start, stop in bounds), safe=":")
        sizes = [stop - start for start, stop in bounds]
        sent = np.dtype(next(sent for kind, sent in _KINDS.values() if np.dtype(kind) == one.kind))
        count = math.prod(sizes)
        body = self._http.bytes(f"{self.address}.dods?{wanted}", complete=_holds(count, sent.itemsize))
        begin = body.index(_DATA) + len(_DATA)
        told = int.from_bytes(body[begin : begin + 4], "big")
        if told != count:
            raise InputError(f"{self.address} sends {told} numbers of {name}; expected {count}: check --address")
        return np.frombuffer(body, sent, count, begin + 8).astype(one.kind).reshape(sizes)


def _holds(count: int, width: int) -> Callable[[bytes], bool]:
    """Return whether an answer has its two counts and all numbers: an error of the server can end it in the middle."""

    def complete(body: bytes) -> bool:
        begin = body.find(_DATA)
        return begin >= 0 and len(body) >= begin + len(_DATA) + 8 + count * width

    return complete


def _attributes(text: str) -> dict[str, dict[str, Any]]:
    """Return the attributes of each variable in an answer about attributes (DAS); deeper containers are left out."""
    found: dict[str, dict[str, Any]] = {}
    path: list[str] = []
    line: list[str] = []
    for token in _TOKENS.findall(text):
        if token == "{":
            path.append(line[-1] if line else "")
            line = []
        elif token == "}":
            path = path[:-1]
            line = []
        elif token == ";":
            if len(path) == 2 and len(line) >= 3 and (value := _value(line[0], line[2:])) is not None:
                found.setdefault(path[1], {})[line[1]] = value
            line = []
        else:
            line.append(token)
    return found


def _value(kind: str, words: list[str]) -> Any:
    texts = [word for word in words if word != ","]
    if kind in ("String", "Url"):
        return ", ".join(re.sub(r"\\(.)", r"\1", text.strip('"')) for text in texts)
    if kind not in _KINDS:
        return None
    numbers = np.array([float(text) for text in texts]).astype(_KINDS[kind][0])
    return numbers[0] if numbers.size == 1 else numbers


def _typed(attributes: dict[str, Any], kind: np.dtype) -> dict[str, Any]:
    """Return attributes with the missing values in the type of the variable, since some servers widen them."""
    fills = ("_FillValue", "missing_value")
    return {name: kind.type(value) if name in fills and np.isscalar(value) else value for name, value in attributes.items()}
