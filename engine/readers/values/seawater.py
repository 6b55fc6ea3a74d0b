"""Conversion to the temperature and salinity of the schema: potential temperature, practical salinity (TEOS-10)."""

import gsw
import numpy as np

DEFAULT_SALINITY = 35.0
"""Practical salinity where a file has none: potential temperature differs by at most 0.006 degC from that of 30 to 41 (500 m)."""

_ABSOLUTE_OVER_PRACTICAL = 35.16504 / 35
"""Reference salinity over practical salinity (Millero et al. 2008, doi 10.1016/j.dsr.2007.10.001)."""


def practical(absolute: np.ndarray) -> np.ndarray:
    """Return practical salinity of absolute salinity in g/kg, without the anomaly of composition (at most 0.03)."""
    return (absolute / _ABSOLUTE_OVER_PRACTICAL).astype(np.float32)


def potential_temperature(
    kind: str, temperature: np.ndarray, salinity: np.ndarray | None, depth: np.ndarray, lat: np.ndarray, lon: np.ndarray
) -> np.ndarray:
    """Return potential temperature (z, h, w) in degC, reference pressure 0, of `temperature` that is in-situ or conservative.

    `salinity` is practical salinity (z, h, w), `DEFAULT_SALINITY` where it is missing; `depth` (z,) in metres, `lat` (h,) and
    `lon` (w,) in degrees.
    """
    out = np.full_like(temperature, np.nan)
    for level, metres in enumerate(depth):
        wet = np.isfinite(temperature[level])
        rows, columns = np.nonzero(wet)
        given = np.full(rows.size, DEFAULT_SALINITY) if salinity is None else salinity[level][wet]
        given = np.where(np.isfinite(given), given, DEFAULT_SALINITY)
        pressure = gsw.p_from_z(-metres, lat[rows])
        absolute = gsw.SA_from_SP(given, pressure, lon[columns], lat[rows])
        values = temperature[level][wet]
        in_situ = kind == "in-situ"
        out[level][wet] = gsw.pt0_from_t(absolute, values, pressure) if in_situ else gsw.pt_from_CT(absolute, values)
    return out
