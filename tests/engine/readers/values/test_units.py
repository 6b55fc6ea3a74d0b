"""Units are read as people spell them, and not where they mean something else."""

import pytest

from engine.readers.values.units import FLOW, METRES, SALINITY, TEMPERATURE, Units, plain


@pytest.mark.parametrize(
    ("units", "known", "wanted"),
    [
        *((text, TEMPERATURE, (1, 0)) for text in ("°C", "degC", "degrees_C", "degree Celsius", "deg C", "C", "Celsius", "DEGC")),
        *((text, TEMPERATURE, (1, -273.15)) for text in ("kelvin", "K", "Kelvin")),
        *((text, SALINITY, (1, 0)) for text in ("PSS-78", "psu ", "PSU", "1e-3", "0.001", "ppt", "g/kg", "g kg-1", "1", "")),
        *((text, FLOW, (1, 0)) for text in ("m/s", "m s-1", "m.s-1", "m s**-1", "m/sec", "meters/second", "m s^-1", "m s⁻¹")),
        *((text, FLOW, (1, 0)) for text in ("metre second-1", "meters per second", "M/S")),
        *((text, FLOW, (0.01, 0)) for text in ("cm/s", "cm s-1", "centimeters/second")),
        *((text, METRES, (1, 0)) for text in ("m", "metres", "Meter")),
        ("cm", METRES, (0.01, 0)),
        ("mm", METRES, (0.001, 0)),
    ],
)
def test_a_usual_spelling_is_known(units: str, known: Units, wanted: tuple[float, float]) -> None:
    assert known[plain(units)] == wanted


@pytest.mark.parametrize("units", ["furlong", "m", "m/h", "knots", "s-1", "ms", "degF", "m2/s", "kg m-3"])
def test_another_unit_is_no_speed(units: str) -> None:
    assert plain(units) not in FLOW
