"""What becomes of gridded files that people had trouble with elsewhere: read to the right cells, or refused by what is wrong.

python -m tests.benchmarks.problem_inputs FOLDER [NAME ...] [--json]

FOLDER holds small files of closed-form fields, named as in the table `EXPECTED`; NAMEs are begins of names to look at. Each file
that is not in the table is expected to be read whole and right.
"""

import argparse
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.readers.values.tally import report_in
from engine.runtime.errors import InputError
from engine.sources.uploads import take_in
from engine.stores import Store, delete_store, open_store
from tests.benchmarks.problem_altimetry import altimetry_rows

ROUNDING = {"thetao": 0.02, "so": 0.004, "uo": 0.003, "vo": 0.002, "zos": 0.002}
"""Packing of file and store, and linear interpolation between levels (which bends T by 0.015)."""
CONVERTED = 0.08
"""Temperature that is in-situ or conservative in the file and potential in the store."""


@dataclass(frozen=True)
class Case:
    """One or several files taken in together, and how that is to end: with `refused` words, or read."""

    files: tuple[str, ...]
    refused: str = ""
    kind: str = ""
    date: str | None = None
    missing: float = 0.0
    """Share of the values that are to be missing."""
    first: int = 0
    stride: int = 1
    """Step in the file of the first day, and steps a day."""
    counted: str = ""
    """Report that is to say so: out_of_range or zero_land."""
    factor: float = 1.0
    """What the units make of the currents."""
    known_cell: bool = False
    """Row 7, column 7 holds packed zeros, which are water."""
    like: str = ""
    """Another input that the store is to equal."""


def _refusals(**words: str) -> list[Case]:
    return [Case((f"{name}.nc",), refused) for name, refused in words.items()]


