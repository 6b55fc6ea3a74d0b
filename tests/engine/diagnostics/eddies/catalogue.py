"""How far our eddies and those of another catalogue are the same."""

from dataclasses import dataclass
from pathlib import Path

import netCDF4
import numpy as np
from scipy.spatial import cKDTree

from engine.diagnostics.eddies import Eddies
from engine.schema.constants import EARTH_RADIUS

ALTIMETRY = "altimetry/nrt_global_allsat_phy_l4_20190223_20190226.nc"
CATALOGUES = {1: "altimetry/Cyclonic_20190223.nc", -1: "altimetry/Anticyclonic_20190223.nc"}
NEAR = 50e3
TALL = 0.05


@dataclass(frozen=True)
class Agreement:
    """Counts of eddies over 5 cm, and of those with a counterpart of the same sign and any amplitude within 50 km."""

    catalogued: int
    matched: int
    ours: int
    unmatched: int

    @property
    def matched_share(self) -> float:
        return self.matched / self.catalogued

    @property
    def unmatched_share(self) -> float:
        return self.unmatched / self.ours


def agreement(eddies: Eddies, folder: Path) -> Agreement:
    """Compare centres of `eddies` with the two catalogues below `folder`, cyclones and anticyclones apart."""
    counts = np.zeros(4, dtype=int)
    for rotation, name in CATALOGUES.items():
        with netCDF4.Dataset(folder / name) as data:
            lon, lat, amplitude = (np.asarray(data[column][:], dtype=float) for column in ("longitude", "latitude", "amplitude"))
        own = eddies.select(eddies.rotation == rotation)
        theirs, ours = cKDTree(_on_sphere(lon, lat)), cKDTree(_on_sphere(own.lon, own.lat))
        to_ours = ours.query(theirs.data)[0][amplitude > TALL]
        to_theirs = theirs.query(ours.data)[0][own.amplitude > TALL]
        counts += [to_ours.size, np.sum(to_ours <= NEAR), to_theirs.size, np.sum(to_theirs > NEAR)]
    return Agreement(*counts.tolist())


def _on_sphere(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    lon, lat = np.deg2rad(lon), np.deg2rad(lat)
    return EARTH_RADIUS * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
