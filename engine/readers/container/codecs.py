"""Names of HDF5 compressions that this program has no codec for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.runtime.errors import InputError

_NAMES = re.compile(
    rb"(?i)bitshuffle|blosc2|blosc|lz4|zfp|sz3?(?= compressor)|fci?decomp|jpeg2000|bitgroom|granular|lzf|zstd|bzip2"
)
_HEADERS = 1 << 22
"""Bytes at the beginning of a file that are searched for the names of its filters: all headers of a provider's file."""


@contextmanager
def codec_named(path: Path, file: Path) -> Iterator[None]:
    """Turn the library's error of a missing filter into an InputError that names the compression of `file`, read as `path`."""
    try:
        yield
    except (RuntimeError, OSError) as error:
        if "filter error" not in str(error).lower():
            raise
        with file.open("rb") as content:
            found = sorted({name.decode().lower() for name in _NAMES.findall(content.read(_HEADERS))})
        raise InputError(
            f"{path} is compressed with {' and '.join(found) or 'a codec'}, which this program cannot unpack; expected deflate, "
            "zstd, bzip2, szip or blosc: write it again where it was made (nccopy -F none IN OUT)"
        ) from error
