"""Tables as CSV whose cells no spreadsheet takes for formulas, whatever the names and labels in them are."""

import re
from collections.abc import Sequence

import pandas as pd

# Spreadsheets run text that begins with one of these, also after blanks, and split a cell at the separators of other locales.
_FORMULA = re.compile(r"""(?P<before>^|[,;|\t\r\n"]) (?P<blanks>\s*) (?=[=+\-@＝＋－＠])
    (?! [+-]? (\d+\.?\d* | \.\d+) (e[+-]?\d+)? \s* ($|[,;|\t\r\n"]) )""", re.VERBOSE | re.IGNORECASE)  # fmt: skip


def csv_of(table: pd.DataFrame, said: Sequence[str] = ()) -> str:
    """Return a table as CSV without its index, after a line of comment for each of `said`; figures have six digits.

    Text that a spreadsheet would run as a formula gets an apostrophe before it; text that is a number stays as it is.
    """
    safe = table.rename(columns=_harmless)
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]) and not pd.api.types.is_datetime64_any_dtype(safe[name]):
            safe[name] = safe[name].map(_harmless)
    lines = [_harmless(f"# {' '.join(line.splitlines())}") for line in said]
    return "".join(f"{line}\n" for line in lines) + str(safe.to_csv(index=False, float_format="%.6g", lineterminator="\n"))


def _harmless(value: object) -> object:
    return _FORMULA.sub(r"\g<before>\g<blanks>'", value) if isinstance(value, str) else value
