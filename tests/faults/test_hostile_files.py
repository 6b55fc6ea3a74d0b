"""Files made to do harm end in one sentence: no traceback, no endless reading, no memory without bound, nothing left behind."""

import ast
import gzip
import subprocess
import sys
import zipfile
from pathlib import Path

import netCDF4
import numpy as np
import pytest

import engine.sources.guarded
from app.server.checks import check_start
from engine.cli.analyse import analyse
from engine.cli.eddies import find_eddies
from engine.cli.request import source_of
from engine.forecasting.forecast import Cancelled
from engine.ingest import ingest
from engine.readers.container.damage import check_whole
from engine.readers.values.tally import described, report_in
from engine.runtime.errors import InputError
from engine.runtime.paths import REPOSITORY, home, stores_folder
from engine.sources.guarded import check_guarded, take_in_guarded
from engine.sources.uploads import take_in
from engine.stores import open_store
from tests.engine.readers import layouts
from tests.faults.hostile import CONTENTS, HEADERS, LINKS, SIZES, good


def nothing_left() -> bool:
    return not [path for path in home().rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", HEADERS)
def test_an_impossible_header_is_refused_before_any_library_reads_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.nc"
    HEADERS[name](path)
    with pytest.raises(InputError, match=r"bad\.nc.*; expected "):
        check_whole(path)
        take_in([path])


@pytest.mark.parametrize("name", SIZES)
def test_a_file_larger_than_any_that_is_read_is_refused_by_its_header(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.nc"
    SIZES[name](path)
    with pytest.raises(InputError, match=r"bad\.nc.*; expected .*: (cut out|split|choose|write it|download)"):
        ingest("hycom", [path])
    assert nothing_left()


@pytest.mark.parametrize("name", LINKS)
def test_a_file_that_leads_elsewhere_is_refused_before_the_library_follows_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.nc"
    LINKS[name](path)
    with pytest.raises(InputError, match=r"bad\.nc.*(another file|another place|within itself); expected .*: choose another"):
        take_in([path])
    assert nothing_left()


@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_of_odd_content_is_read_or_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bad.nc"
    CONTENTS[name](path)
    try:
        take_in([path], "hycom")
    except InputError as error:
        assert "bad.nc" in str(error) and len(str(error)) < 600 and "\n" not in str(error)
        assert nothing_left()


@pytest.mark.parametrize("file_format", ["NETCDF3_CLASSIC", "NETCDF3_64BIT_DATA", "NETCDF4"])
def test_a_damaged_block_of_a_file_without_checksums_is_told(tmp_path: Path, file_format: str) -> None:
    random = np.random.default_rng(0)
    fields = {name: values + 0.05 * random.standard_normal(values.shape) for name, values in layouts.hycom_fields(1).items()}
    path = layouts.write_hycom(tmp_path / "box.nc", fields, layouts.LAT, layouts.LON, layouts.days(1), file_format=file_format)
    assert "constant_rows" not in open_store(take_in([path], identifier="whole")).attrs
    with netCDF4.Dataset(path, "a") as data:
        data["water_temp"].set_auto_maskandscale(False)
        data["water_temp"][0, 0, 3:6] = 0
    found = report_in(open_store(take_in([path], identifier="damaged")).attrs)
    assert found == {"constant_rows": {"thetao": 3}}
    assert described(found)[0].startswith("thetao: 3 rows hold one number amid water that varies")


@pytest.mark.parametrize("packed", ["gzip", "zip"])
def test_a_small_file_that_unpacks_to_a_large_one_is_given_up_on_the_way(tmp_path: Path, packed: str) -> None:
    path, content = tmp_path / "bomb.nc", b"CDF\x01" + bytes(80_000_000)
    if packed == "gzip":
        path.write_bytes(gzip.compress(content))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("bomb.nc", content)
    with pytest.raises(InputError, match=r"bomb\.nc unpacks to more than 67 MB"):
        take_in([path])
    assert nothing_left()


def test_no_module_of_the_page_opens_files_that_visitors_bring() -> None:
    openers = {"netCDF4", "h5py", "engine.sources.uploads", "engine.readers.netcdf"}
    for path in (REPOSITORY / "app").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        named |= {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
        assert not named & openers, f"{path} opens files in the server's process: use engine.sources.guarded in the worker"


def test_the_title_of_a_store_is_no_longer_than_a_title(tmp_path: Path) -> None:
    path = tmp_path / "long.nc"
    CONTENTS["a text of a million letters"](path)
    assert len(open_store(take_in([path])).attrs["description"]) < 20_000


def test_files_are_taken_in_by_a_process_of_its_own_that_reports_how_far_it_is(tmp_path: Path) -> None:
    seen: list[float] = []
    folder = take_in_guarded([good(tmp_path / "box.nc")], lambda fraction, _: seen.append(fraction), identifier="box")
    assert open_store(folder).complete and folder == stores_folder() / "box"
    assert seen[-1] == 1.0


def test_what_the_process_refuses_is_refused_in_its_words(tmp_path: Path) -> None:
    (tmp_path / "page.nc").write_text("<html>503</html>")
    with pytest.raises(InputError, match=r"page\.nc is not NetCDF, it is a web page"):
        take_in_guarded([tmp_path / "page.nc"])


def test_files_given_up_on_the_way_leave_nothing_behind(tmp_path: Path) -> None:
    def give_up(fraction: float, doing: str) -> None:
        raise Cancelled(doing)

    with pytest.raises(Cancelled):
        take_in_guarded([good(tmp_path / "box.nc", count=20)], give_up)
    assert nothing_left()


def as_process(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let `script` stand for the reading process, which has begun to read a file."""
    begin = """import json, os, signal, sys; print('{"reading": "bad.nc: salinity"}', flush=True)\n"""
    monkeypatch.setattr(engine.sources.guarded, "COMMAND", (sys.executable, "-c", begin + script))


@pytest.mark.parametrize(
    ("script", "ending"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("os.abort()", "SIGABRT"),
        ("os._exit(3)", "code 3"),
        ("print('half a li', end='', flush=True); os._exit(0)", "code 0"),
    ],
)
def test_a_library_that_crashes_is_a_refusal_that_names_what_it_read(
    monkeypatch: pytest.MonkeyPatch, script: str, ending: str
) -> None:
    as_process(monkeypatch, script)
    with pytest.raises(InputError, match=f"bad.nc: salinity could not be read: the library .* ended with {ending}; expected"):
        take_in_guarded([Path("bad.nc")])


def test_reading_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    as_process(monkeypatch, "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass")
    monkeypatch.setattr(engine.sources.guarded, "LONGEST_STEP", 0.2)
    monkeypatch.setattr(engine.sources.guarded, "GRACE_SECONDS", 0.2)
    with pytest.raises(InputError, match=r"bad\.nc: salinity could not be read within .* of processor time; expected"):
        take_in_guarded([Path("bad.nc")])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not count all memory")
def test_memory_of_the_reading_process_is_bounded() -> None:
    script = (
        "import engine.sources.guarded as g; g._limit_memory()\ntry: bytearray(4 << 30)\nexcept MemoryError: print('refused')"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "refused\n"


READERS = {
    "analyse": lambda path: analyse(path, "2019-02-23", grid_factor=8),
    "eddies": lambda path: find_eddies(str(path)),
    "forecast": lambda path: source_of("observed", path, None, 8),
    "temperature": lambda path: source_of("observed", _altimetry(path.with_name("good.nc")), path, 8),
    "app": lambda path: check_start(path, None, 8),
}
"""Commands that read a file of the caller's choice -> their reading."""


def _altimetry(path: Path, days: int = 1) -> Path:
    lat, lon = np.arange(-89.5, 90), np.arange(0.5, 360)
    field = np.broadcast_to(0.3 * np.sin(np.deg2rad(6 * lon)), (days, lat.size, lon.size))
    return layouts.write_altimetry(path, {"adt": field, "ugos": field, "vgos": field}, lat, lon, layouts.days(days))


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("eddies", "bomb"),
        ("analyse", "2^60 attributes in a gigabyte of zeros"),
        ("forecast", "2^60 attributes in a gigabyte of zeros"),
        ("temperature", "a signature and noise"),
    ],
)
def test_a_command_that_is_handed_such_a_file_refuses_it_in_one_sentence(tmp_path: Path, command: str, name: str) -> None:
    path = tmp_path / "bad.nc"
    if name == "bomb":
        path.write_bytes(gzip.compress(b"CDF\x01" + bytes(80_000_000)))
    else:
        HEADERS[name](path)
    with pytest.raises(InputError, match=r"bad\.nc") as refused:
        READERS[command](path)
    assert "\n" not in str(refused.value) and nothing_left()


@pytest.mark.parametrize(
    ("command", "script"),
    [*((command, "os.kill(os.getpid(), signal.SIGSEGV)") for command in READERS), ("eddies", "while True: pass")],
    ids=[*READERS, "without end"],
)
def test_a_file_that_crashes_or_never_ends_does_so_in_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, script: str
) -> None:
    as_process(monkeypatch, script)
    monkeypatch.setattr(engine.sources.guarded, "LONGEST_STEP", 0.2)
    with pytest.raises(InputError, match=r"bad\.nc: salinity could not be read"):
        READERS[command](good(tmp_path / "bad.nc"))


@pytest.mark.parametrize("kind", ["heights", "observed"])
def test_a_good_file_passes_the_process_that_reads_it_first(tmp_path: Path, kind: str) -> None:
    options = {"grid_factor": 8, "day": str(layouts.days(1)[0].astype("datetime64[D]"))} if kind == "observed" else {}
    seen: list[str] = []
    check_guarded(kind, [_altimetry(tmp_path / "good.nc")], lambda _, doing: seen.append(doing), **options)
    assert seen and seen[-1].endswith(str(layouts.days(1)[0].astype("datetime64[D]")))


def test_temperature_of_a_later_day_is_no_reason_to_refuse_the_file_at_the_start(tmp_path: Path) -> None:
    lat, lon = np.arange(-89.5, 90), np.arange(0.5, 360)
    altimetry = _altimetry(tmp_path / "three.nc", 3)
    warm = {"analysed_sst": np.full((1, lat.size, lon.size), 290.0)}
    check_start(altimetry, layouts.write_temperature(tmp_path / "warm.nc", warm, lat, lon, layouts.days(3)[2:]), 8)


def test_an_ingest_that_was_killed_leaves_nothing_behind_once_the_next_one_crashes(monkeypatch: pytest.MonkeyPatch) -> None:
    left = stores_folder() / ".box.unfinished"
    left.mkdir(parents=True)
    (left / "zarr.json").write_text("{}")
    as_process(monkeypatch, "os.abort()")
    with pytest.raises(InputError):
        take_in_guarded([Path("bad.nc")])
    assert nothing_left()
