"""Uploads: refused early, bounded, cleaned up, and no word of a browser becomes a path."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from app.uploads.uploads import MOST_AT_A_TIME, Uploads, cleaned
from engine.runtime.errors import InputError
from engine.runtime.paths import home


def left_behind() -> list[Path]:
    folder = home() / "uploads"
    return list(folder.rglob("*")) if folder.is_dir() else []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("box.nc", "box.nc"),
        ("../../etc/passwd.nc", "passwd.nc"),
        ("C:\\data\\sea level.nc", "sea_level.nc"),
        ("/abs/.hidden.nc", "hidden.nc"),
        ("海面.nc", "file.nc"),
        ("a" * 500 + ".nc", "a" * 120 + ".nc"),
        ("x\0y\n.nc", "x_y_.nc"),
    ],
)
def test_a_file_name_is_all_that_is_left_of_what_a_browser_calls_a_file(name: str, kept: str) -> None:
    assert cleaned(name) == kept


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("big.nc", 1001)], "big.nc has 1.0 kB; this server takes at most 1.0 kB at a time"),
        ([("a.nc", 600), ("b.nc", 600)], "The 2 files have 1.2 kB; this server takes at most"),
        ([("table.csv", 10)], r"table\.csv does not end in \.nc, \.nc4, \.cdf"),
        ([("empty.nc", 0)], "empty.nc is empty"),
        ([("odd.nc", -5)], "odd.nc is empty"),
        ([], "0 files were chosen"),
    ],
)
def test_what_will_not_be_taken_is_refused_before_a_byte_is_sent(files: list[tuple[str, int]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Uploads(1000).begin(files)
    assert left_behind() == []


def test_a_server_that_takes_no_files_says_how_to_start_one_that_does() -> None:
    with pytest.raises(InputError, match="goms app --uploads"):
        Uploads(0).begin([("a.nc", 1)])


def test_a_full_disk_is_told_before_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(9000, 7500, 1500))
    uploads = Uploads(1000)
    uploads.begin([("a.nc", 700)])
    with pytest.raises(InputError, match=r"b\.nc has 0\.7 kB and need twice as much on the server, where 0\.8 kB are free"):
        uploads.begin([("b.nc", 700)])


def test_all_visitors_together_are_bounded_too() -> None:
    uploads = Uploads(1000)
    for number in range(MOST_AT_A_TIME):
        uploads.begin([(f"{number}.nc", 1000)])
    with pytest.raises(InputError, match=r"while other visitors bring 4\.0 kB"):
        uploads.begin([("more.nc", 1)])


def test_more_bytes_than_announced_are_refused() -> None:
    uploads = Uploads(1000)
    (upload,) = uploads.begin([("a.nc", 4)])
    upload.write(b"CDF")
    assert not upload.is_whole
    with pytest.raises(InputError, match="announced with 4 bytes"):
        upload.write(b"xx")
    upload.write(b"\1")
    assert upload.is_whole and upload.path.read_bytes() == b"CDF\1"


def test_what_is_discarded_or_outlived_by_its_server_is_gone() -> None:
    uploads = Uploads(1000)
    first, second = uploads.begin([("a.nc", 4), ("a.nc", 4)])
    first.write(b"CDF")
    uploads.discard([first])
    assert not first.path.exists() and second.path.exists()
    assert uploads.find(first.secret) is None and uploads.find(second.secret) is second
    uploads.close()
    assert left_behind() == []


def test_what_a_killed_server_left_is_removed_and_what_a_living_one_receives_stays(private_home: Path) -> None:
    living = Uploads(1000)
    (upload,) = living.begin([("a.nc", 4)])
    killed = private_home / "uploads" / "0123456789abcdef"
    (killed / "secret").mkdir(parents=True)
    (killed / "secret" / "half.nc").write_bytes(b"CDF")
    killed.with_suffix(".lock").touch()
    Uploads(1000)
    assert upload.path.exists() and not killed.exists() and not killed.with_suffix(".lock").exists()
