"""Fits variance and scales of anomalies from climatology on training runs of the sample ocean.

`python -m sample_data.assets_build.covariances [--days 150,210,270,330] [--out assets/departures.nc]`
"""

import argparse
from pathlib import Path

import numpy as np
import xarray as xr
from scipy.ndimage import gaussian_filter
from scipy.optimize import least_squares

from engine.physics.climatology import atlas, interpolate, mean_sea_level, on_day
from engine.reconstruction.covariances import SURFACE
from engine.reconstruction.interpolation import KM_PER_DEGREE, matern
from engine.runtime.paths import ASSETS
from engine.schema.grid import coarsened
from engine.schema.sample_calendar import sample_date
from sample_data.source import SampleSource, weather_height

SEEDS = (2, 3, 4)
LATITUDES = np.arange(5.0, 80.0, 10.0)
COARSENING = 8
STEPS = (1, 2, 4, 8)
EVERY_ROW = 3
LAGS = (5, 10)
LEAST_SPREAD = {"zos": 0.01, "thetao": 0.15, "so": 0.03}


def anomalies(source: SampleSource, day: int) -> dict[str, np.ndarray]:
    """Return the anomalies (h, w) of zos and of surface thetao and so of a sample day from the observed mean ocean."""
    seasonal_mean = on_day("thetao", sample_date(day))[:1], atlas().fields["so"][:1]
    temperature, salinity = (interpolate(field, source.grid)[0] for field in seasonal_mean)
    run = source.run
    return {
        "zos": run.zos(day) - mean_sea_level(source.grid),
        "thetao": run.surface_temperature(day) - temperature,
        "so": run.surface_salinity(day) - salinity,
    }


def _shifted(field: np.ndarray, north: int, west: int) -> np.ndarray:
    """Return the field shifted by `north` rows and `west` columns."""
    moved = np.roll(field, west, axis=1)
    out = np.full_like(moved, np.nan)
    out[: field.shape[0] - north] = moved[north:]
    return out


def _correlation(first: np.ndarray, second: np.ndarray, rows: np.ndarray) -> float:
    a, b = first[rows[::EVERY_ROW]], second[rows[::EVERY_ROW]]
    both = np.isfinite(a) & np.isfinite(b)
    return float(np.mean(a[both] * b[both]) / np.sqrt(np.mean(a[both] ** 2) * np.mean(b[both] ** 2)))


def fit(days: list[int]) -> xr.Dataset:
    """Return spread by place from `days` of every training seed; scales by latitude from the first and 5 and 10 days after."""
    fine, coarse = coarsened(1), coarsened(COARSENING)
    weather = []
    seen: dict[str, list[np.ndarray]] = {name: [] for name in SURFACE}
    pairs: dict[str, list[np.ndarray]] = {name: [] for name in SURFACE}
    for seed in SEEDS:
        source = SampleSource(seed)
        series = [anomalies(source, day) for day in (days[0], *(days[0] + lag for lag in LAGS))]
        later = [anomalies(source, day) for day in days[1:]]
        for name in SURFACE:
            pairs[name].append(np.stack([each[name] for each in series]))
            seen[name] += [each[name] ** 2 for each in (series[0], *later)]
        weather.append(weather_height(seed, days[0]))
    spread, scales = [], []
    for name in SURFACE:
        spread.append(np.maximum(np.sqrt(_block_mean(np.mean(seen[name], axis=0))), LEAST_SPREAD[name]))
        full = np.kron(spread[-1], np.ones((COARSENING, COARSENING))).astype(np.float32)
        scales.append([_fit_belt([pair / full for pair in pairs[name]], fine.lat, fine.lon, band) for band in LATITUDES])
    places = {"lat": coarse.lat, "lon": coarse.lon, "band": LATITUDES, "field": list(SURFACE)}
    height = np.stack(weather)
    rows = [np.abs(np.abs(coarsened(4).lat) - band) < 5 for band in LATITUDES]
    data = xr.Dataset(
        {
            "spread": (("field", "lat", "lon"), np.stack(spread).astype(np.float32)),
            **{k: (("field", "band"), np.array(scales)[:, :, n]) for n, k in enumerate(("east", "north", "days", "drift"))},
            "weather": ("band", [float(height[:, chosen].std()) for chosen in rows]),
        },
        places,
        {"title": "Covariance of the sample ocean from climatology", "seeds": list(SEEDS), "sample_days": days, "lags": LAGS},
    )
    for name, units in (("east", "km"), ("north", "km"), ("days", "day"), ("drift", "km day-1"), ("weather", "m")):
        data[name].attrs["units"] = units
    return data


def _block_mean(square: np.ndarray) -> np.ndarray:
    """Return means of wet cells on the coarse grid, smoothed and continued over land."""
    blocks = square.reshape(720 // COARSENING, COARSENING, 1440 // COARSENING, COARSENING)
    wet = np.isfinite(blocks)
    total, count = np.where(wet, blocks, 0).sum(axis=(1, 3)), wet.sum(axis=(1, 3)).astype(float)
    near = [gaussian_filter(each, 1.0, mode=("nearest", "wrap")) for each in (total, count)]
    far = [gaussian_filter(each, 6.0, mode=("nearest", "wrap")) for each in (total, count)]
    return (near[0] + 1e-3 * far[0]) / np.maximum(near[1] + 1e-3 * far[1], 1e-9)


def _fit_belt(pairs: list[np.ndarray], lat: np.ndarray, lon: np.ndarray, band: float) -> tuple[float, float, float, float]:
    """Return lengths in km to east and north, days and westward drift in km a day that fit the correlations of a latitude
    belt."""
    rows = np.flatnonzero(np.abs(np.abs(lat) - band) < 5)
    along = KM_PER_DEGREE * (lon[1] - lon[0]) * np.cos(np.deg2rad(band))
    across = KM_PER_DEGREE * (lat[1] - lat[0])
    lags, values = [], []
    for lag, days in enumerate((0, *LAGS)):
        # Patterns drift west: the field `days` later, shifted by `west` columns.
        for north, east in [(0, 0), *((0, n) for n in STEPS), *((0, -n) for n in STEPS), *((n, 0) for n in STEPS)]:
            if lag == 0 and (north, east) == (0, 0):
                continue
            found = [_correlation(pair[0], _shifted(pair[lag], north, -east), rows) for pair in pairs]
            lags.append((east * along, north * across, days))
            values.append(np.mean(found))
    x, y, t = np.array(lags).T

    def misfit(logs: np.ndarray) -> np.ndarray:
        east, north, time = np.exp(logs[:3])
        return matern(np.hypot((x + logs[3] * t) / east, y / north)) * matern(t / time) - np.array(values)

    best = least_squares(misfit, [np.log(80.0), np.log(80.0), np.log(15.0), 3.0], loss="soft_l1", f_scale=0.1).x
    east, north, time = np.clip(np.exp(best[:3]), (20, 20, 3), (400, 400, 90))
    return float(east), float(north), float(time), float(np.clip(best[3], -10, 60))


def main() -> None:
    """Fit and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", default="150,210,270,310", help="sample days, separated by commas")
    parser.add_argument("--out", type=Path, default=ASSETS / "departures.nc")
    chosen = parser.parse_args()
    data = fit([int(day) for day in chosen.days.split(",")])
    data.to_netcdf(chosen.out, encoding={"spread": {"zlib": True}})
    print(data[["east", "north", "days", "drift"]].to_dataframe().round(1), data.weather.values.round(3))


if __name__ == "__main__":
    main()
