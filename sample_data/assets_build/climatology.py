"""Builds assets/climatology.nc: the observed mean ocean and its year, on 1 degree, filled over land.

    python -m sample_data.assets_build.climatology --ferret FOLDER --altimetry FILE

FOLDER holds the public-domain files of the `ferret-datasets` package (Levitus annual T and S, monthly World Ocean Atlas
T, COADS, FNOC winds, ETOPO60); FILE is one gridded DUACS altimetry day. Every field is continued smoothly over land, so
that any coast line can be applied to it. The seasonal cycle is stored as its first two harmonics.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import gsw
import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from engine.physics.geostrophy import geostrophic_velocity
from engine.physics.vertical_modes import first_mode
from engine.runtime.paths import ASSETS
from engine.schema.constants import GRAVITY
from engine.schema.variables import DEPTHS
from sample_data.weather.smoothing import fill, fill_levels, regrid, smooth, smooth_known, smooth_polar

Array = NDArray[np.floating]

LAT = np.arange(-89.5, 90.0)
LON = np.arange(0.5, 360.0)
LEVELS = np.array([*DEPTHS, 600.0, 800.0, 1000.0, 1200.0, 1500.0])
REFERENCE_LEVEL = 1500.0
# Seas behind a sill: their dynamic height is not comparable with the ocean's, and smoothing must not cross the land between.
MARGINAL_SEAS = (
    (30.0, 46.0, -5.5, 36.5),
    (40.5, 47.5, 27.0, 42.5),
    (12.5, 30.5, 32.0, 43.5),
    (23.5, 31.0, 47.5, 56.5),
    (53.0, 66.5, 9.5, 31.0),
    (51.0, 71.0, 265.0, 296.0),
    (35.0, 52.0, 127.5, 141.5),
    (5.5, 12.5, 117.0, 124.0),
)
SOURCES = (
    "Levitus (1982/1994) annual temperature and salinity, World Ocean Atlas monthly temperature, COADS monthly climatology, "
    "FNOC monthly winds, ETOPO60: public domain, from the ferret-datasets package of NOAA PMEL. Equatorial Undercurrent: "
    "idealised after Johnson et al. 2002. Large-scale mean sea level: "
    "DUACS NRT L4 absolute dynamic topography of 2019-02-23, E.U. Copernicus Marine Service Information, attribution."
)


@dataclass(frozen=True)
class Packed:
    """How one field of the file is stored as int16."""

    dims: tuple[str, ...]
    scale: float
    offset: float
    units: str
    long_name: str


GEO = ("lat", "lon")
CYCLE = ("harmonic", *GEO)
LAYOUT = {
    "thetao": Packed(("harmonic", "level", *GEO), 0.002, 0.0, "degC", "potential temperature"),
    "so": Packed(("level", *GEO), 0.002, 20.0, "1e-3", "practical salinity, annual mean"),
    "zos": Packed(GEO, 0.0005, 0.0, "m", "mean sea surface height above geoid"),
    "uo": Packed(("depth", *GEO), 0.001, 0.0, "m s-1", "mean eastward geostrophic velocity"),
    "vo": Packed(("depth", *GEO), 0.001, 0.0, "m s-1", "mean northward geostrophic velocity"),
    "log_mlotst": Packed(CYCLE, 0.0005, 0.0, "1", "natural logarithm of mixed layer depth in m"),
    "c1": Packed(GEO, 0.001, 0.0, "m s-1", "first baroclinic mode speed"),
    "F": Packed(("level", *GEO), 0.0005, 0.0, "1", "first baroclinic mode of horizontal velocity over its surface value"),
    "u10": Packed(CYCLE, 0.002, 0.0, "m s-1", "eastward wind at 10 m"),
    "v10": Packed(CYCLE, 0.002, 0.0, "m s-1", "northward wind at 10 m"),
    "t2m": Packed(CYCLE, 0.005, 0.0, "degC", "air temperature at 2 m"),
    "msl": Packed(CYCLE, 0.005, 0.0, "hPa", "mean sea level pressure minus 1000 hPa"),
    "elevation": Packed(GEO, 0.5, 0.0, "m", "height of the land, 0 over the sea"),
}


def harmonics(monthly: Array) -> Array:
    """Mean and two harmonics (5, ...) of twelve mid-month fields (12, ...): 1, cos, sin, cos 2, sin 2."""
    phase = 2 * np.pi * (np.arange(12) + 0.5) / 12
    basis = np.stack([np.ones(12), np.cos(phase), np.sin(phase), np.cos(2 * phase), np.sin(2 * phase)])
    weights = basis / np.array([12.0, 6, 6, 6, 6])[:, None]
    return np.tensordot(weights, monthly, axes=(1, 0))


def rolled(path: Path, name: str, lat: str, lon: str) -> tuple[Array, Array, Array]:
    """Field `name` of a Ferret file with longitude ascending in [0, 360), and its two axes."""
    with xr.open_dataset(path, decode_times=False) as data:
        field, lats, lons = data[name].values.astype(np.float64), data[lat].values, data[lon].values % 360
    order = np.argsort(lons)
    return field[..., order], lats, lons[order]


def levitus(folder: Path) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Depths (n,), filled in-situ temperature and practical salinity (n, h, w) of Levitus, and where they were observed."""
    path = folder / "levitus_climatology.cdf"
    temperature, _, _ = rolled(path, "TEMP", "YAXLEVITR", "XAXLEVITR")
    salinity, _, _ = rolled(path, "SALT", "YAXLEVITR", "XAXLEVITR")
    with xr.open_dataset(path, decode_times=False) as data:
        depth = data.ZAXLEVITR.values
    known = np.isfinite(temperature) & np.isfinite(salinity)
    return depth, fill_levels(temperature), fill_levels(salinity), known


