"""The loop as a film: the same figure day after day, with its title, valid time, lead, source and colour bar burnt in."""

import errno
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
from imageio.v2 import get_writer

from app.access.limits import MOST_FILM_DAYS, TooMuch
from app.export.frame import Frame
from app.export.picture import Sheet
from engine.runtime.errors import InputError
from engine.runtime.progress import Progress, no_progress

FORMATS = {"mp4": "video/mp4", "gif": "image/gif"}
"""File name ending -> media type."""

FRAMES_PER_SECOND = 8
GIF_WIDTH = 800
"""Pixels: a GIF of full size would be larger than any letter box takes."""


def film(
    frames_of: Callable[[int], list[Frame]],
    leads: Sequence[int],
    file_format: str,
    theme: str = "light",
    frames_per_second: float = FRAMES_PER_SECOND,
    progress: Progress = no_progress,
) -> bytes:
    """Return an MP4 or GIF file that shows `frames_of(lead)` for every lead; raises InputError where there is none."""
    if not leads:
        raise InputError("the film has no day: wait for the first days of the forecast")
    most = MOST_FILM_DAYS[file_format]
    if len(leads) > most:
        raise TooMuch(f"the film has {len(leads)} days; expected at most {most} in a file of this kind: save the data instead")
    # The last day sets the colour range of differences, which are zero on the first.
    sheet = Sheet(frames_of(leads[-1]), theme)

    def drawn() -> Iterator[np.ndarray]:
        for number, lead in enumerate(leads):
            progress(number / len(leads), f"day {lead}")
            sheet.turn_to(frames_of(lead))
            yield sheet.pixels()

    if file_format == "gif":
        pictures = np.stack([_smaller(picture) for picture in drawn()])
        return imageio.imwrite("<bytes>", pictures, extension=".gif", duration=1000 / frames_per_second, loop=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"film.{file_format}"
        try:
            # One picture at a time: those of a year would take gigabytes.
            with get_writer(path, fps=frames_per_second, codec="libx264", macro_block_size=2, quality=8) as writer:
                for picture in drawn():
                    writer.append_data(picture)  # type: ignore[attr-defined]
            # The encoder does not report a full disk; the file then lacks its end and the index of pictures.
            imageio.immeta(path, plugin="FFMPEG")
        except OSError as error:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
        return path.read_bytes()


def _smaller(picture: np.ndarray) -> np.ndarray:
    """Return a picture of at most `GIF_WIDTH` pixels across."""
    from PIL import Image

    height = round(picture.shape[0] * GIF_WIDTH / picture.shape[1])
    if picture.shape[1] <= GIF_WIDTH:
        return picture
    return np.asarray(Image.fromarray(picture).resize((GIF_WIDTH, height), Image.Resampling.LANCZOS))
