"""From a table to observations: impossible or ambiguous rows are refused by number before anything is computed."""

from collections.abc import Mapping
from pathlib import Path

import gsw
import numpy as np
import pandas as pd

from engine.readers.tables.columns import Table, has_flags, read_table, text_of
from engine.readers.tables.dates import times_of
from engine.readers.tables.observations import DEFAULT_ERROR, Observations
from engine.readers.tables.quality_flags import KEPT, UNCERTAIN, counted, kept, plain_flag
from engine.readers.values.units import DEPTH, FLOW, METRES, SALINITY, TEMPERATURE, Units, plain
from engine.runtime.errors import InputError
from engine.schema.constants import DAY
from engine.schema.variables import PROGNOSTIC, VARIABLES

COLUMNS = ("time", "lat", "lon", "depth", "variable", "value")

FURTHEST_DAYS = 15
"""Days from the analysis beyond which an observation is refused, since the eddies have changed; set by hand."""

DEEPEST = 11000.0

PRESSURE: Units = {**dict.fromkeys(("dbar", "db", "decibar", "decibars"), (1.0, 0.0)), "bar": (10.0, 0.0), "Pa": (1e-4, 0.0)}

UNITS: Mapping[str, Units] = {"thetao": TEMPERATURE, "so": SALINITY, "uo": FLOW, "vo": FLOW, "zos": METRES}
"""Units in which the values of a variable may be written."""

CALLED = {**{VARIABLES[name].standard_name: name for name in PROGNOSTIC}, "psal": "so", "salinity": "so"}
"""Other names of variables that mean the same, in small letters."""

OTHERS = {
    **dict.fromkeys(("temp", "temperature", "sst", "water_temp"), "potential temperature is meant: make it so, call it thetao"),
    **dict.fromkeys(("sla", "ssha"), "an anomaly: add the mean dynamic topography and call it zos"),
}
"""Names of other quantities -> the remedy in the message."""


def read_observations(path: Path, time: np.datetime64) -> tuple[Observations, dict[str, int]]:
    """Return the observations of a table about `time`, and how many rows their quality flags left out, by column and flag.

    Columns: time, lat, lon, depth (m; 0 for sea level) or pressure (dbar), variable (thetao so uo vo zos), value and, if known,
    error, units, and flags such as value_qc, of which 1 and 2 are kept. Files are those of `read_table`, dates those of
    `times_of`. Raises InputError, which names the first row at fault, for whatever cannot be an ocean's observation.
    """
    table = read_table(path)
    _require_columns(table)
    table, left_out = _without_flagged(table)
    variable = _variables(table)
    lat, lon = table.numbers("lat"), table.numbers("lon")
    for name, degrees, low, high in (("lat", lat, -90, 90), ("lon", lon, -180, 360)):
        table.refuse(~np.isfinite(degrees), name, "a number", _dots_or_none(table))
        table.refuse((degrees < low) | (degrees > high), name, f"{low} to {high} degrees", "mind the order of lat and lon")
    depth = _depths(table, lat)
    value, scale = _values(table, variable)
    if "error" in table:
        error = table.numbers("error") * scale
        table.refuse(~(error >= 0), "error", "a standard deviation, 0 or more", "drop the column if it is unknown")
    else:
        error = np.array([DEFAULT_ERROR[name] for name in variable])
    when = times_of(table)
    days = (when - time.astype("datetime64[us]")) / DAY
    expected = f"within {FURTHEST_DAYS} days of the analysis at {time}"
    table.refuse(np.abs(days) > FURTHEST_DAYS, "time", expected, "choose another --time or drop it")
    lon = lon % 360
    same = pd.DataFrame({"time": when, "lat": lat, "lon": lon.round(9), "depth": depth, "variable": variable}).duplicated()
    table.refuse(same, "value", "one value for a variable, place, depth and time", "keep one of the rows")
    return Observations(days, lat, lon, depth, variable, value, error), left_out


def _require_columns(table: Table) -> None:
    missing = [name for name in COLUMNS if name not in table and not (name == "depth" and "pressure" in table)]
    if missing:
        found = ", ".join(table.names.values())
        raise InputError(
            f"{table.path} has the columns {found}; it lacks {', '.join(missing)}: expected {', '.join(COLUMNS)} (or pressure in "
            "place of depth) and, if known, error"
        )
    if not len(table):
        raise InputError(f"{table.path} has no rows; expected one for each observation: choose another file")


