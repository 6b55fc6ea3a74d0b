"""Files of verification results: written whole, read back, and refused in words where they are something else."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.runtime.errors import InputError
from engine.runtime.paths import verification_folder
from engine.verification.results import keep_result, read_result, result_files

ROW = {"model": "small", "variable": "zos", "depth": 0.0, "band": "14-64", "lead_days": 1, "rmse": 0.1}
WHOLE: dict[str, Any] = {
    "rows": [ROW],
    "stratification": [{**ROW, "variable": "d20", "rmse": None}],
    "energy": [],
    "power": [],
    "spectra": {},
    "starts": [240, 270],
    "run": "seed-1",
    "grid": [90, 180],
    "weights_sha256": {"small": "abc"},
}


def test_a_kept_result_is_read_back_under_the_name_of_its_contest() -> None:
    path = keep_result(WHOLE)
    assert path.parent == verification_folder() and path.name == "small__seed-1__2-starts__90x180.json"
    found = read_result(path)
    assert found.models == ["small"] and found.tables == WHOLE and not found.shipped
    assert path in result_files()
    assert keep_result(WHOLE) == path, "the same contest again takes the place of the first"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rows": None}, "rows is missing"),
        ({"rows": []}, "rows is empty"),
        ({"rows": [{**ROW, "lead_days": "1"}]}, "rows has no lead_days in row 0"),
        ({"rows": [ROW, {**ROW, "rmse": "much"}]}, "rows has no rmse in row 1"),
        ({"power": [7]}, "power has no columns in row 0"),
        ({"starts": None}, "it has no starts"),
        ({"spectra": []}, "it has no spectra"),
    ],
)
def test_a_result_of_another_shape_is_refused_by_what_it_lacks(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({**WHOLE, **changed}))
    with pytest.raises(InputError, match=f"mine.json is no verification result: {words}.*goms verify"):
        read_result(path)


@pytest.mark.parametrize(("text", "words"), [("[1]", "it holds a list"), ("{", "cannot be read as JSON")])
def test_a_file_that_is_no_table_at_all_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        read_result(path)


def test_what_is_shipped_can_be_read() -> None:
    for path in result_files():
        assert read_result(path).shipped
