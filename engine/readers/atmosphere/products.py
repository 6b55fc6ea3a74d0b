"""Air, waves and biogeochemistry by their provider: names, units, and how many times a day there are."""

from dataclasses import dataclass

from engine.readers.netcdf import Wanted
from engine.readers.values.units import CHLOROPHYLL, FLOW, IRON, METRES, NITRATE, PRESSURE, TEMPERATURE

AIR = (
    Wanted("u10", ("u10", "10u", "10m_u_component_of_wind"), FLOW, optional=True),
    Wanted("v10", ("v10", "10v", "10m_v_component_of_wind"), FLOW, optional=True),
    Wanted("t2m", ("t2m", "2t", "2m_temperature"), TEMPERATURE, optional=True),
    Wanted("msl", ("msl", "mean_sea_level_pressure"), PRESSURE, optional=True),
    Wanted("sp", ("sp", "surface_pressure"), PRESSURE, optional=True),
)
"""Names of the Climate Data Store and Earth Data Hub, of GRIB tools, and of ARCO-ERA5."""

WAVE_HEIGHT = (Wanted("swh", ("swh", "VHM0", "significant_height_of_combined_wind_waves_and_swell"), METRES, optional=True),)
"""Significant wave height of ERA5, of WAVERYS and GLO-WAV, and of ARCO-ERA5."""

PLANKTON_AND_NUTRIENTS = (
    Wanted("chl", ("chl", "CHL"), CHLOROPHYLL, levels=True, optional=True),
    Wanted("no3", ("no3",), NITRATE, levels=True, optional=True),
    Wanted("fe", ("fe",), IRON, levels=True, optional=True),
)
"""Names of the Copernicus Marine Service; of several levels the uppermost is taken."""

_NOBM_FILL = 9e11
"""NOBM writes 9.99e11, for the total six times that."""

NOBM_GROUPS = tuple(
    Wanted(field, (name,), {**CHLOROPHYLL, "": (1.0, 0.0)}, optional=True, missing_from=_NOBM_FILL)
    for field, name in (
        ("chl", "tot"), ("chl_chlorophyte", "chl"), ("chl_diatom", "dia"), ("chl_coccolithophore", "coc"),
        ("chl_cyanobacteria", "cya"),
    )
)  # fmt: skip
"""Chlorophyll of the NASA Ocean Biogeochemical Model by group; its `chl` is that of chlorophytes, its total `tot`."""

COPERNICUS_CLIMATE = "Copernicus Climate Change Service licence: attribution"
COPERNICUS_MARINE = "Copernicus Marine Service licence: attribution"


@dataclass(frozen=True)
class HourlyProduct:
    """The files of one provider with several times a day, or one, of fields of the surface.

    `steps` are the numbers of evenly spaced times that make a whole day; `everywhere` says that the fields have values over land,
    too, so that a missing value is a fault. `needed` are the fields without which the files are of no use.
    """

    name: str
    label: str
    wanted: tuple[Wanted, ...]
    steps: tuple[int, ...]
    license: str
    forcing_kind: str = ""
    """reanalysis or forecast; empty for what is no forcing."""
    everywhere: bool = True
    needed: tuple[str, ...] = ("u10", "v10")


ERA5 = HourlyProduct("era5", "ERA5", AIR, (24,), COPERNICUS_CLIMATE, "reanalysis")
ECMWF = HourlyProduct("ecmwf", "ECMWF forecast", AIR, (24, 8, 4), "CC-BY-4.0: ECMWF open data", "forecast")
"""Steps of open data are 3 hours apart to day 6, then 6."""

WAVES = HourlyProduct("waves", "Waves", WAVE_HEIGHT, (24, 8), COPERNICUS_MARINE, everywhere=False, needed=())
BIOGEOCHEMISTRY = HourlyProduct(
    "biogeochemistry", "Biogeochemistry", PLANKTON_AND_NUTRIENTS, (1,), COPERNICUS_MARINE, everywhere=False, needed=()
)

NOBM = HourlyProduct("nobm", "NOBM", NOBM_GROUPS, (1,), "NASA: free, with citation", everywhere=False, needed=())

HOURLY_PRODUCTS = {product.name: product for product in (ERA5, ECMWF, WAVES, BIOGEOCHEMISTRY, NOBM)}