CORNER, CELL = 6 / 169, 1 / 169
EXPECTED: tuple[Case, ...] = (
    *(Case((f"{name}.nc",), missing=CORNER) for name in ("c01_g", "c01_h", *(f"c02{letter}" for letter in "abcdefg"))),
    *(Case((f"{name}.nc",), missing=CORNER, known_cell=True) for name in ("c02h_h", "c02h2_h")),
    *(Case((f"{name}.nc",), missing=CORNER) for name in ("c04a", "c04f", "c11_1", "c11_2")),
    *(Case((f"{name}.nc",), missing=CELL, counted="out_of_range") for name in ("c04b", "c04c", "c04e", "c04g")),
    *(Case((f"c33_{name}.nc",), missing=CORNER, counted="out_of_range") for name in ("u9999", "zos-9999", "so_inf")),
    Case(("c04d.nc",), missing=CORNER, counted="zero_land"),
    Case(("c29_valid_max.nc",), "so of .*: valid_min, valid_max or valid_range exclude 100 %"),
    Case(("c24n_month_mean.nc",), first=1),
    Case(("c33_day2_surface_missing.nc",), missing=0.0572),
    *(Case((f"c07{letter}.nc",), missing=0.9887) for letter in "def"),
    Case(("c36_first_day_half.nc",), missing=7 / 39),
    Case(("c36_third_day_half.nc",), missing=7 / 39),
    Case(("c24p_3hourly.nc",), first=4, stride=8),
    Case(("c12s_zos_hourly.nc",), first=12, stride=24),
    *(Case((f"c32_{name}3z.nc",), first=4, stride=8) for name in "tsuv"),
    Case(("c32_ssh.nc",), first=12, stride=24),
    Case(("c28U_e.nc",), factor=0.01),
    Case(("c16_no_time.nc",), date="2014-03-05"),
    Case(("c39_no_time_variable.nc",), date="2014-03-05"),
    Case(("c16_no_time.nc",), "has no time; .*--date"),
    *(Case((f"c35_h_{name}.nc",), like="c35_h_resaved.nc", missing=-1) for name in ("resaved", "float", "zero")),
    Case(("c36_lon_a.nc", "c36_lon_b.nc")),
    Case(("c11_1.nc", "c11_2.nc"), missing=CORNER),
    Case(tuple(f"c12s_{name}.nc" for name in ("thetao", "so", "uo", "vo")),),
    Case(("c12s_thetao.nc", "c12s_zos_hourly.nc"), r"hourly\.nc: zos has 24 times on 2014-03-05, thetao of .*thetao\.nc one"),
    Case(("c10_1.nc", "c10_2.nc"), r"c10_2\.nc: thetao of 2014-03-07.* is also in"),
    Case(("c13_1.nc", "c13_2.nc"), r"c13_2\.nc has 2014-03-08 at 00:00 UTC, .*c13_1\.nc has 2014-03-07 at 12:00 UTC"),
    Case(("base_glorys.nc",), "is GLORYS .* said to be HYCOM", kind="hycom"),
    Case(("base_hycom.nc",), "is HYCOM .* said to be GLORYS", kind="glorys"),
    Case(("c17.nc.gz",)),
    *_refusals(
        c04b2=r"3\.6 % of its values are 1e\+20 degC; .*declare it", c10_same="2014-03-06 is there twice",
        c10_unsorted="2014-03-05 follows 2014-03-06", c14g_no_units="no units|none; expected units of m",
        c14i_cm_said_m="deeper than any ocean", c14k_index="counts levels", c14l_pressure="are pressure",
        c16_one_row="1 row; expected at least 2", c16_one_col="1 columns; expected at least 2", c16_no_time_units="has no units",
        c17_cut="ends after .* download it again", c17_empty="it is empty", c17_grib="a GRIB file", c17_html="a web page",
        c17_json="JSON", c17_lfs="Git LFS pointer", c24b_360="cannot be read as dates", c24g_matlab="cannot be read as dates",
        c24i_months="cannot be read as dates", c24j_fill="time of step 3 of 3 is missing", c24m_zero_length="no day at all",
        c24o_monthly="as of monthly fields", c24q_3hourly_gap12="7 times on 2014-03-06, none at 12 UTC",
        c24r_dayfirst_units="time reaches 0005-03-20", c28T_h="lie outside the range", c33_all_missing="has no value at all",
        c34_bad_scale="scale_factor 'n/a'; expected one number", c34_calendar_number="calendar 1; expected a word",
        c34_units_array=r"units \[1\.0, 2\.0\]; expected", c34_lat_gt90="within -90 to 90", c34_nan_lat="row 4 of 13 is missing",
        c34_nan_depth="level 33 of 33 is missing", c35_h_minus30="are -30 degC; .*declare it",
        c39_no_time_variable="has no time; .*--date",
    ),
    Case(("c16_v3.zarr",), "is a Zarr store"),
)  # fmt: skip


