"""Tables with text from others: no cell can run as a formula in a spreadsheet."""

import csv
import io
import re

import numpy as np
import pandas as pd
import pytest

from engine.runtime.csv_table import csv_of
from engine.runtime.paths import REPOSITORY

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "  =1+1", "\t=1+1", "-2+3|x!A0", "＝1+1", "a;=1+1", "a,=1+1",
    'a",=1+1,"', "a\n=1+1", "a|@x",
]  # fmt: skip
NUMBERS = ["-1.5", "+2", "-.5e-3"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_run_as_a_formula_stays_text(text: str) -> None:
    table = pd.DataFrame({"name": [text, "plain"], text: [1.0, 2.0]})
    written = csv_of(table, [f"label {text}", text])
    # As read with the separators of any country, each cell begins with what is none of a formula.
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(written), delimiter=separator):
            for cell in (part for one in row for part in re.split(r"[,;|\t\r\n\"]", one)):
                assert not re.match(r"\s*[=+\-@＝]", cell), cell
    assert text.lstrip(" \t") in csv_of(table).replace("'", "").replace('""', '"')


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_stay_numbers(text: str) -> None:
    assert csv_of(pd.DataFrame({"a": [text]})) == f"a\n{text}\n"


def test_a_table_of_numbers_is_unchanged() -> None:
    days = np.array(["2019-02-23", "2019-02-24"], "datetime64[s]")
    index = pd.MultiIndex.from_product([days, [-35.25, 1 / 3]], names=["time", "lat"])
    table = pd.DataFrame({"uo": [-1.5, np.nan, -1e-9, 2e10], "lead": [0, 0, -1, 1]}, index)
    assert csv_of(table.reset_index()) == table.to_csv(float_format="%.6g")


def test_a_line_of_comment_stays_one_line() -> None:
    assert csv_of(pd.DataFrame({"a": [1]}), ["two\nlines"]) == "# two lines\na\n1\n"


def test_every_table_is_written_in_one_place() -> None:
    files = (path for folder in ("app", "engine") for path in (REPOSITORY / folder).rglob("*.py"))
    assert [path.name for path in files if ".to_csv(" in path.read_text(encoding="utf-8")] == ["csv_table.py"]
