"""A visitor reads what was taken as missing in the files that were brought."""

from app.text.i18n import speaking
from app.text.missing_data import sentences

REPORT = {
    "out_of_range": {"zos": {"cells": 48, "lowest": 9999.0, "highest": 9999.0}},
    "flagged": {"thetao": 3},
    "constant_rows": {"so": 2},
    "zero_land": 6,
}


def test_each_field_that_lost_cells_has_a_sentence_with_its_count() -> None:
    assert sentences(REPORT) == [
        "zos: 48 values (9999 to 9999) are out of range and count as missing.",
        "thetao: 3 values under a bad quality flag count as missing.",
        "so: 2 rows hold one number amid water that varies and look damaged.",
        "6 cells with 0 in every field count as land.",
    ]
    assert sentences({"label": "GLORYS"}) == []


def test_the_sentences_are_said_in_chinese_too() -> None:
    with speaking("zh"):
        assert "48" in sentences(REPORT)[0] and "count as" not in " ".join(sentences(REPORT))
