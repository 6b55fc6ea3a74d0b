"""Daily maps of sea surface temperature: OISST, and GHRSST level 4 such as OSTIA and ODYSSEA."""

from engine.readers.netcdf import Wanted
from engine.readers.product import Product
from engine.readers.values.units import TEMPERATURE

SURFACE_TEMPERATURE = Product(
    name="sst",
    label="Sea surface temperature",
    # At the surface in-situ temperature, which these are, is potential temperature.
    wanted=(Wanted("thetao", ("analysed_sst", "sst"), TEMPERATURE, levels=True),),
    sampling="daily mean",
    license="as its provider states: OISST public domain, OSTIA and ODYSSEA Copernicus Marine Service with attribution",
)
