"""Growth, grazing and loss of four phytoplankton groups, and their use of nitrate and iron: one box, the mixed layer.

A simplified form of the NASA Ocean Biogeochemical Model (Gregg et al. 2003, doi 10.1016/j.dsr2.2003.07.009), with its four
groups. Zooplankton is not a variable: grazing grows with the root of biomass. Constants without a source are set by hand.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Group:
    """One group: fastest growth at 20 degC (1/d), light (W m-2) and half-saturations of nitrate (umol/L) and iron (nmol/L)."""

    name: str
    growth: float
    light: float
    nitrate: float
    iron: float
    coldest: float = -5.0
    """Temperature (degC) below which it hardly grows."""


GROUPS = (
    Group("chl_chlorophyte", 1.35, 26.0, 0.60, 0.07),
    Group("chl_diatom", 2.1, 24.0, 1.10, 0.13),
    Group("chl_coccolithophore", 1.15, 15.0, 0.40, 0.07, coldest=5.0),
    Group("chl_cyanobacteria", 0.80, 18.0, 0.12, 0.05, coldest=15.0),
)

WARMING = 1.066
"""Growth per kelvin (Eppley 1972)."""

GRAZING, GRAZING_WARMING = 0.75, 1.045
STARVING = 0.06
"""mg m-3 of chlorophyll at which grazing is halved, so that some plankton survives the winter."""

OWN_SHARE = 0.4
"""Share of grazing that depends on the group's own biomass: without it the fastest group would dominate everywhere."""

LOSS = 0.025
LEAST = 0.003
"""Lower bound of each group in mg m-3, so that it can grow again."""

NITROGEN = 0.55
"""mmol N per mg chlorophyll: 44 g C per g, Redfield."""

IRON = 0.045
"""umol Fe per mg chlorophyll."""

RECYCLED_NITROGEN, RECYCLED_IRON = 0.77, 0.60
SCAVENGING = 0.010
ATTENUATION, SHADING = 0.042, 0.045


def light_in_layer(surface: Array, depth: Array, chlorophyll: Array) -> Array:
    """Return the mean light (n,) in W m-2 over a layer of `depth` m under `surface` light; chlorophyll (mg m-3) shades."""
    optical = (ATTENUATION + SHADING * chlorophyll**0.7) * depth
    return surface * (1 - np.exp(-optical)) / optical


def step(groups: Array, nitrate: Array, iron: Array, temperature: Array, surface_light: Array, depth: Array) -> None:
    """Apply growth and losses of one day, in place: `groups` (4, n) mg m-3, `nitrate` (n,) umol/L, `iron` (n,) nmol/L.

    Two half-day steps; growth is implicit in the nutrients, so that they never become negative.
    """
    warm, eaten_warm = WARMING ** (temperature - 20), GRAZING_WARMING ** (temperature - 20)
    days = 0.5
    for _ in range(2):
        total = groups.sum(axis=0)
        light = light_in_layer(surface_light, depth, total)
        grazers = GRAZING * eaten_warm * total / (total + STARVING)
        made, lost = np.zeros_like(total), np.zeros_like(total)
        for number, group in enumerate(GROUPS):
            fed = np.minimum(nitrate / (nitrate + group.nitrate), iron / (iron + group.iron))
            cold = 1 / (1 + np.exp(-(temperature - group.coldest) / 1.5))
            growth = group.growth * warm * cold * (1 - np.exp(-light / group.light)) * fed
            own = groups[number]
            grazing = grazers * (OWN_SHARE * 2 * np.sqrt(own) + (1 - OWN_SHARE) * np.sqrt(total))
            gone = grazing + LOSS * eaten_warm
            after = np.maximum(own * np.exp(days * (growth - gone)), LEAST)
            middle = 0.5 * (own + after)
            made += growth * middle
            lost += gone * middle
            groups[number] = after
        _exchange(nitrate, days * NITROGEN, made, lost, RECYCLED_NITROGEN)
        _exchange(iron, days * IRON, made, lost, RECYCLED_IRON)
        iron -= days * SCAVENGING * iron * iron / 0.3


def _exchange(nutrient: Array, per_chlorophyll: float, made: Array, lost: Array, recycled: float) -> None:
    gained = nutrient + per_chlorophyll * recycled * lost
    nutrient[:] = gained / (1 + per_chlorophyll * made / np.maximum(nutrient, 1e-3))
