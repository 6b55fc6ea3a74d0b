"""The kind of a file by its content: NetCDF, NetCDF inside gzip or zip, or another kind with its name."""

import gzip
import shutil
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from engine.readers.container.boundary import reading
from engine.runtime.errors import InputError

MOST_UNPACKED = 16 << 30
"""Bytes of an unpacked file, set by hand: three global days of HYCOM."""

LARGEST_RATIO = 100
"""Bytes that one compressed byte may represent, set by hand: a field of mostly land shrinks to a tenth or a twentieth."""

_PIECE = 1 << 24
_NETCDF = (b"CDF", b"\x89HDF")
_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
_PACKED = {
    b"BZh": "compressed with bzip2", b"\xfd7zXZ": "compressed with xz", b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"7z\xbc\xaf": "a 7z archive", b"Rar!": "a RAR archive", b"\x1f\x9d": "compressed with compress",
}  # fmt: skip
_OTHERS = {
    b"GRIB": "a GRIB file", b"\x0e\x03\x13\x01": "an HDF4 file", b"%PDF": "a PDF", b"SIMPLE": "a FITS file",
    b"version https://git-lfs": "a Git LFS pointer, not the file itself",
}  # fmt: skip
_REMEDIES = {
    b"GRIB": "convert it (cdo -f nc4 copy IN OUT)",
    b"version https://git-lfs": "fetch the file itself (git lfs pull)",
}


class Readable:
    """The NetCDF file in `path`: `file` is itself, or an unpacked copy that is removed with this object or by `remove`."""

    def __init__(self, path: Path, member: str = "") -> None:
        """Take the name of one of several files where `path` is a zip archive.

        Looks at the first bytes; raises InputError where the file is missing, is not NetCDF, or cannot be unpacked.
        """
        self.file = path
        self.remove: Callable[[], object] = lambda: None
        if path.is_dir():
            what = "a Zarr store" if (path / "zarr.json").exists() or (path / ".zgroup").exists() else "a folder"
            raise InputError(f"{path} is {what}; expected a NetCDF file: write it as one (xarray: to_netcdf)")
        if not path.is_file():
            raise InputError(f"{path} is not a file; expected a NetCDF file: check the path")
        with path.open("rb") as content:
            head = content.read(512)
        if head.startswith(_GZIP) or head.startswith(_ZIP):
            folder = Path(tempfile.mkdtemp(prefix="goms-unpacked-"))
            self.remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            try:
                self.file = _from_gzip(path, folder) if head.startswith(_GZIP) else _from_zip(path, folder, member)
                with self.file.open("rb") as content:
                    head = content.read(512)
            except BaseException:
                self.remove()
                raise
        if not head.startswith(_NETCDF):
            self.remove()
            raise InputError(f"{path} is not NetCDF, it is {_called(head)}; expected a NetCDF file: {_remedy(head)}")


def _from_gzip(path: Path, folder: Path) -> Path:
    out = folder / path.name.removesuffix(".gz")
    try:
        with gzip.open(path, "rb") as packed:
            _copy(path, packed, out)  # type: ignore[arg-type]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{path} is compressed and cannot be unpacked ({error}); expected a whole file: download it again"
        ) from error
    return out


def netcdf_members(path: Path) -> list[str]:
    """Return the names of the NetCDF files in a zip archive; one empty name where `path` is no archive.

    Raises InputError for an archive that cannot be unpacked.
    """
    if not path.is_file() or not zipfile.is_zipfile(path):
        return [""]
    try:
        with zipfile.ZipFile(path) as archive:
            return [entry.filename for entry in _inside(archive) if _begins_as_netcdf(archive, entry)]
    except _BROKEN_ZIP as error:
        raise _broken_zip(path, error) from error


_BROKEN_ZIP = (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError)


def _broken_zip(path: Path, error: Exception) -> InputError:
    return InputError(f"{path} is a zip archive that cannot be unpacked ({error}); unpack it yourself or download it again")


def _inside(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [entry for entry in archive.infolist() if not entry.is_dir() and not entry.filename.startswith("__MACOSX")]


def _from_zip(path: Path, folder: Path, member: str) -> Path:
    try:
        with zipfile.ZipFile(path) as archive:
            inside = _inside(archive)
            found = [entry for entry in inside if member in ("", entry.filename) and _begins_as_netcdf(archive, entry)]
            if len(found) != 1:
                names = ", ".join(entry.filename for entry in inside[:6]) + (" and more" if len(inside) > 6 else "")
                raise InputError(
                    f"{path} is a zip archive with {len(found)} NetCDF files ({names or 'empty'}); expected one: unpack it and "
                    "name the files inside"
                )
            out = folder / Path(found[0].filename).name
            with archive.open(found[0]) as packed:
                _copy(path, packed, out)  # type: ignore[arg-type]
    except _BROKEN_ZIP as error:
        raise _broken_zip(path, error) from error
    return out


def _begins_as_netcdf(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    with archive.open(entry) as content:
        return content.read(4).startswith(_NETCDF)


def _copy(path: Path, packed: BinaryIO, out: Path) -> None:
    """Unpack piece by piece: at most `MOST_UNPACKED` bytes, `LARGEST_RATIO` times the file, and what the disk takes."""
    likely = max(1 << 26, LARGEST_RATIO * path.stat().st_size)
    most = min(MOST_UNPACKED, likely, int(0.9 * shutil.disk_usage(out.parent).free))
    written = 0
    with out.open("wb") as file:
        while piece := _piece(path, packed):
            written += len(piece)
            if written > most:
                raise InputError(
                    f"{path} unpacks to more than {most / 1e6:.0f} MB, the most that is likely or that {out.parent.parent} has "
                    "room for: unpack it yourself or cut out a box"
                )
            file.write(piece)


def _piece(path: Path, packed: BinaryIO) -> bytes:
    with reading(path, "its compressed content"):
        return packed.read(_PIECE)


def _called(head: bytes) -> str:
    for begin, name in {**_PACKED, **_OTHERS}.items():
        if head.startswith(begin):
            return name
    if not head:
        return "empty"
    text = head.decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
    if text[:1] == "<":
        return "a web page or XML, such as a page of login or of an error"
    if text[:1] in ("{", "["):
        return "JSON, such as a server's message of an error"
    if all(letter.isprintable() or letter in "\r\n\t" for letter in text):
        return f"text that begins with {text[:24]!r}"
    return "of an unknown kind"


def _remedy(head: bytes) -> str:
    for begin, remedy in {**dict.fromkeys(_PACKED, "unpack it first"), **_REMEDIES}.items():
        if head.startswith(begin):
            return remedy
    return "check the path or download it again"
