"""Tables of observations as people have them: read where the meaning is certain, else refused with the row and a way out."""

from pathlib import Path

import gsw
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from engine.readers.tables.observations import Observations
from engine.readers.tables.observed_table import read_observations
from engine.runtime.errors import InputError

TIME = np.datetime64("2019-02-23T12:00:00")
GOOD = {"time": "2019-02-23T06:00", "lat": 30.0, "lon": -40.0, "depth": 0.0, "variable": "zos", "value": 0.1}
WARM = {**GOOD, "variable": "thetao", "value": 20.0, "depth": 10.0}
HEADER = "time,lat,lon,depth,variable,value\n"


def _file(folder: Path, *rows: dict, name: str = "seen.csv", **how: object) -> Path:
    path = folder / name
    pd.DataFrame(list(rows)).to_csv(path, index=False, **how)
    return path


def _read(path: Path) -> Observations:
    return read_observations(path, TIME)[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"variable": "swh"}, "variable is 'swh'"),
        ({"variable": "TEMP"}, "potential temperature is meant"),
        ({"variable": "sla"}, "add the mean dynamic topography"),
        ({"lat": 95}, "-90 to 90"),
        ({"lon": 400}, "-180 to 360"),
        ({"depth": -10}, "positive down"),
        ({"variable": "thetao", "value": 288.0}, "kelvin"),
        ({"value": 12.0}, "-5 to 5 m for zos"),
        ({"value": 99999.0}, "-5 to 5 m for zos"),
        ({"value": "high"}, "a number"),
        ({"value": "18.2 degC"}, "a number"),
        ({"value": ""}, "value is blank"),
        ({"time": "yesterday"}, "a date such as"),
        ({"time": "2019-02-30"}, "a date such as"),
        ({"time": "2019-05-01"}, "within 15 days"),
    ],
)
def test_an_impossible_row_is_refused_with_its_number(tmp_path: Path, change: dict, words: str) -> None:
    with pytest.raises(InputError, match=r"in row 2 \(1 of 2 rows are so\)") as refused:
        _read(_file(tmp_path, GOOD, {**GOOD, "lat": 31.0, **change}))
    assert words in str(refused.value) and "np." not in str(refused.value)


def test_missing_columns_and_rows_and_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lacks depth"):
        _read(_file(tmp_path, {k: v for k, v in GOOD.items() if k != "depth"}))
    for name, content, words in (
        ("header.csv", HEADER, "no rows"),
        ("empty.csv", "", "is empty"),
        ("table.xlsx", "x", r"ends in \.xlsx; expected \.csv, \.tsv"),
        ("other.txt", "x\n1\n", "lacks time, lat"),
        ("wide.csv", HEADER + "2019-02-23,30,-40,0,zos,0.1,5,6\n", "more cells in a row"),
        ("latin.csv", HEADER + "2019-02-23,30,-40,0,zos,\xe9\n", "UTF-8"),
        ("broken.nc", "no netcdf", "is not NetCDF"),
        ("twice.csv", "lat," + HEADER + "1,2019-02-23,30,-40,0,zos,0.1\n", "two columns lat;"),
    ):
        (tmp_path / name).write_bytes(content.encode("latin-1"))
        with pytest.raises(InputError, match=words):
            _read(tmp_path / name)
    with pytest.raises(InputError, match="there is no file"):
        _read(tmp_path / "none.csv")


def test_the_same_row_twice_is_refused_also_with_another_value_or_as_another_longitude(tmp_path: Path) -> None:
    for change in ({"value": 0.2}, {"lon": 320.0}):
        with pytest.raises(InputError, match="one value for a variable"):
            _read(_file(tmp_path, GOOD, {**GOOD, **change}))