def _without_flagged(table: Table) -> tuple[Table, dict[str, int]]:
    left_out: dict[str, int] = {}
    for name in has_flags(table):
        texts = table.texts(name)
        flags = texts.map(plain_flag).to_numpy(dtype=object)
        known = "one digit of the usual conventions (1 good, 2 probably good, 3 doubtful, 4 bad, 9 missing) or their words"
        table.refuse((flags == "") & (texts != "").to_numpy(), name, known, "translate it, or rename a column that is no flag")
        meaning = f"{' or '.join(map(str, KEPT))} for good; 0 is good in some conventions and not checked in others"
        table.refuse(flags == UNCERTAIN, name, meaning, "write 1 where it is good, and drop what nobody checked")
        left_out |= counted(name, flags)
        table = table.of(kept(flags))
        if not len(table):
            raise InputError(
                f"{table.path} has no row that its flags call good ({', '.join(f'{k}: {n} rows' for k, n in left_out.items())}); "
                f"expected some with {' or '.join(map(str, KEPT))}: choose another file, or drop the column {name}"
            )
    return table, left_out


def _variables(table: Table) -> np.ndarray:
    texts = table.texts("variable")
    names = texts.map(lambda text: text if text in PROGNOSTIC else CALLED.get(text.lower(), text.lower()))
    wrong = ~names.isin(PROGNOSTIC)
    remedy = OTHERS.get(names[wrong].iloc[0], "rename or drop it") if wrong.any() else ""
    table.refuse(wrong, "variable", f"one of {', '.join(PROGNOSTIC)}", remedy)
    return names.to_numpy(dtype="<U8")


def _depths(table: Table, lat: np.ndarray) -> np.ndarray:
    """Return depths (n,) in metres; pressure becomes depth under TEOS-10 at the latitude (gsw.z_from_p)."""
    name = "depth" if "depth" in table else "pressure"
    given = table.numbers(name)
    table.refuse(~np.isfinite(given), name, "a number", _dots_or_none(table))
    unit = plain(table.units.get(name, ""))
    is_pressure = name == "pressure" or unit in PRESSURE
    units = PRESSURE if is_pressure else DEPTH
    scale, offset = _conversion(table, name, unit, units, "dbar" if is_pressure else "m")
    depth = given * scale + offset
    if is_pressure:
        depth = -gsw.z_from_p(depth, lat) + 0.0  # no minus zero at the surface
    expected = f"0 to {DEEPEST:g} m, positive down"
    table.refuse(~((depth >= 0) & (depth <= DEEPEST)), name, expected, "turn its sign, or convert it")
    return depth


def _values(table: Table, variable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return values (n,) in the units of the variable table, and the scale (n,) that made them so."""
    value = table.numbers("value")
    table.refuse(~np.isfinite(value), "value", "a number", _dots_or_none(table))
    scale, offset = np.ones(value.size), np.zeros(value.size)
    if "units" in table:
        written = table.texts("units").map(plain).to_numpy(dtype=object)
        wrong = np.array([unit != "" and unit not in UNITS[name] for unit, name in zip(written, variable, strict=True)])
        expected = f"one of {', '.join(unit for unit in UNITS[variable[wrong][0]] if unit)}" if wrong.any() else ""
        table.refuse(wrong, "units", expected, "convert the values")
        factors = [UNITS[name].get(unit, (1.0, 0.0)) for unit, name in zip(written, variable, strict=True)]
        scale, offset = (np.array(part) for part in zip(*factors, strict=True))
    elif unit := plain(table.units.get("value", "")):
        # One unit over values of several variables is that of those which can have it.
        having = [name for name in np.unique(variable) if unit in UNITS[name]]
        if not having:
            _conversion(table, "value", unit, UNITS[variable[0]], "")
        for name in having:
            scale[variable == name], offset[variable == name] = UNITS[name][unit]
    value = value * scale + offset
    for name in np.unique(variable):
        known = VARIABLES[name]
        low, high = known.valid_range
        table.refuse(
            (variable == name) & ~((value >= low) & (value <= high)), "value",
            f"{low:g} to {high:g} {known.units} for {name}", "convert its units (kelvin? centimetres?) or drop it",
        )  # fmt: skip
    return value, scale


def _conversion(table: Table, name: str, unit: str, units: Units, default: str) -> tuple[float, float]:
    if unit and unit not in units:
        raise InputError(
            f"{table.path}: {table.names.get(name, name)} has units {unit[:40]!r}; expected one of "
            f"{', '.join(each for each in units if each)}: convert it or correct the unit"
        )
    return units[unit or default] if unit or default else (1.0, 0.0)


def _dots_or_none(table: Table) -> str:
    commas = table.columns.iloc[0].map(text_of).str.fullmatch(r"[+-]?\d+,\d+").any()
    return "write decimal dots, or separate columns by semicolons" if commas else "drop rows without one"
