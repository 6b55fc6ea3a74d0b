"""Units: one spelling from many, and the scale and offset to the schema's unit."""

import re
from collections.abc import Mapping

Units = Mapping[str, tuple[float, float]]
"""Plain spelling, as `plain` gives it -> (scale, offset) that turn a value into the schema's unit."""

TEMPERATURE: Units = {"degC": (1.0, 0.0), "K": (1.0, -273.15)}
SALINITY: Units = dict.fromkeys(("psu", "1e-3", "g kg-1", "1", ""), (1.0, 0.0))
"""Practical salinity has no unit; g/kg is written for it in many files (its standard name tells absolute salinity)."""
METRES: Units = {"m": (1.0, 0.0), "cm": (0.01, 0.0), "mm": (0.001, 0.0)}
FLOW: Units = {"m s-1": (1.0, 0.0), "cm s-1": (0.01, 0.0)}
PRESSURE: Units = {"Pa": (1.0, 0.0), "hPa": (100.0, 0.0)}
CHLOROPHYLL: Units = {"mg m-3": (1.0, 0.0)}
NITRATE: Units = {"mmol m-3": (1.0, 0.0), "umol L-1": (1.0, 0.0)}
IRON: Units = {"mmol m-3": (1000.0, 0.0), "nmol L-1": (1.0, 0.0)}
DEPTH: Units = {"m": (1.0, 0.0), "cm": (0.01, 0.0), "km": (1000.0, 0.0)}

_WHOLE = {
    **dict.fromkeys(("c", "celsius", "degc", "degreec", "degreesc", "degreescelsius", "degreecelsius", "degcelsius"), "degC"),
    **dict.fromkeys(("k", "kelvin", "degk", "degreek", "degreesk", "degreeskelvin", "kelvins"), "K"),
    **dict.fromkeys(("psu", "pss", "pss78", "pss-78", "practicalsalinityunit", "practicalsalinityunits"), "psu"),
    **dict.fromkeys(
        ("1e-3", "1e-03", "0.001", ".001", "10-3", "10^-3", "1.e-3", "ppt", "permil", "permille", "‰", "o/oo"), "1e-3"
    ),
    **dict.fromkeys(("pa", "pascal", "pascals"), "Pa"),
    **dict.fromkeys(("hpa", "hectopascal", "mbar", "mb", "millibar", "millibars"), "hPa"),
    **dict.fromkeys(("mgm-3", "mg/m3", "mg/m^3", "mgm^-3", "milligramm-3"), "mg m-3"),
    **dict.fromkeys(("mmolm-3", "mmol/m3", "mmol/m^3", "mmolm^-3"), "mmol m-3"),
    **dict.fromkeys(("gkg-1", "g/kg", "gkg^-1", "gkg**-1", "g.kg-1"), "g kg-1"),
}
_LENGTHS = {
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), "m"),
    **dict.fromkeys(("cm", "centimeter", "centimeters", "centimetre", "centimetres"), "cm"),
    **dict.fromkeys(("mm", "millimeter", "millimeters", "millimetre", "millimetres"), "mm"),
    **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), "km"),
}
_SECOND = r"(?:s|sec|secs|second|seconds)"
_DIVIDED = re.compile(rf"([a-z]+?)\s*(?:/|\bper\b|p(?=s$))\s*{_SECOND}")
_TO_THE_MINUS_ONE = re.compile(rf"([a-z]+?)[\s.*]*{_SECOND}\s*(?:\^|\*\*)?\s*[-\N{{MINUS SIGN}}]1")
_RAISED = str.maketrans("⁻¹²³", "-123")


def plain(units: str) -> str:
    """Return the plain spelling of a unit (degC, K, psu, 1e-3, m, cm s-1 ...), or `units` itself where it is unknown.

    Case is ignored, since no meaning depends on it here: `M/S` is a speed, `degc` is Celsius.
    """
    text = units.strip().translate(_RAISED)
    small = text.lower().replace("°", "deg").replace("º", "deg")
    squeezed = re.sub(r"[\s_]+", "", small)
    if squeezed in _WHOLE:
        return _WHOLE[squeezed]
    if squeezed in _LENGTHS:
        return _LENGTHS[squeezed]
    speed = _DIVIDED.fullmatch(small) or _TO_THE_MINUS_ONE.fullmatch(small)
    length = _LENGTHS.get(speed.group(1).strip()) if speed else None
    return f"{length} s-1" if length else text