def test_csv_and_netcdf_tell_the_same(tmp_path: Path) -> None:
    first = _read(_file(tmp_path, GOOD, WARM))
    assert first.lon.tolist() == [320.0, 320.0]
    assert first.days.tolist() == [-0.25, -0.25]
    assert first.error.tolist() == [0.02, 0.02]
    table = first.table(TIME).rename_axis("observation").to_xarray()
    table.to_netcdf(tmp_path / "seen.nc")
    table.drop_vars("observation").assign(variable=("observation", first.variable.astype("S8"))).to_netcdf(tmp_path / "b.NC4")
    for name in ("seen.nc", "b.NC4"):
        second = _read(tmp_path / name)
        for column in Observations.__dataclass_fields__:
            np.testing.assert_array_equal(getattr(first, column), getattr(second, column))


def test_a_netcdf_file_on_a_grid_is_no_table(tmp_path: Path) -> None:
    xr.Dataset({"zos": (("lat", "lon"), np.zeros((2, 2)))}).to_netcdf(tmp_path / "grid.nc")
    with pytest.raises(InputError, match="dimensions lat, lon; expected one"):
        _read(tmp_path / "grid.nc")


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.csv", {"sep": ";", "decimal": ","}),
        ("a.csv", {"sep": ";"}),
        ("a.tsv", {"sep": "\t"}),
        ("a.txt", {"sep": "\t", "decimal": ","}),
        ("a.CSV", {}),
        ("a.csv", {"encoding": "utf-8-sig"}),
        ("a.csv", {"encoding": "utf-16"}),
    ],
)
def test_separators_decimal_commas_encodings_and_endings_change_nothing(tmp_path: Path, name: str, how: dict) -> None:
    seen = _read(_file(tmp_path, GOOD, WARM, name=name, **how))
    assert (seen.value.tolist(), seen.depth.tolist(), seen.lat.tolist()) == ([0.1, 20.0], [0.0, 10.0], [30.0, 30.0])


def test_commas_that_could_mean_thousands_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER.replace(",", ";") + "2019-02-23;30;-40;1.000;thetao;5,5\n2019-02-23;31;-40;5,0;thetao;5,5\n")
    with pytest.raises(InputError, match=r"depth has '5,0' and '1\.000'"):
        _read(path)
    path.write_text(HEADER + '2019-02-23,30,-40,0,zos,"0,31"\n')
    with pytest.raises(InputError, match=r"value is '0,31' .*separate columns by semicolons"):
        _read(path)


def test_names_of_columns_in_other_spellings_are_understood(tmp_path: Path) -> None:
    for names in (
        ("TIME", "LATITUDE", "LONGITUDE", "DEPTH", "VARIABLE", "VALUE"),
        (" date ", " Lat", "long", "Depth (m)", "parameter", "value"),
    ):
        table = pd.DataFrame([GOOD, WARM]).set_axis(list(names), axis=1)
        table.to_csv(tmp_path / "a.csv", index=False)
        assert _read(tmp_path / "a.csv").value.tolist() == [0.1, 20.0]


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("value (K)", "10,thetao,293.15", 20.0),
        ("value [cm]", "0,zos,31", 0.31),
        ("value (cm/s)", "0,uo,31", 0.31),
        ("value (PSU)", "0,so,34.5", 34.5),
        ("value,units", "10,thetao,293.15,kelvin", 20.0),
        ("value,units", "10,thetao,20,deg_C", 20.0),
        ("value,units", "0,vo,-31,cm s-1", -0.31),
        ("value,units", "0,zos,310,mm", 0.31),
        ("value,units", "0,so,34.5,", 34.5),
    ],
)
def test_units_in_a_header_or_a_column_are_converted(tmp_path: Path, header: str, row: str, expected: float) -> None:
    (tmp_path / "a.csv").write_text(f"time,lat,lon,depth,variable,{header}\n2019-02-23,30,-40,{row}\n")
    assert _read(tmp_path / "a.csv").value[0] == pytest.approx(expected)


