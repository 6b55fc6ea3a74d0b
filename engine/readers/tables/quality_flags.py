"""Quality flags of observations: which are kept, under the conventions of Argo, GTSPP, OceanSITES, QARTOD and IODE alike.

In all of them 1 is good, 3 and 4 are doubtful or bad, and 9 is missing. 2 is probably good (Argo, GTSPP, OceanSITES) or not
evaluated (QARTOD, IODE) and is kept. 0 is what they differ in from the World Ocean Database: there it is good, elsewhere not
checked; a table that has it is refused, since either guess could be wrong.
"""

import re
from collections import Counter

import numpy as np

KEPT = (1, 2)
KEPT_WORDS = ("good", "probably good", "pass", "not evaluated")
LEFT_OUT_WORDS = ("bad", "probably bad", "fail", "suspect", "questionable", "missing", "missing value", "high interest")
UNCERTAIN = "0"

_FLAG_COLUMN = re.compile(r"(.*_)?(qc|qf|flags?|quality|quality_?flag|quality_?control|qc_?flag)", re.IGNORECASE)


def is_flag(column: str) -> bool:
    """Return whether a column is one of quality flags by its name, such as qc, value_qc, QC_FLAG, flag or quality."""
    return _FLAG_COLUMN.fullmatch(column) is not None


def plain_flag(text: str) -> str:
    """Return a flag as a whole number or in small words; empty where it is none that is known."""
    words = text.strip().lower().replace("_", " ")
    if words in (*KEPT_WORDS, *LEFT_OUT_WORDS):
        return words
    number = re.fullmatch(r"(\d)(\.0*)?", words)
    return number.group(1) if number else ""


def kept(flags: np.ndarray) -> np.ndarray:
    """Return where (n,) plain flags (n,) are good enough: 1, 2 and their words."""
    return np.isin(flags, [*map(str, KEPT), *KEPT_WORDS])


def counted(column: str, flags: np.ndarray) -> dict[str, int]:
    """Return how many of the plain flags (n,) are left out, by column and flag, such as `value_qc 4`."""
    left_out = Counter(f"{column} {flag or 'blank'}" for flag in flags[~kept(flags)].tolist())
    return dict(sorted(left_out.items()))
