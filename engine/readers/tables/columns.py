"""Tables of observations in text or NetCDF files: columns by their common names, with their units."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from engine.readers.container.boundary import reading
from engine.readers.container.damage import check_whole
from engine.readers.tables.quality_flags import is_flag
from engine.runtime.errors import InputError

TEXT_ENDINGS, NETCDF_ENDINGS = (".csv", ".tsv", ".txt"), (".nc", ".nc4")

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "time": ("time", "datetime", "date_time", "timestamp", "date"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "longitude", "long"),
    "depth": ("depth",),
    "pressure": ("pressure", "pres", "press"),
    "variable": ("variable", "parameter"),
    "value": ("value",),
    "error": ("error", "uncertainty"),
    "units": ("units", "unit"),
}
"""Column -> its names in files, in order of preference; case is ignored."""

MOST_VALUES = 200_000_000
"""Values of the largest NetCDF table, set by hand: its header may announce any number."""

_HEADED = re.compile(r"(?P<name>.*?)\s*[\[(](?P<unit>[^\])]*)[\])]")
_NUMBER_WITH_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.IGNORECASE)
_SIGNS = re.compile(r"[A-Za-z°º%µ/0-9._^*+-]+([ /][A-Za-z0-9._^*+-]+)*( since .*)?")
_SHOWN = 40


@dataclass(frozen=True, eq=False)
class Table:
    """A table whose `columns` are called as in `SPELLINGS` (others keep their names); its index counts the rows of the file.

    `units` holds the units of columns where the file gives them; `names` the names of the columns in the file.
    """

    path: Path
    columns: pd.DataFrame
    units: Mapping[str, str]
    names: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.columns)

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def of(self, rows: np.ndarray) -> "Table":
        """Return the table of the rows (n,) that are True."""
        return replace(self, columns=self.columns[rows])

    def numbers(self, name: str) -> np.ndarray:
        """Return a column as float64 (n,), NaN where it has no number."""
        return pd.to_numeric(self.columns[name], errors="coerce").to_numpy(dtype=np.float64)

    def texts(self, name: str) -> "pd.Series[str]":
        """Return a column as text without blanks around it."""
        return self.columns[name].map(text_of).astype(object)

    def refuse(self, wrong: Any, name: str, expected: str, remedy: str) -> None:
        """Raise InputError that shows the first row of `name` that is `wrong` (n,), where there is one."""
        there = np.flatnonzero(np.asarray(wrong))
        if there.size:
            row = int(there[0])
            value = shown(self.columns[name].iloc[row])
            raise InputError(
                f"{self.path}: {self.names.get(name, name)} is {value} in row {self.columns.index[row] + 1} ({there.size} of "
                f"{len(self)} rows are so); expected {expected}: {remedy}"
            )


def read_table(path: Path) -> Table:
    """Return the table in a text file with a header, or in a NetCDF file whose variables share one dimension.

    Text is separated by commas, by semicolons (then a decimal comma is read, too) or by tabs; a row of units may follow the
    header. Raises InputError for a file that is none of these.
    """
    endings = ", ".join((*TEXT_ENDINGS, *NETCDF_ENDINGS))
    if not path.is_file():
        raise InputError(f"there is no file {path}; expected a table of observations ({endings}): check the path")
    if path.suffix.lower() in TEXT_ENDINGS:
        return _named(path, *_read_text(path))
    if path.suffix.lower() in NETCDF_ENDINGS:
        return _named(path, *_read_netcdf(path))
    raise InputError(f"{path} ends in {path.suffix or 'nothing'}; expected {endings}: convert the table")


def text_of(value: Any) -> str:
    """Return a cell as text without blanks around it, empty where it is missing."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return "" if value is None or value != value else str(value).strip()  # NaN and NaT alone differ from themselves


def shown(value: Any) -> str:
    """Return a cell for a message: text in quotes, numbers plain."""
    if text_of(value) == "":
        return "blank"
    if isinstance(value, str | bytes):
        text = text_of(value)
        return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
    return f"{value:.10g}" if isinstance(value, float | np.floating) else str(value)


def _named(path: Path, frame: pd.DataFrame, units: dict[str, str]) -> Table:
    """Call columns by the names of `SPELLINGS`; a name such as `depth (m)` tells the unit, too."""
    found = {str(column): _HEADED.fullmatch(str(column).strip()) for column in frame.columns}
    bare = {column: (match["name"] if match else column).strip() for column, match in found.items()}
    units = {column: match["unit"].strip() for column, match in found.items() if match} | units
    known = {spelling: name for name, spellings in SPELLINGS.items() for spelling in spellings}
    called: dict[str, str] = {}
    for column in sorted(frame.columns, key=lambda each: _rank(bare[str(each)])):
        name = known.get(bare[str(column)].lower(), "")
        if name and name not in called.values():
            called[str(column)] = name
    names = {column: called.get(column, column) for column in found}
    renamed = frame.rename(columns=names)
    return Table(
        path, renamed, {names[column]: unit for column, unit in units.items() if unit}, {names[c]: bare[c] for c in names}
    )


