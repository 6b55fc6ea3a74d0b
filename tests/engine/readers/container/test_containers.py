"""What a file really is: gzip and zip are unpacked, everything else is called by its name."""

import gzip
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from engine.readers.container.containers import Readable
from engine.readers.glorys import GLORYS
from engine.readers.netcdf import GriddedFile
from engine.runtime.errors import InputError
from engine.sources.uploads import kind_of
from tests.engine.readers.small import truth, write


def gzipped(folder: Path, name: str = "a.nc.gz") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(write(folder / "inner.nc").read_bytes()))
    return path


def zipped(folder: Path, *names: str) -> Path:
    content, path = write(folder / "inner.nc").read_bytes(), folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "about the data")
        for name in names:
            archive.writestr(name, content)
    return path


def unpacked() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob("goms-unpacked-*"))


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))


@pytest.mark.parametrize("name", ["a.nc.gz", "named_nc_but_gzip.nc"])
def test_a_gzipped_file_is_read_and_its_copy_goes_with_it(tmp_path: Path, name: str) -> None:
    path = gzipped(tmp_path, name)
    assert kind_of(path) == "glorys" and unpacked() == []
    file = GriddedFile(path, GLORYS.wanted)
    np.testing.assert_allclose(file.read("thetao", 1), truth()[1], atol=1e-4)
    assert len(unpacked()) == 1
    del file
    assert unpacked() == []


def test_the_only_netcdf_of_a_zip_archive_is_read(tmp_path: Path) -> None:
    file = GriddedFile(zipped(tmp_path, "../data/day.nc"), GLORYS.wanted)
    np.testing.assert_allclose(file.read("thetao", 0), truth()[0], atol=1e-4)


@pytest.mark.parametrize("names", [(), ("a.nc", "b.nc")])
def test_an_archive_with_none_or_two_is_refused_with_its_names(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match=rf"zip archive with {len(names)} NetCDF files \(readme.txt.*expected one: unpack it"):
        GriddedFile(zipped(tmp_path, *names), GLORYS.wanted)


def test_what_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.readers.container.containers.MOST_UNPACKED", 1000)
    with pytest.raises(InputError, match="unpacks to more than"):
        Readable(gzipped(tmp_path))
    assert unpacked() == []


def test_a_torn_archive_is_refused(tmp_path: Path) -> None:
    for path in (gzipped(tmp_path), zipped(tmp_path, "a.nc")):
        path.write_bytes(path.read_bytes()[:-300])
        with pytest.raises(InputError, match=r"cannot be unpacked|cannot be read"):
            Readable(path)
    assert unpacked() == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GRIB\0\0\0\2" + bytes(40), "a GRIB file; expected a NetCDF file: convert it"),
        (b"<!DOCTYPE html><html>Log in</html>", "a web page or XML"),
        (b'{"error": "Invalid token"}', "JSON, such as a server's message"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "a Git LFS pointer.*git lfs pull"),
        (b"BZh91AY", "compressed with bzip2; .*unpack it first"),
        (b"time,lat,lon\n1,2,3\n", "text that begins with 'time,lat,lon"),
        (b"\x01\x02\x80\xff" * 9, "of an unknown kind"),
        (b"", "it is empty"),
    ],
)
def test_something_else_is_called_what_it_is(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.nc"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        Readable(path)


def test_a_folder_is_told_from_a_zarr_store(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder; expected a NetCDF file"):
        Readable(tmp_path)
    (tmp_path / "zarr.json").write_text("{}")
    with pytest.raises(InputError, match=r"is a Zarr store; .*to_netcdf"):
        Readable(tmp_path)
