"""GLORYS12 as the Copernicus Marine Service distributes it: CF names, daily means, potential temperature on 50 levels."""

from engine.readers.netcdf import Wanted
from engine.readers.product import Product
from engine.readers.values.units import FLOW, METRES, SALINITY, TEMPERATURE

GLORYS = Product(
    name="glorys",
    label="GLORYS",
    wanted=(
        Wanted("thetao", ("thetao",), TEMPERATURE, levels=True, optional=True),
        Wanted("so", ("so",), SALINITY, levels=True, optional=True),
        Wanted("uo", ("uo",), FLOW, levels=True, optional=True),
        Wanted("vo", ("vo",), FLOW, levels=True, optional=True),
        Wanted("zos", ("zos",), METRES, optional=True),
    ),
    sampling="daily mean",
    license="Copernicus Marine Service, free with attribution (E.U. Copernicus Marine Service Information)",
)
