"""What a challenger of OceanBench looks like: nodes, levels, names and addresses (documentation and code of OceanBench 0.6.1)."""

import re
from dataclasses import dataclass

import numpy as np

from engine.runtime.names import plain_name

PROVIDER = "provider"
"""Attribute of the store of a forecast that another provider made."""

LATITUDES = np.arange(-312, 360) / 4.0
"""Nodes of the quarter-degree grid (672,), -78 to 89.75 degrees north."""

LONGITUDES = np.arange(-720, 720) / 4.0
"""Nodes of the quarter-degree grid (1440,), -180 to 179.75 degrees east."""

SCORED = (0.494025, 47.37369, 92.32607, 222.4752, 318.1274, 541.0889)
"""Depths in metres that OceanBench scores as surface, 50, 100, 200, 300 and 500 m; of any others it takes the nearest."""

NATIVE = (
    0.494025, 1.541375, 2.645669, 3.819495, 5.078224, 6.440614, 7.92956, 9.572997, 11.405, 13.46714, 15.81007, 18.49556, 21.59882,
    25.21141, 29.44473, 34.43415, 40.34405, 47.37369, 55.76429, 65.80727, 77.85385, 92.32607, 109.7293, 130.666, 155.8507,
    186.1256, 222.4752, 266.0403, 318.1274, 380.213, 453.9377, 541.0889,
)  # fmt: skip
"""The upper 32 depths in metres of GLO12 and GLORYS12, down to the last that is scored."""

ZERO_OF_CHALLENGERS = "glo12"
"""Whose zero of sea level the public challengers have: they start from GLO12, or learned from GLORYS12, its reanalysis."""

LEADS = 10
"""Days of a forecast; fewer are scored as far as they go."""

NAMES: dict[str, tuple[str, ...]] = {
    "thetao": ("sea_water_potential_temperature", "thetao"),
    "so": ("sea_water_salinity", "sea_water_practical_salinity", "so"),
    "uo": ("eastward_sea_water_velocity", "uo"),
    "vo": ("northward_sea_water_velocity", "vo"),
    "zos": ("sea_surface_height_above_geoid", "zos"),
}
"""CF standard name, then the usual name, of each field."""

AXES: dict[str, tuple[str, ...]] = {
    "lat": ("latitude", "lat"),
    "lon": ("longitude", "lon"),
    "depth": ("depth", "lev", "deptht"),
}

LEAD_AXES = ("lead_day_index", "time", "lead_time")
START_AXIS = "first_day_datetime"

_LABELS = {
    "glonet": "GLONET",
    "glonet2": "GLONET2",
    "glonet2-ibi": "GLONET2-IBI",
    "glonet-hr": "GLONET-HR",
    "xihe": "XiHe",
    "wenhai": "WenHai",
    "langya": "LangYa",
    "hclimrep": "HClimRep",
    "glo12": "GLO12",
    "glo36v1": "GLO36V1",
    "glo12-persistence": "Persistence of GLO12",
}
_DAY = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")
_OCTO = re.compile(r"octo-([\w-]+?)-p1d(?:/|$)")


@dataclass(frozen=True)
class Origin:
    """What the address of a challenger says of it: its model, the label of that, whose it is, and the day in its name."""

    model: str
    label: str
    provider: str
    provider_label: str
    day: np.datetime64 | None


def origin_of(address: str, challenger: str = "") -> Origin:
    """Return what an address says; the attribute `challenger` of a store names its model before the folders above it do."""
    path = address.replace("\\", "/").rstrip("/")
    octo = _OCTO.search(path)
    *folders, name = path.split("/")
    found = _DAY.search(name)
    folders = [each for each in folders if not _DAY.search(each) and not re.fullmatch(r"v\d+|public|", each)]
    model = challenger or (octo[1] if octo else folders[-1] if folders and found else name.removesuffix(".zip"))
    model = plain_name(model.removesuffix(".zarr").lower())
    model = "glo12-persistence" if model == "persistence" else model
    day = None
    if found:
        try:
            day = np.datetime64("-".join(found.groups()), "D")
        except ValueError:  # eight digits that are no date
            day = None
    label = _LABELS.get(model, challenger or model)
    return Origin(model, label, "octo" if octo else "oceanbench", "EDITO" if octo else "OceanBench", day)
