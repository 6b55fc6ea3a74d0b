"""The providers, as data: what each gives, where, in which layout, under which terms."""

from collections.abc import Mapping

from engine.providers.protocols.provider import Axis, Part, Provider
from engine.runtime.errors import InputError

_HYCOM_DEPTHS = (
    0, 2, 4, 6, 8, 10, 12, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100, 125, 150, 200, 250, 300, 350, 400, 500, 600, 700,
    800, 900, 1000, 1250, 1500, 2000, 2500, 3000, 4000, 5000,
)  # fmt: skip
_GLORYS_DEPTHS = (
    0.494, 1.541, 2.646, 3.819, 5.078, 6.441, 7.930, 9.573, 11.405, 13.467, 15.810, 18.496, 21.599, 25.211, 29.445, 34.434,
    40.344, 47.374, 55.764, 65.807, 77.854, 92.326, 109.729, 130.666, 155.851, 186.126, 222.475, 266.040, 318.127, 380.213,
    453.938, 541.089, 643.567, 763.333, 902.339, 1062.440, 1245.291, 1452.251, 1684.284, 1941.893, 2225.078, 2533.336, 2865.703,
    3220.820, 3597.032, 3992.484, 4405.224, 4833.291, 5274.784, 5727.917,
)  # fmt: skip
_HYCOM_NAMES = {"thetao": "water_temp", "so": "salinity", "uo": "water_u", "vo": "water_v", "zos": "surf_el"}
_OCEAN = tuple(_HYCOM_NAMES)
_SAME = {name: name for name in _OCEAN}
_ALTIMETRY_NAMES = {"zos": "adt", "uo": "ugos", "vo": "vgos"}
_SURFACE_FLOW = tuple(_ALTIMETRY_NAMES)
_DEEPEST = 560.0
"""Metres that hold the level of GLORYS below the schema's last one, at 541."""
_GLBV_LAT = Axis(((-80, 0.04, 1000), (-40, 0.08, 1000), (40, 0.04, 1251)))
"""GLBv0.08: 3,251 rows, 0.08 degrees apart between 40 S and 40 N and 0.04 poleward."""
_GLBY_LAT = Axis(((-80, 0.04, 4251),))
_TWELFTH_LAT, _TWELFTH_LON = Axis(((-80, 1 / 12, 2041),)), Axis(((-180, 1 / 12, 4320),))
_HYCOM_CITATION = "Chassignet et al. 2007, doi 10.1016/j.jmarsys.2005.09.016; https://www.hycom.org"
_HYCOM_LICENCE = "Distribution A: approved for public release, distribution unlimited"
_MARINE_LICENCE = "Copernicus Marine Service licence: attribution"
_ERA5_LICENCE = "Copernicus Climate Change Service licence: attribution"
_ERA5_CITATION = "Hersbach et al. 2020, doi 10.1002/qj.3803"
_ERA5_SAMPLINGS = {"daily mean": tuple(range(24)), "12 UTC": (12,)}

_GLBV, _ESPC = "GLBv0.08", "ESPC-D-V02"
_SETS = {"ssh": ("zos",), "ts3z": ("thetao", "so"), "uv3z": ("uo", "vo")}
_ESPC_SETS = {"ssh": ("zos",), "t3z": ("thetao",), "s3z": ("so",), "u3z": ("uo",), "v3z": ("vo",)}


def _marine(
    name: str, label: str, gives: str, kind: str, parts: tuple[Part, ...], names: Mapping[str, str], lat: Axis, lon: Axis,
    first: str, citation: str, depths: tuple[float, ...] = (), deepest: float = 0.0, hours: tuple[int, ...] = (0,),
) -> Provider:  # fmt: skip
    """Return a product of Copernicus Marine."""
    return Provider(
        name=name,
        label=label,
        gives=gives,
        protocol="copernicus",
        kind=kind,
        address="https://data.marine.copernicus.eu",
        parts=parts,
        names=names,
        lat=lat,
        lon=lon,
        depths=depths,
        deepest=deepest,
        value_bytes=4,
        samplings={"daily mean": hours},
        first=first,
        licence=_MARINE_LICENCE,
        citation=citation,
        account="Copernicus Marine (free): `copernicusmarine login`",
        extra="copernicus",
        connections=1,
        notes="bytes before compression; the toolbox makes its own connections",
    )


