"""The report on heads: every score stands in it."""

from engine.cli.verify import day_head_text, kuroshio_text
from engine.verification.report.head_page import head_sections

WAVES = {
    "head": "waves",
    "starts": [240, 270],
    "run": "seed-1",
    "weights_sha256": "a" * 64,
    "rows": [
        {"field": field, "lead_days": lead, "method": method, "rmse": 0.1234 * lead, "bias": -0.02}
        for field in ("swh", "slight, 0.5-1.25 m")
        for lead in (1, 2)
        for method in ("head", "persistence")
    ],
}
KUROSHIO = {
    "head": "kuroshio",
    "starts": [240],
    "days": [240, 243],
    "weights_sha256": "b" * 64,
    "bicubic": {"rmse zos": 0.0188},
    "on_days": {"rmse zos": 0.0177},
    "checkerboard": 1.01,
    "forecasts": [{"field": "zos", "lead_days": 7, "method": "head", "rmse": 0.05, "acc": 0.913}],
}


def test_waves_have_a_picture_and_a_line_for_each_field_and_lead() -> None:
    html = "\n".join(head_sections(WAVES))
    assert "<svg" in html and "Weights aaaaaaaaaaaa; forecasts from sample days 240, 270." in html
    assert html.count("<tr>") == 5 and "slight, 0.5-1.25 m" in html and "0.247" in html
    said = day_head_text(WAVES)
    assert "head 0.2468 (-0.020)" in said and "run seed-1, sample days 240, 270" in said


def test_the_kuroshio_stands_beside_bicubic_interpolation_and_has_its_correlation() -> None:
    html = "\n".join(head_sections(KUROSHIO))
    assert "Kuroshio at 1/12 degree" in html and "0.0188" in html and "0.0177" in html and "0.913" in html
    said = kuroshio_text(KUROSHIO)
    assert "0.0188 bicubic" in said and "head 0.0500 (+0.913)" in said and "1.0100 (1: none)   2 days" in said


def test_without_forecasts_the_days_of_the_reference_stand_alone() -> None:
    html = "\n".join(head_sections({**KUROSHIO, "forecasts": []}))
    assert "<svg" not in html and "0.0177" in html