def seasonal_temperature(folder: Path) -> tuple[Array, Array]:
    """Harmonics of temperature (5, level, h, w) about its annual mean, and the monthly cycle (12, level, h, w)."""
    monthly, lat, lon = rolled(folder / "ocean_atlas_subset.nc", "TEMP", "YAX_SUBSET", "XAX_SUBSET")
    with xr.open_dataset(folder / "ocean_atlas_subset.nc", decode_times=False) as data:
        depth = data.ZAXLEVIT19.values
    anomaly = monthly - monthly.mean(axis=0)
    ships, ship_lat, ship_lon = rolled(folder / "coads_climatology.cdf", "SST", "COADSY", "COADSX")
    months = []
    for month in range(12):
        levels = np.stack([fill(smooth_known(level, 0.6, np.isfinite(level)), 60) for level in anomaly[month]])
        at_levels = np.stack([levels[np.argmin(np.abs(depth - d))] if d in depth else _between(levels, depth, d) for d in LEVELS])
        at_levels[LEVELS > 500] = 0.0
        atlas = regrid(at_levels, lat, lon, LAT, LON)
        ship = regrid(fill(smooth_known(ships[month] - ships.mean(axis=0), 1.0), 60), ship_lat, ship_lon, LAT, LON)
        trust = 0.5 * np.clip((58.0 - np.abs(LAT)) / 10.0, 0.0, 1.0)[:, None]
        difference = np.clip(ship - atlas[0], -1.5, 1.5) * trust
        months.append(atlas + difference * np.exp(-LEVELS / 30.0)[:, None, None])
    cycle = np.stack(months)
    cycle -= cycle.mean(axis=0)
    return harmonics(cycle), cycle


def _between(levels: Array, depth: Array, at: float) -> Array:
    below = min(int(np.searchsorted(depth, at)), len(depth) - 1)
    part = np.clip((at - depth[below - 1]) / (depth[below] - depth[below - 1]), 0.0, 1.0)
    return levels[below - 1] * (1 - part) + levels[below] * part


def mixed_layer(monthly: Array, salinity: Array) -> Array:
    """Mixed layer depth (12, h, w) in m: 0.5 K colder (Levitus 1982) or 0.125 kg m-3 denser than the surface, 12 to 500 m."""
    result = []
    for month in monthly:
        density = gsw.sigma0(gsw.SR_from_SP(salinity), month)
        cold = _crossing(month[0] - month, 0.5)
        dense = _crossing(density - density[0], 0.125)
        depth = np.clip(np.minimum(cold, dense), 12.0, 500.0)
        result.append(np.exp(smooth(np.log(depth), 1.0)))
    return np.stack(result)