def truth(name: str, step: np.ndarray, depth: np.ndarray, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Return the closed-form field (t, z, h, w) of the inputs; `step` numbers the times of a file."""
    t, z, y, x = np.meshgrid(step, depth, lat - 30, np.deg2rad(lon), indexing="ij")
    fade = np.exp(-z / 300)
    fields: dict[str, Callable[[], np.ndarray]] = {
        "thetao": lambda: 22 - 0.03 * z + 0.1 * y + 3 * np.sin(x) + 0.2 * t,
        "so": lambda: 34.5 + 0.001 * z + 0.02 * y + 0.3 * np.cos(x),
        "uo": lambda: 0.4 * fade * np.cos(x) + 0.01 * (y + t),
        "vo": lambda: 0.3 * fade * np.sin(x) - 0.005 * y,
        "zos": lambda: 0.5 + 0.02 * y + 0.2 * np.sin(x) + 0.01 * t,
    }
    return fields[name]()


def cases(folder: Path, begins: list[str]) -> Iterator[Case]:
    """Yield the cases of the table, and one for each other file of a box."""
    listed = {name for case in EXPECTED for name in case.files if len(case.files) == 1}
    found = [*folder.glob("[bc]*"), *folder.glob("paths/**/*.nc")]
    others = [Case((str(path.relative_to(folder)),)) for path in found if path.name not in listed]
    for case in sorted([*EXPECTED, *others], key=lambda case: case.files):
        if not begins or case.files[0].startswith(tuple(begins)):
            yield case


def wrong_values(store: Store, case: Case) -> list[str]:
    """Return what of a store differs from the closed form, in words."""
    found, grid, missing = [], store.grid, []
    for name in store.variables:
        depth = np.array(store.depths(name)) if store.depths(name) else np.zeros(1)
        near = np.where(depth == 0, 0.494, depth) if store.attrs["source"] == "glorys" and store.depths(name) else depth
        steps = case.first + case.stride * np.arange(len(store.leads))
        if len(case.files) > 1 and len(store.leads) > 3:
            steps %= 3
        expected = truth(name, steps, near, grid.lat, grid.lon)
        values = np.stack([[store.read(name, lead, level) for level in range(depth.size)] for lead in store.leads])
        if name in ("uo", "vo"):
            expected = expected * case.factor
        near_enough = ROUNDING[name]
        if name == "thetao" and store.attrs["temperature"] != "potential, as distributed":
            near_enough = CONVERTED
        difference = np.abs(values - expected)
        if case.known_cell:
            zero = {"thetao": 20.0, "so": 20.0}.get(name, 0.0)
            if not np.all(np.abs(values[..., 7, 7] - zero) < 2 * CONVERTED):
                found.append(f"packed 0 of {name} is not {zero:g}")
            difference[..., 7, 7] = 0
        if np.nanmax(difference, initial=0) > near_enough:
            found.append(f"{name} is off by {np.nanmax(difference):.3g}")
        missing.append(np.isnan(values).mean())
    if case.missing >= 0 and not abs(max(missing) - case.missing) < 0.01:
        found.append(f"{max(missing):.1%} are missing, expected {case.missing:.1%}")
    return found


def outcome(folder: Path, case: Case) -> tuple[str, str, str]:
    """Return (ending, verdict, remark) of a case."""
    taken = []
    try:
        taken.append(take_in([folder / name for name in case.files], case.kind, "case", date=case.date))
        store = open_store(taken[0])
        report = report_in(store.attrs)
        wrong = wrong_values(store, case) if not case.like else []
        if case.like and case.like != case.files[0]:
            taken.append(take_in([folder / case.like], case.kind, "like"))
            other = open_store(taken[1])
            for name in store.variables:
                if not np.allclose(store.loop(name), other.loop(name), atol=2e-3, equal_nan=True):
                    wrong.append(f"{name} differs from {case.like}")
        if case.counted and case.counted not in report:
            wrong.append(f"{case.counted} is not reported")
        if case.refused:
            wrong.append("was to be refused")
        return "read", "; ".join(wrong) or "right", json.dumps(report) if report else ""
    except InputError as error:
        said = str(error).replace(f"{folder}{os.sep}", "")
        fits = bool(case.refused) and re.search(case.refused, said) is not None and "\n" not in said
        return "refused", "right" if fits else f"was to be {'refused otherwise' if case.refused else 'read'}", said
    except Exception as error:
        return "failed", "a traceback", f"{type(error).__name__}: {error}"
    finally:
        for store_folder in taken:
            delete_store(store_folder.name)


def main() -> None:
    """Take in every case and print how it ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("begins", nargs="*")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as home:
        os.environ["GOMS_HOME"] = home
        for case in cases(chosen.folder, chosen.begins):
            rows.append((" + ".join(case.files), *outcome(chosen.folder, case)))
            print("{:34} {:8} {:24} {}".format(*rows[-1]), flush=True)
        for row in altimetry_rows(chosen.folder, chosen.begins):
            rows.append(row)
            print("{:34} {:8} {:24} {}".format(*row), flush=True)
    counts = {ending: sum(row[1] == ending for row in rows) for ending in ("read", "refused", "failed")}
    right = sum(row[2] == "right" for row in rows)
    print(
        f"{len(rows)} inputs: {counts['read']} read, {counts['refused']} refused, {counts['failed']} failed; {right} as expected"
    )
    if chosen.json:
        print(json.dumps({**counts, "right": right, "wrong": [row for row in rows if row[2] != "right"]}))


if __name__ == "__main__":
    main()
