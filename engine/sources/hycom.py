"""HYCOM as distributed: native names and packing, snapshots, in-situ temperature on 40 levels."""

import gsw
import numpy as np

from engine.sources.product import Product
from engine.sources.reading import CELSIUS, FLOW, METRES, SALINITY, Wanted

HYCOM = Product(
    name="hycom",
    label="HYCOM",
    wanted=(
        Wanted("thetao", ("water_temp", "thetao"), CELSIUS, levels=True, optional=True),
        Wanted("so", ("salinity", "so"), SALINITY, levels=True, optional=True),
        Wanted("uo", ("water_u", "uo"), FLOW, levels=True, optional=True),
        Wanted("vo", ("water_v", "vo"), FLOW, levels=True, optional=True),
        Wanted("zos", ("surf_el", "zos"), METRES, optional=True),
    ),
    sampling="snapshot",
    in_situ_names=frozenset(("water_temp",)),
)


USUAL_SALINITY = 35.0
"""Practical salinity where a file has none: potential temperature differs by at most 0.006 degC from that of 30 to 41 (500 m)."""


def potential_temperature(
    temperature: np.ndarray, salinity: np.ndarray | None, depth: np.ndarray, lat: np.ndarray, lon: np.ndarray
) -> np.ndarray:
    """Return potential temperature (z, h, w) in degC, reference pressure 0, of in-situ `temperature` (TEOS-10, gsw).

    `salinity` is practical salinity (z, h, w), `USUAL_SALINITY` where it is missing; `depth` (z,) in metres, `lat` (h,) and
    `lon` (w,) in degrees.
    """
    out = np.full_like(temperature, np.nan)
    for level, metres in enumerate(depth):
        wet = np.isfinite(temperature[level])
        rows, columns = np.nonzero(wet)
        practical = np.full(rows.size, USUAL_SALINITY) if salinity is None else salinity[level][wet]
        practical = np.where(np.isfinite(practical), practical, USUAL_SALINITY)
        pressure = gsw.p_from_z(-metres, lat[rows])
        absolute = gsw.SA_from_SP(practical, pressure, lon[columns], lat[rows])
        out[level][wet] = gsw.pt0_from_t(absolute, temperature[level][wet], pressure)
    return out
