"""A compression that cannot be unpacked here is called by its name; other errors of the library pass."""

from pathlib import Path

import pytest

from engine.readers.container.codecs import codec_named
from engine.runtime.errors import InputError

MISSING = RuntimeError("NetCDF: Filter error: undefined filter encountered")


@pytest.mark.parametrize(
    ("header", "name"), [(b"H5Z-ZFP-1.1.1", "zfp"), (b"HDF5 lz4 filter", "lz4"), (b"blosc2", "blosc2"), (b"", "a codec")]
)
def test_a_missing_filter_is_named_from_the_header(tmp_path: Path, header: bytes, name: str) -> None:
    path = tmp_path / "a.nc"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100) + header)
    words = rf"a\.nc is compressed with {name}, which this program cannot unpack; .*nccopy"
    with pytest.raises(InputError, match=words), codec_named(path, path):
        raise MISSING


def test_another_error_passes_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="NetCDF: HDF error"), codec_named(tmp_path / "a.nc", tmp_path / "a.nc"):
        raise RuntimeError("NetCDF: HDF error")
