"""Eddies look on a picture as on the page: the page's script and the picture's artist have the same numbers."""

import json
import re
from pathlib import Path

import app.loopmap
from app.export.mark_artists import EDDY_INKS
from app.export.marks import LEAST_AMPLITUDES

SCRIPTS = "".join(path.read_text(encoding="utf-8") for path in sorted(Path(app.loopmap.__file__).parent.rglob("*.js")))


def test_eddies_have_the_colours_of_the_page() -> None:
    inks = re.findall(r'light: (\["#\w+", "#\w+"\]), dark: (\["#\w+", "#\w+"\])', SCRIPTS)
    assert len(inks) == 1, "of cyclones, of anticyclones"
    assert {theme: tuple(reversed(json.loads(pair))) for theme, pair in zip(("light", "dark"), inks[0], strict=True)} == EDDY_INKS


def test_eddies_are_drawn_from_the_amplitude_of_the_page() -> None:
    [table] = re.findall(r"const LEAST = \[(.*?)\];", SCRIPTS, re.DOTALL)
    pairs = re.findall(r"\[(\d+|Infinity), ([\d.]+)\]", table)
    assert tuple((float(scale), float(least)) for scale, least in pairs) == LEAST_AMPLITUDES