CATALOGUE: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider(
            name="hycom",
            label="HYCOM GOFS 3.1 reanalysis, bucket",
            gives="ocean, past: temperature, salinity, currents, sea level at 1/12 degree",
            protocol="s3",
            kind="hycom",
            address="https://hycom-gofs-3pt1-reanalysis.s3.us-west-2.amazonaws.com",
            parts=(Part(r"%Y/hycom_GLBv0\.08_\d{3}_%Y%m%d12_t000\.nc", _OCEAN),),
            names=_HYCOM_NAMES,
            lat=_GLBV_LAT,
            lon=Axis(((-180, 0.08, 4500),)),
            depths=_HYCOM_DEPTHS,
            whole_rows=True,
            first="1994-01-01",
            last="2015-12-31",
            licence=_HYCOM_LICENCE,
            citation=_HYCOM_CITATION,
            connections=8,
            assumed_rate=40e6,
            notes="about 7 % of the analyses of 12 UTC are absent; no tide",
        ),
        Provider(
            name="hycom-thredds",
            label="HYCOM GOFS 3.1, THREDDS",
            gives="ocean, past: the same by box, and the years to 2024",
            protocol="opendap",
            kind="hycom",
            address="https://tds.hycom.org/thredds/dodsC",
            parts=(
                Part(f"{_GLBV}/expt_53.X/data/%Y", _OCEAN, "1994-01-01", "2015-12-31"),
                Part(f"{_GLBV}/expt_56.3", _OCEAN, "2016-01-01", "2016-04-30"),
                Part(f"{_GLBV}/expt_57.2", _OCEAN, "2016-05-01", "2017-01-31"),
                Part(f"{_GLBV}/expt_92.8", _OCEAN, "2017-02-01", "2017-05-31"),
                Part(f"{_GLBV}/expt_57.7", _OCEAN, "2017-06-01", "2017-09-30"),
                Part(f"{_GLBV}/expt_92.9", _OCEAN, "2017-10-01", "2017-12-31"),
                *(Part(f"{_GLBV}/expt_93.0/{name}", held, "2018-01-01", "2018-12-03") for name, held in _SETS.items()),
                *(Part(f"GLBy0.08/expt_93.0/{name}", held, "2018-12-04", "2024-09-04") for name, held in _SETS.items()),
            ),
            names=_HYCOM_NAMES,
            lat=_GLBY_LAT,
            lon=Axis(((0, 0.08, 4500),)),
            depths=_HYCOM_DEPTHS,
            value_bytes=4,
            first="1994-01-01",
            last="2024-09-04",
            licence=_HYCOM_LICENCE,
            citation=_HYCOM_CITATION,
            connections=1,
            assumed_rate=2e6,
            notes="one connection, since the server bans parallel ones; the grid changes on 2018-12-04; no tide",
        ),
        Provider(
            name="espc",
            label="ESPC-D-V02, THREDDS",
            gives="ocean, since 2024-08-10: temperature, salinity, currents, sea level at 1/12 degree",
            protocol="opendap",
            kind="hycom",
            address="https://tds.hycom.org/thredds/dodsC",
            parts=tuple(Part(f"{_ESPC}/{name}/%Y", held) for name, held in _ESPC_SETS.items()),
            names=_HYCOM_NAMES,
            lat=_GLBY_LAT,
            lon=Axis(((0, 0.08, 4500),)),
            depths=_HYCOM_DEPTHS,
            value_bytes=4,
            first="2024-08-10",
            licence=_HYCOM_LICENCE,
            citation=_HYCOM_CITATION,
            connections=1,
            assumed_rate=2e6,
            notes="one data set a variable; sea level may hold the tide",
        ),
        Provider(
            name="glo12-nowcast",
            label="GLO12 nowcasts of OceanBench",
            gives="ocean, one day a week 2023-2025: potential temperature, salinity, currents, sea level at 1/12 degree",
            protocol="zarr",
            kind="glorys",
            address="https://s3.waw3-1.cloudferro.com/oceanbench-bucket/dev/additionnal-data/GLO12",
            parts=(Part("glo12_rg_1d-m_nwct_R%Y%m%d.zarr", _OCEAN),),
            names=_SAME,
            lat=_TWELFTH_LAT,
            lon=_TWELFTH_LON,
            depths=_GLORYS_DEPTHS,
            value_bytes=4,
            whole_levels=True,
            grouped=True,
            samplings={"daily mean": (0,)},
            first="2023-01-04",
            last="2025-12-31",
            licence=_MARINE_LICENCE,
            citation="GLOBAL_ANALYSISFORECAST_PHY_001_024, doi 10.48670/moi-00016; OceanBench",
            connections=8,
            assumed_rate=10e6,
            notes="days between the weekly ones are gaps",
        ),
        _marine(
            "glorys12",
            "GLORYS12 reanalysis",
            "ocean, past: potential temperature, salinity, currents, sea level at 1/12 degree",
            "glorys",
            (Part("cmems_mod_glo_phy_my_0.083deg_P1D-m", _OCEAN),),
            _SAME,
            _TWELFTH_LAT,
            _TWELFTH_LON,
            "1993-01-01",
            "GLOBAL_MULTIYEAR_PHY_001_030, doi 10.48670/moi-00021",
            _GLORYS_DEPTHS,
            _DEEPEST,
        ),
        _marine(
            "glo12",
            "GLO12 analysis and forecast",
            "ocean, since 2022-06 and the next ten days: the same",
            "glorys",
            (
                Part("cmems_mod_glo_phy-thetao_anfc_0.083deg_P1D-m", ("thetao",)),
                Part("cmems_mod_glo_phy-so_anfc_0.083deg_P1D-m", ("so",)),
                Part("cmems_mod_glo_phy-cur_anfc_0.083deg_P1D-m", ("uo", "vo")),
                Part("cmems_mod_glo_phy_anfc_0.083deg_P1D-m", ("zos",)),
            ),
            _SAME,
            _TWELFTH_LAT,
            _TWELFTH_LON,
            "2022-06-01",
            "GLOBAL_ANALYSISFORECAST_PHY_001_024, doi 10.48670/moi-00016",
            _GLORYS_DEPTHS,
            _DEEPEST,
        ),
        _marine(
            "duacs",
            "DUACS altimetry, reprocessed",
            "sea level and geostrophic currents of satellites at 1/8 degree, since 1993: each day a start of forecasts",
            "altimetry",
            (Part("cmems_obs-sl_glo_phy-ssh_my_allsat-l4-duacs-0.125deg_P1D", _SURFACE_FLOW),),
            _ALTIMETRY_NAMES,
            Axis(((-89.9375, 0.125, 1440),)),
            Axis(((-179.9375, 0.125, 2880),)),
            "1993-01-01",
            "SEALEVEL_GLO_PHY_L4_MY_008_047, doi 10.48670/moi-00148",
        ),
        _marine(
            "duacs-quarter",
            "DUACS altimetry, reprocessed, 1/4 degree",
            "the same at 1/4 degree",
            "altimetry",
            (Part("cmems_obs-sl_glo_phy-ssh_my_allsat-l4-duacs-0.25deg_P1D", _SURFACE_FLOW),),
            _ALTIMETRY_NAMES,
            Axis(((-89.875, 0.25, 720),)),
            Axis(((-179.875, 0.25, 1440),)),
            "1993-01-01",
            "SEALEVEL_GLO_PHY_L4_MY_008_047, doi 10.48670/moi-00148",
        ),
        _marine(
            "duacs-today",
            "DUACS altimetry, near real time",
            "sea level and geostrophic currents of satellites at 1/8 degree, to yesterday",
            "altimetry",
            (Part("cmems_obs-sl_glo_phy-ssh_nrt_allsat-l4-duacs-0.125deg_P1D", _SURFACE_FLOW),),
            _ALTIMETRY_NAMES,
            Axis(((-89.9375, 0.125, 1440),)),
            Axis(((-179.9375, 0.125, 2880),)),
            "2022-01-01",
            "SEALEVEL_GLO_PHY_L4_NRT_008_046, doi 10.48670/moi-00149",
        ),
        _marine(
            "ostia",
            "OSTIA, near real time",
            "sea surface temperature at 1/20 degree",
            "sst",
            (Part("METOFFICE-GLO-SST-L4-NRT-OBS-SST-V2", ("thetao",)),),
            {"thetao": "analysed_sst"},
            Axis(((-89.975, 0.05, 3600),)),
            Axis(((-179.975, 0.05, 7200),)),
            "2007-01-01",
            "SST_GLO_SST_L4_NRT_OBSERVATIONS_010_001, doi 10.48670/moi-00165",
        ),
        _marine(
            "waverys",
            "WAVERYS reanalysis of waves",
            "significant wave height at 1/5 degree, past",
            "waves",
            (Part("cmems_mod_glo_wav_my_0.2deg_PT3H-i", ("swh",)),),
            {"swh": "VHM0"},
            Axis(((-80, 0.2, 851),)),
            Axis(((-180, 0.2, 1800),)),
            "1993-01-01",
            "GLOBAL_MULTIYEAR_WAV_001_032, doi 10.48670/moi-00022",
            hours=tuple(range(0, 24, 3)),
        ),
        _marine(
            "glo-bgc",
            "Biogeochemistry, hindcast",
            "chlorophyll and nitrate of the surface at 1/4 degree, past",
            "biogeochemistry",
            (Part("cmems_mod_glo_bgc_my_0.25deg_P1D-m", ("chl", "no3")),),
            {"chl": "chl", "no3": "no3"},
            Axis(((-80, 0.25, 681),)),
            Axis(((-180, 0.25, 1440),)),
            "1993-01-01",
            "GLOBAL_MULTIYEAR_BGC_001_029, doi 10.48670/moi-00019",
            deepest=1.0,
        ),
        Provider(
            name="oisst",
            label="OISST v2.1",
            gives="sea surface temperature at 1/4 degree, since 1981",
            protocol="files",
            kind="sst",
            address="https://www.ncei.noaa.gov/data/sea-surface-temperature-optimum-interpolation/v2.1/access/avhrr",
            parts=(Part("%Y%m/oisst-avhrr-v02r01.%Y%m%d.nc or %Y%m/oisst-avhrr-v02r01.%Y%m%d_preliminary.nc", ("thetao",)),),
            names={"thetao": "sst"},
            lat=Axis(((-89.875, 0.25, 720),)),
            lon=Axis(((0.125, 0.25, 1440),)),
            value_bytes=1.64,
            cuts=False,
            whole_levels=True,
            samplings={"daily mean": (12,)},
            first="1981-09-01",
            licence="public domain (NOAA)",
            citation="Huang et al. 2021, doi 10.1175/JCLI-D-20-0166.1",
            connections=2,
            notes="files of the last two weeks are preliminary",
        ),
        Provider(
            name="arco-era5",
            label="ERA5, ARCO",
            gives="air, past: wind, temperature and pressure at 1/4 degree",
            protocol="zarr",
            kind="era5",
            address="https://storage.googleapis.com/gcp-public-data-arco-era5/ar",
            parts=(Part("full_37-1h-0p25deg-chunk-1.zarr-v3", ("u10", "v10", "t2m", "msl", "sp")),),
            names={
                "u10": "10m_u_component_of_wind",
                "v10": "10m_v_component_of_wind",
                "t2m": "2m_temperature",
                "msl": "mean_sea_level_pressure",
                "sp": "surface_pressure",
            },
            lat=Axis(((90, -0.25, 721),)),
            lon=Axis(((0, 0.25, 1440),)),
            value_bytes=4,
            whole_levels=True,
            samplings=_ERA5_SAMPLINGS,
            first="1940-01-01",
            licence=_ERA5_LICENCE,
            citation=f"{_ERA5_CITATION}; Carver and Merose 2023, ARCO-ERA5",
            connections=8,
            assumed_rate=20e6,
            notes="an hour comes as a whole globe",
        ),
        Provider(
            name="earth-data-hub",
            label="ERA5, Earth Data Hub",
            gives="air, past: the same in chunks that suit boxes",
            protocol="zarr",
            kind="era5",
            address="https://api.earthdatahub.destine.eu/era5",
            parts=(Part("reanalysis-era5-single-levels-v0.zarr", ("u10", "v10", "t2m", "msl", "sp")),),
            names={name: name for name in ("u10", "v10", "t2m", "msl", "sp")},
            lat=Axis(((90, -0.25, 721),)),
            lon=Axis(((0, 0.25, 1440),)),
            value_bytes=4,
            whole_levels=True,
            samplings=_ERA5_SAMPLINGS,
            first="1940-01-01",
            licence=_ERA5_LICENCE,
            citation=_ERA5_CITATION,
            account="Earth Data Hub (free): its token as the password of its host in the file .netrc",
            connections=4,
        ),
    )
}
"""Every provider by its name."""


def provider_named(name: str) -> Provider:
    """Return a provider; raises InputError where there is none of that name."""
    if name not in CATALOGUE:
        raise InputError(f"provider is {name!r}; expected one of {', '.join(CATALOGUE)}: `goms fetch --list` describes them")
    return CATALOGUE[name]
