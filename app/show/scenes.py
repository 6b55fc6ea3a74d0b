"""The scenes of the tour: what each shows, where it looks, and what it says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TourLabel:
    """A name that the tour writes on the globe."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Box:
    """Bounds in degrees; `east` exceeds 360 where the box crosses the prime meridian."""

    south: float
    north: float
    west: float
    east: float


@dataclass(frozen=True)
class TourScene:
    """One stop of the tour: a field in its colours, a camera, and two sentences."""

    name: str
    """As the address has it."""
    title: str
    caption: tuple[str, str]
    """A sentence on the ocean, and one on what of it is simulated and how to read the colours."""
    variable: str
    palette: str
    """Name that `app.style.palettes.colours` takes; dark at its low or neutral end, so that the page stays dark."""
    limits: tuple[float, float]
    """Ends of the palette in the units of the variable."""
    latitude: float
    longitude: float
    span: float
    """Degrees of the globe across the shorter side of the open part of the screen."""
    close: Box | None = None
    """Where the field comes in full detail; None where half a degree is enough."""
    places: tuple[TourLabel, ...] = ()
    logarithmic: bool = False
    streaks: bool = True
    """Whether the surface current moves over the colours at first."""
    days_a_second: int = 2
    rounds: int = 2
    """Times that the days are shown before the next scene."""
    turn: float = 0.0
    """Degrees of longitude that the camera drifts in a second."""


TOUR: tuple[TourScene, ...] = (
    TourScene(
        name="kuroshio",
        title="Kuroshio eddies",
        caption=(
            "East of Japan the Kuroshio leaves the coast and lets go of eddies, wheels of water a hundred kilometres and more "
            "across that turn for months.",
            "Colour is the spin of the simulated surface water: red turns anticlockwise, blue clockwise, dark hardly at all.",
        ),
        variable="vorticity",
        palette="balance_i",
        limits=(-2.0, 2.0),
        latitude=34.5,
        longitude=150.0,
        span=36.0,
        close=Box(8, 58, 110, 200),
        places=(TourLabel("Japan", 36.6, 138.2), TourLabel("Taiwan", 23.7, 121.0), TourLabel("Kamchatka", 56.5, 160.0)),
        turn=0.18,
    ),
    TourScene(
        name="gulf_stream",
        title="Gulf Stream",
        caption=(
            "Warm water leaves Florida in a narrow jet, breaks away from the coast at Cape Hatteras and meanders out into the "
            "Atlantic.",
            "Colour is the simulated temperature of the surface, and the streaks are longest where the current is fastest.",
        ),
        variable="thetao",
        palette="thermal",
        limits=(4.0, 29.0),
        latitude=37.0,
        longitude=298.0,
        span=46.0,
        close=Box(10, 62, 255, 345),
        places=(
            TourLabel("Florida", 28.2, 278.4), TourLabel("Cape Hatteras", 35.8, 281.8), TourLabel("Newfoundland", 48.8, 303.6),
            TourLabel("Bermuda", 32.3, 295.2),
        ),
        turn=0.18,
    ),
    TourScene(
        name="agulhas",
        title="Agulhas rings",
        caption=(
            "South of Africa the Agulhas Current runs into the winds of the Southern Ocean, turns back on itself and sheds rings "
            "of warm water that drift away into the Atlantic.",
            "Colour is the simulated height of the sea surface: a ring is a low hill of water, some tens of centimetres above "
            "the sea around it.",
        ),
        variable="zos",
        palette="haline",
        limits=(-0.4, 1.4),
        latitude=-36.0,
        longitude=19.0,
        span=48.0,
        close=Box(-60, -10, -25, 65),
        places=(TourLabel("Cape Town", -33.0, 19.6), TourLabel("Madagascar", -19.5, 46.7)),
        turn=-0.18,
    ),
    TourScene(
        name="equatorial_pacific",
        title="Equatorial Pacific",
        caption=(
            "Trade winds draw cool water up along the equator, and waves a thousand kilometres long ruffle the edges of this "
            "cold tongue on their way west.",
            "Colour is simulated temperature; so near the equator the waves have a prescribed shape and pace, and show the kind "
            "of motion rather than those of any one year.",
        ),
        variable="thetao",
        palette="thermal",
        limits=(18.0, 30.0),
        latitude=1.0,
        longitude=236.0,
        span=64.0,
        close=Box(-25, 25, 170, 290),
        places=(TourLabel("Galápagos", -0.5, 269.0), TourLabel("Hawai‘i", 20.3, 203.5), TourLabel("Peru", -9.5, 284.0)),
        turn=-0.5,
    ),
    TourScene(
        name="southern_ocean",
        title="Waves of the Southern Ocean",
        caption=(
            "Around Antarctica no land stands in the way of the wind, and one storm after another raises the highest waves on "
            "Earth.",
            "Colour is simulated significant wave height, the mean of the highest third of the waves, as the winds of each day "
            "make it.",
        ),
        variable="swh",
        palette="ice",
        limits=(0.0, 9.0),
        latitude=-50.0,
        longitude=100.0,
        span=125.0,
        places=(
            TourLabel("Antarctica", -80.0, 90.0), TourLabel("Australia", -25.5, 134.0), TourLabel("Africa", -24.0, 24.0),
            TourLabel("South America", -36.0, 293.0), TourLabel("New Zealand", -43.5, 171.0),
        ),
        streaks=False,
        turn=1.6,
    ),
    TourScene(
        name="bloom",
        title="Phytoplankton bloom",
        caption=(
            "Where light meets nutrients, plants too small to see multiply until whole seas turn green, and nearly all life of "
            "the open ocean feeds on them.",
            "Colour is simulated chlorophyll on a scale whose every step multiplies: the bright water holds a hundred times as "
            "much as the dark.",
        ),
        variable="chl",
        palette="algae_r",
        limits=(0.03, 3.0),
        latitude=44.0,
        longitude=330.0,
        span=82.0,
        places=(TourLabel("Iceland", 64.9, 341.0), TourLabel("Ireland", 53.2, 352.2), TourLabel("Azores", 37.6, 334.2),
                TourLabel("Greenland", 70.0, 318.0), TourLabel("Morocco", 31.2, 353.0)),
        logarithmic=True,
        turn=0.5,
    ),
)  # fmt: skip
