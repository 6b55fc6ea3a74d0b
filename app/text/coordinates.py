"""Positions on the globe as people write and read them: typed coordinates, labels, and the pins in the address."""

import re

from app.text.i18n import say
from engine.runtime.errors import InputError

Position = tuple[float, float]
"""Latitude, longitude in [0, 360), in degrees."""

MOST_PINS = 5
PIN_LETTERS = "ABCDE"
PINS = r"^$|^{0}(;{0}){{0,4}}$".format(r"-?(90(\.0+)?|[1-8]?\d(\.\d+)?),-?\d{1,3}(\.\d+)?")
"""What the address may hold: up to five positions such as `35,150;20,-150`."""

EXAMPLES = "35 N 150 E, 35°30'S 20°E or 35, 150"

_ANGLE = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*°?\s*(?:(\d+(?:\.\d+)?)\s*')?\s*(?:(\d+(?:\.\d+)?)\s*\")?\s*([NSEW]?)")
_MARKS = str.maketrans({"′": "'", "’": "'", "″": '"', "”": '"', "º": "°", "−": "-", ";": ","})


def parse_position(text: str) -> Position:
    """Return the position that a person typed: decimal degrees or degrees, minutes and seconds, latitude first.

    Letters N, S, E, W may stand after each angle, then in either order; without letters south and west are negative.
    Raises InputError for anything else.
    """
    plain = text.translate(_MARKS).upper()
    angles = list(_ANGLE.finditer(plain))
    rest = re.sub(r"[\s,]", "", _ANGLE.sub("", plain))
    if len(angles) != 2 or rest:
        raise InputError(
            say(
                "position is {text}; expected a latitude and a longitude such as {examples}",
                text=repr(text[:40]),
                examples=EXAMPLES,
            )
        )
    letters = [match[4] for match in angles]
    if (letters[0] and letters[0] in "EW") or (letters[1] and letters[1] in "NS"):
        angles, letters = angles[::-1], letters[::-1]
    if letters[0] not in ("", "N", "S") or letters[1] not in ("", "E", "W"):
        raise InputError(
            say("position is {text}; expected one latitude (N or S) and one longitude (E or W)", text=repr(text[:40]))
        )
    latitude, longitude = (_degrees(match, text) for match in angles)
    if abs(latitude) > 90:
        raise InputError(
            say("latitude is {angle:g}°; expected one from 90° S to 90° N: the latitude comes first", angle=latitude)
        )
    if not -180 <= longitude <= 360:
        raise InputError(say("longitude is {angle:g}°; expected one from 180° W to 180° E, or from 0° to 360°", angle=longitude))
    return latitude, longitude % 360


def _degrees(match: re.Match[str], text: str) -> float:
    """Return the signed degrees of one angle."""
    whole, minutes, seconds, letter = match.groups()
    size = abs(float(whole)) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    if (letter and whole[0] in "+-") or float(minutes or 0) >= 60 or float(seconds or 0) >= 60:
        raise InputError(
            say("position is {text}; expected a sign or a letter, and minutes and seconds below 60", text=repr(text[:40]))
        )
    return -size if whole.startswith("-") or (letter and letter in "SW") else size


def position(latitude: float, longitude: float, digits: int = 2) -> str:
    """Return a position in degrees as it is written on a chart."""
    east = (longitude + 180) % 360 - 180
    north, west = "N" if latitude >= 0 else "S", "E" if east >= 0 else "W"
    return f"{abs(latitude):.{digits}f}°{north} {abs(east):.{digits}f}°{west}"


def pinned(text: str) -> list[Position]:
    """Return the positions of `pins` in an address, which `PINS` describes."""
    pairs = (pair.split(",") for pair in text.split(";") if pair)
    return [(float(latitude), float(longitude) % 360) for latitude, longitude in pairs]


def pins_text(places: list[Position]) -> str:
    """Return positions as the address holds them."""
    return ";".join(f"{latitude:.3f},{longitude:.3f}" for latitude, longitude in places)