def _rank(name: str) -> int:
    return next((spellings.index(name.lower()) for spellings in SPELLINGS.values() if name.lower() in spellings), 0)


def _read_text(path: Path) -> tuple[pd.DataFrame, dict[str, str]]:
    with path.open("rb") as file:
        encoding = "utf-16" if file.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        with path.open(encoding=encoding) as file:
            header = next((line for line in file if line.strip() and not line.startswith("#")), "")
        separator = next((sign for sign in (";", "\t") if sign in header), ",")
        frame = pd.read_csv(path, comment="#", sep=separator, encoding=encoding, dtype=str, skipinitialspace=True)
    except pd.errors.EmptyDataError:
        raise InputError(f"{path} is empty; expected a header and a row for each observation: choose another file") from None
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"{path} cannot be read as a table ({reason}); expected text in UTF-8 with one header: save it again as CSV"
        ) from error
    called = next(csv.reader([header], delimiter=separator), [])
    if twice := sorted({name.strip() for name in called if called.count(name) > 1}):
        raise InputError(f"{path} has two columns {', '.join(twice)}; expected each once: rename or drop one")
    if not isinstance(frame.index, pd.RangeIndex):
        raise InputError(f"{path} has more cells in a row than in its header; expected as many: name every column")
    units = _units_row(frame)
    if units:
        frame = frame.iloc[1:]
    if separator != ",":
        frame = frame.apply(lambda column: _with_dots(path, column))
    return frame, units


def _units_row(frame: pd.DataFrame) -> dict[str, str]:
    """Return the units in the first row, as ERDDAP writes them; none where it has a number or what is no unit."""
    if frame.empty:
        return {}
    first = {str(name): text_of(value) for name, value in frame.iloc[0].items()}
    words = [text for text in first.values() if text]
    numeric = pd.to_numeric(pd.Series(words, dtype=object).str.replace(",", "."), errors="coerce").notna()
    degrees = any(text.lower().startswith(("deg", "°")) for text in words)
    is_units = degrees and not numeric.any() and all(_SIGNS.fullmatch(text) for text in words)
    return first if is_units else {}


def _with_dots(path: Path, column: "pd.Series[str]") -> "pd.Series[str]":
    """Return a column with decimal dots in place of commas; raises InputError where it has both, as in 1.234,5."""
    texts = column.str.strip()
    commas = texts.str.fullmatch(_NUMBER_WITH_COMMA).fillna(False).astype(bool)
    if not commas.any():
        return column
    dots = texts[~commas].str.fullmatch(r"[+-]?[\d.,]*\.[\d.,]*").fillna(False).astype(bool)
    if dots.any():
        both = f"{texts[commas].iloc[0]!r} and {texts[~commas][dots].iloc[0]!r}"
        raise InputError(f"{path}: {column.name} has {both}; expected decimal commas or decimal dots: write all in one way")
    return texts.where(~commas, texts.str.replace(",", "."))


def _read_netcdf(path: Path) -> tuple[pd.DataFrame, dict[str, str]]:
    check_whole(path)
    # Nanoseconds would end in 2262.
    times = xr.coders.CFDatetimeCoder(time_unit="us")
    with reading(path, "its table"), xr.open_dataset(path, decode_times=times) as data:
        if len(data.dims) != 1:
            dimensions = ", ".join(map(str, data.dims)) or "none"
            raise InputError(f"{path} has the dimensions {dimensions}; expected one, that of observations: save it as a table")
        if (values := sum(variable.size for variable in data.variables.values())) > MOST_VALUES:
            raise InputError(f"{path} has {values} values; expected at most {MOST_VALUES}: split the table")
        units = {str(name): str(variable.attrs.get("units", "")) for name, variable in data.variables.items()}
        dimension = next(iter(data.dims))
        frame = data.to_dataframe().reset_index()
        # A dimension without coordinates is but a count of the rows.
        return (frame if dimension in data.variables else frame.drop(columns=str(dimension))), units


def has_flags(table: Table) -> list[str]:
    """Return the names of the columns that hold quality flags."""
    return [str(name) for name in table.columns if is_flag(table.names[str(name)])]
