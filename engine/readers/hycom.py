"""HYCOM as distributed: native names and packing, snapshots, in-situ temperature on 40 levels."""

from engine.readers.netcdf import Wanted
from engine.readers.product import Product
from engine.readers.values.units import FLOW, METRES, SALINITY, TEMPERATURE

HYCOM = Product(
    name="hycom",
    label="HYCOM",
    # GOFS 3.0 (GLBu0.08) calls them temperature, salinity, u, v, ssh; the archive's ts3z files are often renamed to thetao, so.
    wanted=(
        Wanted("thetao", ("water_temp", "temperature", "thetao"), TEMPERATURE, levels=True, optional=True),
        Wanted("so", ("salinity", "so"), SALINITY, levels=True, optional=True),
        Wanted("uo", ("water_u", "u", "uo"), FLOW, levels=True, optional=True),
        Wanted("vo", ("water_v", "v", "vo"), FLOW, levels=True, optional=True),
        Wanted("zos", ("surf_el", "ssh", "zos"), METRES, optional=True),
    ),
    sampling="snapshot",
    in_situ_names=frozenset(("water_temp",)),
    license="Distribution A: approved for public release, distribution unlimited",
    # GOFS 3.1 is computed without tides; of its successor ESPC-D-V02 no statement is known.
    perhaps_tidal=("espc",),
)
