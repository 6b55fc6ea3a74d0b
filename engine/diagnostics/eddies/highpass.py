"""A high-pass filter on the sphere that never reads land or missing values."""

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.special import j1

from engine.schema.constants import EARTH_RADIUS

CELLS_A_WAVE = 24
"""Cells of a wave at the cut-off that resolve it well, set by hand; finer grids are first averaged to about this."""


def high_pass(field: np.ndarray, lat: np.ndarray, lon: np.ndarray, wavelength: float, periodic: bool) -> np.ndarray:
    """Return `field` (h, w) without scales longer than `wavelength` in metres; NaN where `field` is.

    The low-pass is the ideal one of the plane, J1(2 pi r / L) / r with great-circle distance r, under a sinc window that
    ends at r = L (Mason et al. 2014, doi 10.1175/JTECH-D-14-00019.1). It is normalised by the wet area under it, so a
    constant stays constant up to the coast. `lat` (h,) and evenly spaced `lon` (w,) in degrees, ascending.
    """
    wet = np.isfinite(field)
    factor = max(int(wavelength / CELLS_A_WAVE / (EARTH_RADIUS * np.deg2rad(np.diff(lat).max()))), 1)
    if periodic:
        factor = next(divisor for divisor in range(factor, 0, -1) if lon.size % divisor == 0)
    weight = np.where(wet, np.cos(np.deg2rad(lat))[:, None], 0.0)
    coarse_weight = _sums(weight, factor)
    coarse = _sums(np.where(wet, field, 0.0) * weight, factor)
    coarse_lat, coarse_lon = _middles(lat, factor), _middles(lon, factor)
    smooth = _low_pass(coarse, coarse_weight, coarse_lat, coarse_lon, wavelength, periodic)
    if factor > 1:
        smooth = _interpolate(smooth, coarse_lat, coarse_lon, lat, lon, periodic)
    return np.where(wet, field - smooth, np.nan)


def _low_pass(
    total: np.ndarray, weight: np.ndarray, lat: np.ndarray, lon: np.ndarray, wavelength: float, periodic: bool
) -> np.ndarray:
    """Return the mean of `total / weight` under the kernel: row by row a sum over the rows in reach, along them by FFT."""
    width = lon.size
    step = np.deg2rad(lon[1] - lon[0])
    phi = np.deg2rad(lat)
    reach = wavelength / EARTH_RADIUS
    # A cap of angular radius c around latitude phi spans asin(sin c / cos phi) of longitude either way, or every meridian.
    ratio = np.sin(reach) / np.cos(phi)
    spans = np.where(ratio < 1, np.arcsin(np.minimum(ratio, 1)), np.pi)
    lags = np.minimum(spans / step, width - 1).astype(int) + 1
    # On a grid that is not periodic the transform is long enough that the kernel does not wrap to the other side.
    length = width if periodic else next_fast_len(width + int(lags.max()), real=True)
    lags = np.minimum(lags, length // 2 + 1)
    spectra = rfft(np.stack([total, weight]), length, axis=-1)
    smooth = np.empty_like(total)
    for row in range(lat.size):
        near = np.flatnonzero(np.abs(phi - phi[row]) < reach)
        half = _kernel(phi[row], phi[near], np.arange(lags[row]) * step, wavelength)
        kernel = np.zeros((near.size, length))
        kernel[:, length - lags[row] + 1 :] = half[:, :0:-1]
        kernel[:, : lags[row]] = half
        value, share = irfft(np.einsum("fkn,kn->fn", spectra[:, near], rfft(kernel, axis=-1)), length, axis=-1)[:, :width]
        smooth[row] = value / np.maximum(share, 1e-9)
    return smooth


def _kernel(here: float, there: np.ndarray, lags: np.ndarray, wavelength: float) -> np.ndarray:
    """Return the kernel (k, n) between latitude `here` and those of `there` (k,) at `lags` (n,) of longitude, in radians."""
    haversine = np.sin((there - here) / 2)[:, None] ** 2 + (np.cos(here) * np.cos(there))[:, None] * np.sin(lags / 2) ** 2
    ratio = np.maximum(2 * EARTH_RADIUS / wavelength * np.arcsin(np.sqrt(np.minimum(haversine, 1))), 1e-9)
    return np.where(ratio < 1, np.sinc(ratio) * j1(2 * np.pi * ratio) / ratio, 0.0)


def _sums(values: np.ndarray, factor: int) -> np.ndarray:
    """Return the sums over blocks of `factor` x `factor` cells; the last ones may hold fewer."""
    if factor == 1:
        return values
    height, width = values.shape
    padded = np.pad(values, ((0, -height % factor), (0, -width % factor)))
    return padded.reshape(padded.shape[0] // factor, factor, -1, factor).sum(axis=(1, 3))


def _middles(axis: np.ndarray, factor: int) -> np.ndarray:
    """Return the centres of blocks of `factor` cells, the last one as if it were complete."""
    step = axis[-1] - axis[-2]
    padded = np.concatenate([axis, axis[-1] + step * np.arange(1, -axis.size % factor + 1)])
    return padded.reshape(-1, factor).mean(axis=1)


def _interpolate(
    values: np.ndarray, lat: np.ndarray, lon: np.ndarray, to_lat: np.ndarray, to_lon: np.ndarray, periodic: bool
) -> np.ndarray:
    """Return `values` bilinearly on the axes `to_lat` and `to_lon`, constant beyond the outermost centres."""
    if periodic:
        values = np.concatenate([values[:, -1:], values, values[:, :1]], axis=1)
        lon = np.concatenate([lon[-1:] - 360, lon, lon[:1] + 360])
    for axis, (old, new) in enumerate(((lat, to_lat), (lon, to_lon))):
        place = np.clip(np.interp(new, old, np.arange(old.size)), 0, old.size - 1)
        below = np.minimum(place.astype(int), old.size - 2)
        part = np.expand_dims(place - below, 1 - axis)
        values = np.take(values, below, axis) * (1 - part) + np.take(values, below + 1, axis) * part
    return values
