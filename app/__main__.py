"""The start of the server from a shell: `python -m app`, or `goms app`."""

import argparse
import errno
import os
import socket
import sys

from app.page import window
from app.server.checks import check_start
from app.server.options import parser, sharing
from app.server.serve import serve
from engine.runtime.errors import InputError
from engine.runtime.failures import failure_of


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; returns the exit code."""
    chosen = parser().parse_args(arguments)
    if chosen.home is not None:
        os.environ["GOMS_HOME"] = str(chosen.home)
    try:
        shared = sharing(chosen)
        if chosen.window and not window.is_installed():
            raise InputError(window.MISSING)
        check_start(chosen.altimetry, chosen.sst, chosen.grid_factor)
        serve(chosen, shared)
    except Exception as error:
        reason = _refused_address(error, chosen) if isinstance(error, OSError) else None
        failure = failure_of(error)
        if reason is None and failure is None:
            raise
        print(reason or failure, file=sys.stderr)
        return 2 if reason or isinstance(failure, InputError) else 3
    return 0


def _refused_address(error: OSError, chosen: argparse.Namespace) -> str | None:
    """Return in words why the server cannot listen where it was told to, or None for an error of another kind."""
    if error.errno == errno.EADDRINUSE:
        return f"port {chosen.port} is in use by another program; choose another with --port or PORT="
    if error.errno == errno.EACCES and error.filename is None:
        return f"port {chosen.port} is reserved for the administrator of this machine; choose one from 1024 with --port or PORT="
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"{chosen.address} is no address of this machine; expected 127.0.0.1, 0.0.0.0 or one of its own with --address"
    return None


if __name__ == "__main__":
    sys.exit(main())