def _crossing(profile: Array, threshold: float) -> Array:
    """Depth at which `profile` (level, h, w) first exceeds `threshold`, linear between levels."""
    over = profile > threshold
    first = np.where(over.any(axis=0), over.argmax(axis=0), len(LEVELS) - 1)
    below = np.take_along_axis(profile, first[None], 0)[0]
    above = np.take_along_axis(profile, np.maximum(first - 1, 0)[None], 0)[0]
    part = np.clip((threshold - above) / np.where(np.abs(below - above) > 1e-9, below - above, 1e-9), 0.0, 1.0)
    top = LEVELS[np.maximum(first - 1, 0)]
    return top + part * (LEVELS[first] - top)


def modes(depth: Array, temperature: Array, salinity: Array, known: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Speed c1 (h, w) and F/F(0) (level, h, w) of every column deeper than 1000 m, continued smoothly elsewhere."""
    c1 = np.full((len(LAT), len(LON)), np.nan)
    shape = np.full((len(LEVELS), len(LAT), len(LON)), np.nan)
    count = known.sum(axis=0)
    for j, i in np.argwhere(count >= int(np.searchsorted(depth, 1000.0)) + 1):
        n = count[j, i]
        absolute = gsw.SA_from_SP(salinity[:n, j, i], depth[:n], LON[i], LAT[j])
        conservative = gsw.CT_from_t(absolute, temperature[:n, j, i], depth[:n])
        n2, middle = gsw.Nsquared(absolute, conservative, gsw.p_from_z(-depth[:n], LAT[j]), LAT[j])
        c1[j, i], shape[:, j, i] = first_mode(middle, n2, float(depth[n - 1]), LEVELS)
    c1 = smooth(fill(c1), 1.0)
    shape = np.stack([smooth(level, 1.0) for level in fill_levels(shape, 60)])
    return c1, np.clip(shape / shape[:1], -0.2, 1.05)


def dynamic_height(depth: Array, temperature: Array, salinity: Array) -> Array:
    """Height of each level (n, h, w) in m of dynamic height over the reference level."""
    column = (slice(None), None, None)
    absolute = gsw.SR_from_SP(salinity)
    conservative = gsw.CT_from_t(absolute, temperature, depth[column])
    volume = gsw.specvol_anom_standard(absolute, conservative, depth[column])
    pressure = 1e4 * depth
    layers = 0.5 * (volume[1:] + volume[:-1]) * np.diff(pressure)[column]
    from_surface = np.concatenate([np.zeros_like(volume[:1]), np.cumsum(layers, axis=0)]) / GRAVITY
    return from_surface[np.searchsorted(depth, REFERENCE_LEVEL)] - from_surface


def basins() -> NDArray[np.int_]:
    """Number of the marginal sea a cell lies in (h, w), 0 in the ocean."""
    number = np.zeros((len(LAT), len(LON)), dtype=int)
    for k, (south, north, west, east) in enumerate(MARGINAL_SEAS, start=1):
        inside = (LON - west) % 360 <= (east - west) % 360
        rows = np.abs(LAT - (south + north) / 2) <= (north - south) / 2
        number[np.ix_(rows, inside)] = k
    return number


def mean_sea_level(height: Array, known: NDArray[np.bool_], altimetry: Path) -> Array:
    """Mean sea level (h, w) with the altimeter's zero.

    Dynamic height gives the shape, altimetry smoothed over 4 degrees what dynamic height misses: the flow at the reference
    level. A marginal sea takes altimetry alone, smoothed over 2 degrees.
    """
    with xr.open_dataset(altimetry) as data:
        adt = data.adt.values.squeeze().astype(np.float64)
    with np.errstate(invalid="ignore"):
        counts = np.isfinite(adt).reshape(180, 4, 360, 4).sum(axis=(1, 3))
        sums = np.nan_to_num(adt).reshape(180, 4, 360, 4).sum(axis=(1, 3))
    observed = np.where(counts >= 8, sums / np.maximum(counts, 1), np.nan)
    number, correction = basins(), np.full(height.shape[1:], np.nan)
    for k in range(len(MARGINAL_SEAS) + 1):
        inside = (number == k) & known[0]
        missing = observed - height[0] if k == 0 else observed - smooth_known(height[0], 2.0, inside)
        wide = smooth_known(missing, 4.0 if k == 0 else 2.0, inside)
        correction[inside] = wide[inside]
    correction = fill(correction)
    level = np.where(number == 0, height[0], np.nan)
    for k in range(1, len(MARGINAL_SEAS) + 1):
        inside = (number == k) & known[0]
        level[inside] = smooth_known(height[0], 2.0, inside)[inside]
    return smooth_polar(fill(np.where(known[0], level + correction, np.nan)), LAT, 300.0)


def mean_currents(depth: Array, height: Array, known: NDArray[np.bool_], zos: Array) -> tuple[Array, Array]:
    """Mean geostrophic flow (depth, h, w): slope of sea level at the surface, thermal wind below it."""
    number = basins()
    u_all, v_all = [], []
    for d in DEPTHS:
        k = int(np.searchsorted(depth, d))
        part = 0.0 if d == depth[k] else (depth[k] - d) / (depth[k] - depth[k - 1])
        below = height[k] * (1 - part) + height[max(k - 1, 0)] * part
        pressure = zos - smooth_polar(height[0] - below, LAT, 300.0)
        u, v = np.full(zos.shape, np.nan), np.full(zos.shape, np.nan)
        for basin in range(len(MARGINAL_SEAS) + 1):
            inside = (number == basin) & known[k]
            east, north = geostrophic_velocity(pressure, LAT, LON, inside, equatorial_smoothing=0.7)
            u[inside], v[inside] = east[inside], north[inside]
        u_all.append(np.clip(fill(u, 60), -1.2, 1.2))
        v_all.append(np.clip(fill(v, 60), -1.2, 1.2))
    u, v = np.stack(u_all), np.stack(v_all)
    # Between coasts a degree or two apart dynamic height mixes the water of two basins and gives artificial jets at depth.
    speed = np.hypot(u, v)
    factor = np.minimum(1.0, np.maximum(speed[:1], 0.15) / np.maximum(speed, 1e-6))
    return u * factor, v * factor


def undercurrent(potential: Array) -> Array:
    """Idealised Equatorial Undercurrent (depth, h, w) in m s-1, centred on the 20 degC isotherm.

    Hydrography averaged over degrees of latitude does not resolve so narrow a jet; its strength and width are set by hand after
    the measured sections of Johnson et al. 2002 (doi 10.1016/S0079-6611(02)00021-6).
    """
    belt = potential[:, np.abs(LAT) < 2.0].mean(axis=1)
    core = np.clip(_crossing(20.0 - belt[:, None], 0.0)[0], 40.0, 220.0)
    core = smooth(core[None], 5.0)[0]
    peak = np.zeros(len(LON))
    for west, rise, fall, east, strongest in ((145.0, 195.0, 240.0, 274.0, 0.9), (316.0, 333.0, 352.0, 366.0, 0.6)):
        for turn in (0.0, 360.0):
            peak = np.maximum(peak, np.interp(LON + turn, [west, rise, fall, east], [0.0, strongest, strongest, 0.0]))
    across = np.exp(-0.5 * (LAT / 1.3) ** 2)[None, :, None]
    depth = np.array(DEPTHS)[:, None, None]
    return peak * across * np.exp(-0.5 * ((depth - core) / np.clip(0.42 * core, 22.0, 55.0)) ** 2)


def atmosphere(folder: Path) -> dict[str, Array]:
    """Harmonics (5, h, w) of wind, air temperature and pressure, and the elevation of the land."""
    result: dict[str, Array] = {}
    for name, theirs in (("u10", "UWND"), ("v10", "VWND")):
        months, lat, lon = rolled(folder / "monthly_navy_winds.cdf", theirs, "FNOCY", "FNOCX")
        monthly = np.clip(months.reshape(-1, 12, *months.shape[1:]).mean(axis=0), -15.0, 15.0)
        result[name] = harmonics(smooth(regrid(monthly, lat, lon, LAT, LON), 1.2))
    for name, theirs in (("t2m", "AIRT"), ("msl", "SLP")):
        months, lat, lon = rolled(folder / "coads_climatology.cdf", theirs, "COADSY", "COADSX")
        prior = np.stack([_zonal_prior(name, month) for month in range(12)])[:, :, None]
        seen = np.isfinite(months) & (np.abs(lat) < 78)[:, None]
        near = np.stack([smooth(cells.astype(float), 3.0) for cells in seen])
        known = np.where(seen, months, np.nan)
        filled = np.stack([fill(smooth_known(month, 1.0, np.isfinite(month)), 300) for month in known])
        trust = np.clip(regrid(near, lat, lon, LAT, LON) * 3.0, 0.0, 1.0)
        mixed = trust * regrid(filled, lat, lon, LAT, LON) + (1 - trust) * prior
        result[name] = harmonics(smooth(mixed, 1.2) - (1000.0 if name == "msl" else 0.0))
    result["elevation"] = np.clip(rolled(folder / "etopo60.cdf", "ROSE", "ETOPO60Y", "ETOPO60X")[0], 0.0, None)
    return result


def _zonal_prior(name: str, month: int) -> Array:
    """Zonal mean (h,) without ship observations: over ice and inside continents."""
    summer_north = -np.cos(2 * np.pi * (month + 0.5 - 0.7) / 12)
    if name == "msl":
        ridge = 6.0 * np.exp(-(((np.abs(LAT) - 32) / 14) ** 2))
        return 1012.0 + ridge - 24.0 * np.exp(-(((LAT + 66) / 12) ** 2)) + 2.0 * np.exp(-(((LAT - 85) / 15) ** 2))
    north = 27.0 - 41.0 * np.sin(np.deg2rad(LAT)) ** 2 + 14.0 * summer_north * np.sin(np.deg2rad(LAT)) ** 1
    south = 27.0 - 47.0 * np.sin(np.deg2rad(LAT)) ** 2 - 7.0 * summer_north * np.abs(np.sin(np.deg2rad(LAT)))
    return np.where(LAT > 0, north, south)


def build(folder: Path, altimetry: Path, target: Path) -> Path:
    """Write the climatology file `target` from the Ferret data in `folder` and one altimetry file."""
    depth, temperature, salinity, known = levitus(folder)
    potential = gsw.pt0_from_t(gsw.SR_from_SP(salinity), temperature, depth[:, None, None])
    annual = PchipInterpolator(depth, potential, axis=0)(LEVELS)
    salt = PchipInterpolator(depth, salinity, axis=0)(LEVELS)
    cycle, months = seasonal_temperature(folder)
    cycle[0] = annual
    height = dynamic_height(depth, temperature, salinity)
    zos = mean_sea_level(height, known, altimetry)
    uo, vo = mean_currents(depth, height, known, zos)
    uo += undercurrent(annual)
    c1, shape = modes(depth, temperature, salinity, known)
    fields = {
        "thetao": smooth_polar(cycle, LAT, 150.0),
        "so": smooth_polar(salt, LAT, 150.0),
        "zos": zos,
        "uo": uo,
        "vo": vo,
        "c1": c1,
        "F": shape,
        "log_mlotst": harmonics(np.log(mixed_layer(months + annual, salt))),
        **atmosphere(folder),
    }
    return write(fields, target)


def write(fields: dict[str, Array], target: Path) -> Path:
    """Write packed `fields` and their axes to the NetCDF file `target`."""
    data = xr.Dataset(coords={"depth": list(DEPTHS), "level": LEVELS, "lat": LAT, "lon": LON})
    encoding = {}
    for name, packed in LAYOUT.items():
        data[name] = (packed.dims, fields[name].astype(np.float32), {"units": packed.units, "long_name": packed.long_name})
        encoding[name] = {
            "dtype": "int16", "scale_factor": packed.scale, "add_offset": packed.offset,
            "zlib": True, "complevel": 9, "shuffle": True, "_FillValue": -32768,
        }  # fmt: skip
    data.attrs = {
        "title": "Observed climatology of the ocean and the air above it, 1 degree, continued over land",
        "source": SOURCES,
        "harmonics": "1, cos, sin, cos 2, sin 2 of the phase 2 pi (day of year) / 365.25",
        "Conventions": "CF-1.11",
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    data.to_netcdf(target, encoding=encoding, engine="netcdf4")
    return target


def main() -> None:
    """Build the file from the command line."""
    parser = argparse.ArgumentParser(description="build assets/climatology.nc")
    parser.add_argument("--ferret", type=Path, required=True, help="folder of the ferret-datasets files")
    parser.add_argument("--altimetry", type=Path, required=True, help="gridded DUACS file (adt) of one day")
    chosen = parser.parse_args()
    print(build(chosen.ferret, chosen.altimetry, ASSETS / "climatology.nc"))


if __name__ == "__main__":
    main()