def test_an_unknown_unit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("time,lat,lon,depth,variable,value (furlongs)\n2019-02-23,30,-40,0,zos,1\n")
    with pytest.raises(InputError, match="value has units 'furlongs'; expected one of m, cm, mm"):
        _read(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text("time,lat,lon,depth,variable,value,units\n2019-02-23,30,-40,0,zos,1,K\n")
    with pytest.raises(InputError, match="units is 'K' in row 1"):
        _read(tmp_path / "a.csv")


def test_a_row_of_units_under_the_header_is_no_observation(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "2019-02-23T06:00:00Z,30,-40,10,thetao,293.15\n2019-02-23T06:00:00Z,30,-40,10,so,35\n"
    path.write_text(HEADER + "UTC,degrees_north,degrees_east,m,,K\n" + rows)
    seen = _read(path)
    np.testing.assert_allclose(seen.value, [20.0, 35.0])
    path.write_text(HEADER + "UTC,degrees_north,degrees_east,cm,,degC\n" + rows.replace("293.15", "20"))
    assert _read(path).depth.tolist() == [0.1, 0.1]


def test_pressure_is_not_depth(tmp_path: Path) -> None:
    deep = {**WARM, "depth": 4000.0, "value": 2.0}
    renamed = [{("PRES" if k == "depth" else k): v for k, v in row.items()} for row in (GOOD, deep)]
    expected = [0.0, -gsw.z_from_p(4000.0, 30.0)]
    np.testing.assert_allclose(_read(_file(tmp_path, *renamed)).depth, expected)
    assert 4000 - expected[1] > 40
    said = [{("depth (dbar)" if k == "depth" else k): v for k, v in row.items()} for row in (GOOD, deep)]
    np.testing.assert_allclose(_read(_file(tmp_path, *said)).depth, expected)


@pytest.mark.parametrize("column", ["qc", "value_qc", "QC_FLAG", "flag", "quality", "quality_flag"])
def test_flagged_values_are_left_out_before_they_are_looked_at_and_counted(tmp_path: Path, column: str) -> None:
    rows = [{**GOOD, "lat": 30.0 + n, column: flag} for n, flag in enumerate([1, 2, 4, 4, 9, 3])]
    rows[2]["value"], rows[4]["value"] = 99999.0, ""
    seen, left_out = read_observations(_file(tmp_path, *rows), TIME)
    assert seen.lat.tolist() == [30.0, 31.0]
    assert left_out == {f"{column} 3": 1, f"{column} 4": 2, f"{column} 9": 1}


def test_two_columns_of_flags_both_count_and_words_and_blanks_are_flags_too(tmp_path: Path) -> None:
    flags = [("good", 1.0), ("Probably_Good", 1), ("bad", 1), ("good", 4), ("", 1)]
    rows = [{**GOOD, "lat": 30.0 + n, "value_qc": first, "position_qc": second} for n, (first, second) in enumerate(flags)]
    seen, left_out = read_observations(_file(tmp_path, *rows), TIME)
    assert len(seen) == 2 and left_out == {"value_qc bad": 1, "value_qc blank": 1, "position_qc 4": 1}


@pytest.mark.parametrize(
    ("flag", "words"),
    [(0, "good in some conventions and not checked in others"), ("Q", "translate it"), (4, "no row that its flags")],
)
def test_flags_that_are_uncertain_unknown_or_all_bad_are_refused(tmp_path: Path, flag: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        _read(_file(tmp_path, {**GOOD, "qc": flag}))


def test_flags_of_a_netcdf_table_count(tmp_path: Path) -> None:
    columns = {name: ("n", [value, value]) for name, value in GOOD.items() if name != "time"}
    columns |= {"time": ("n", [TIME, TIME]), "lat": ("n", [30.0, 31.0]), "value_qc": ("n", np.array([1, 4], np.int8))}
    xr.Dataset(columns).to_netcdf(tmp_path / "a.nc")
    seen, left_out = read_observations(tmp_path / "a.nc", TIME)
    assert len(seen) == 1 and left_out == {"value_qc 4": 1}
