"""Named regions of the ocean, as boxes of latitude and longitude."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """A box in degrees; `lon_max` exceeds 360 where the box crosses the prime meridian."""

    name: str
    label: str
    lat_min: float
    lat_max: float
    lon_min: float
    lon_max: float


REGIONS: dict[str, Region] = {
    region.name: region
    for region in (
        Region("global", "Global", -80, 90, 20, 380),
        Region("kuroshio", "Kuroshio", 20, 50, 122.5, 180),
        Region("gulf_stream", "Gulf Stream", 24, 50, 278, 320),
        Region("agulhas", "Agulhas", -48, -20, 5, 50),
        Region("equatorial_pacific", "Equatorial Pacific", -20, 20, 130, 285),
        Region("north_atlantic", "North Atlantic", 0, 70, 260, 375),
        Region("southern_ocean", "Southern Ocean", -80, -35, 0, 360),
        Region("arctic", "Arctic", 60, 90, 0, 360),
        Region("south_china_sea", "South China Sea", -3, 25, 99, 123),
        Region("mediterranean", "Mediterranean", 30, 46, 354, 397),
        Region("indian_ocean", "Indian Ocean", -40, 30, 30, 120),
    )
}
