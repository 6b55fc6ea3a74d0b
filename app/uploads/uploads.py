"""Uploads under way: what a server takes, where the pieces are written, and the removal of incomplete files.

Each lies in a folder of this server's own, whose lock ends with the process: the next server on the same home removes what a
killed one left. A visitor gets a secret name for each file over the page's own connection; nothing of a browser becomes a path
but a cleaned file name.
"""

import re
import secrets
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from app.text.i18n import say
from engine.runtime.errors import InputError
from engine.runtime.names import plain_name
from engine.runtime.paths import home

ENDINGS = (".nc", ".nc4", ".cdf")
MOST_FILES = 400
"""Files in one go: a year of daily ones."""
MOST_AT_A_TIME = 4
"""Times the limit that all visitors together may have on their way."""


@dataclass
class Upload:
    """One file on its way: its secret name, how long it will be, and how much is there."""

    secret: str
    path: Path
    size: int
    received: int = 0
    busy: bool = False
    """A piece is being written."""

    @property
    def is_whole(self) -> bool:
        """Return whether every byte is there."""
        return self.received == self.size

    def write(self, piece: bytes) -> None:
        """Append a piece; raises InputError for more bytes than were announced."""
        if self.received + len(piece) > self.size:
            raise InputError(f"{self.path.name} was announced with {self.size} bytes and goes on; send the file again")
        with self.path.open("ab") as file:
            file.write(piece)
        self.received += len(piece)


class Uploads:
    """The uploads of one server process, at most `limit` bytes each time a visitor brings files; 0 takes none."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._uploads: dict[str, Upload] = {}
        self._folder: Path | None = None
        self._lock: FileLock | None = None
        if limit:
            self._clear_abandoned()

    def begin(self, files: Sequence[tuple[str, int]]) -> list[Upload]:
        """Make room for files of (name, bytes) and return their uploads; raises InputError where they are not taken."""
        if not self.limit:
            raise InputError(say("this server takes no files; start one that does with goms app --uploads, or run goms ingest"))
        self._check(files)
        folder = self._own_folder()
        begun = []
        for name, size in files:
            secret = secrets.token_urlsafe(24)
            place = folder / secret
            place.mkdir()
            begun.append(Upload(secret, place / cleaned(name), size))
            begun[-1].path.touch()
        self._uploads |= {upload.secret: upload for upload in begun}
        return begun

    def find(self, secret: str) -> Upload | None:
        """Return the upload of a secret name, None where there is none or it was given up."""
        return self._uploads.get(secret)

    def discard(self, uploads: Iterable[Upload]) -> None:
        """Remove uploads, whole or not."""
        for upload in uploads:
            self._uploads.pop(upload.secret, None)
            shutil.rmtree(upload.path.parent, ignore_errors=True)

    def close(self) -> None:
        """Remove everything of this server."""
        self._uploads.clear()
        if self._folder is not None and self._lock is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)

    def _check(self, files: Sequence[tuple[str, int]]) -> None:
        if not 0 < len(files) <= MOST_FILES:
            raise InputError(
                say("{count} files were chosen; expected 1 to {most}: bring them in parts", count=len(files), most=MOST_FILES)
            )
        for name, size in files:
            if not name.lower().endswith(ENDINGS):
                wrong = "{name} does not end in {endings}; expected a NetCDF file: choose another"
                raise InputError(say(wrong, name=name, endings=", ".join(ENDINGS)))
            if size <= 0:
                raise InputError(say("{name} is empty; expected a NetCDF file: choose another", name=name))
        total = sum(size for _, size in files)
        brought = {"name": files[0][0], "count": len(files), "size": _size(total)}
        subject = say("{name} has {size}" if len(files) == 1 else "The {count} files have {size}", **brought)
        if total > self.limit:
            raise InputError(
                say("{subject}; this server takes at most {limit} at a time: cut out a box or fewer days, or ask for a higher "
                    "--upload-limit", subject=subject, limit=_size(self.limit))
            )  # fmt: skip
        # Uploads of others that are under way are not on the disk yet; a store is about as large as its files.
        promised = sum(upload.size - upload.received for upload in self._uploads.values())
        home().mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(home()).free - promised
        if 2 * total > free:
            raise InputError(
                say("{subject} and need twice as much on the server, where {free} are free: delete stores that nobody needs",
                    subject=subject, free=_size(max(free, 0)))
            )  # fmt: skip
        under_way = sum(upload.size for upload in self._uploads.values())
        if under_way + total > MOST_AT_A_TIME * self.limit:
            raise InputError(
                say("{subject}, while other visitors bring {others}; this server takes at most {limit} at a time: try again in a "
                    "few minutes", subject=subject, others=_size(under_way), limit=_size(MOST_AT_A_TIME * self.limit))
            )  # fmt: skip

    def _own_folder(self) -> Path:
        if self._folder is None:
            name = secrets.token_hex(8)
            _parent().mkdir(parents=True, exist_ok=True)
            # The lock is made first, because another server removes a folder without one.
            self._lock = FileLock(_parent() / f"{name}.lock")
            self._lock.acquire()
            self._folder = _parent() / name
            self._folder.mkdir()
        return self._folder

    @staticmethod
    def _clear_abandoned() -> None:
        for path in _parent().glob("*.lock"):
            with suppress(Timeout), FileLock(path).acquire(timeout=0):
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
                path.unlink(missing_ok=True)


def cleaned(name: str) -> str:
    """Return a file name without folders and without any sign but letters, digits, dots, dashes and underscores."""
    stem, _, ending = re.split(r"[\\/]", name)[-1].rpartition(".")
    return f"{plain_name(stem)}.{plain_name(ending)}"


def _parent() -> Path:
    return home() / "uploads"


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"
