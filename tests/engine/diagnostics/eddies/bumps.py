"""Seas made of Gaussian bumps, whose eddies are known."""

import numpy as np

from engine.schema.constants import EARTH_RADIUS


def distance(lat: np.ndarray, lon: np.ndarray, at_lat: float, at_lon: float) -> np.ndarray:
    """Return great-circle distances (h, w) in metres of the cells of two axes from a point."""
    phi, there = np.deg2rad(lat)[:, None], np.deg2rad(at_lat)
    turn = np.deg2rad(lon - at_lon)
    haversine = np.sin((phi - there) / 2) ** 2 + np.cos(phi) * np.cos(there) * np.sin(turn / 2) ** 2
    return 2 * EARTH_RADIUS * np.arcsin(np.sqrt(haversine))


def bump(lat: np.ndarray, lon: np.ndarray, at_lat: float, at_lon: float, height: float, scale: float) -> np.ndarray:
    """Return a Gaussian (h, w) of `height` in metres at a point; its flow is fastest at distance `scale` in metres."""
    return height * np.exp(-0.5 * (distance(lat, lon, at_lat, at_lon) / scale) ** 2)


def axes(lat_min: float, lat_max: float, lon_min: float, lon_max: float, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the cell centres of a box in degrees."""
    rows, columns = round((lat_max - lat_min) / step), round((lon_max - lon_min) / step)
    return lat_min + step * (np.arange(rows) + 0.5), lon_min + step * (np.arange(columns) + 0.5)
