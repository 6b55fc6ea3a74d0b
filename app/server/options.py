"""The options of the server, and what follows from them together: who reaches it, and what visitors may do."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from app.access.headers import checked_origin
from app.access.hosts import Hosts, hosts, is_shared
from app.access.login import add_options, login
from app.access.permissions import Permissions, permissions
from engine.runtime.errors import InputError

WHO_MAY_DELETE = """
Who may delete and upload: on this machine alone, whoever opens the page; with a login, whoever is logged in; on a network
without a login, nobody; with --read-only nobody, who may not run or score either. docs/sharing.md says more.
"""


class _Parser(argparse.ArgumentParser):
    """Refuses in one line, without the list of all options before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message}; {self.prog} --help lists the options\n")


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a port; expected 0 to 65535, where 0 takes any that is free")


def parser() -> argparse.ArgumentParser:
    """Return the options of the server."""
    options = _Parser(prog="goms app", description="Serve the page where forecasts are run and played.", epilog=WHO_MAY_DELETE)
    options.add_argument(
        "--port", type=_port, default=os.environ.get("PORT", "5006"), help="port, 0 for any free one (default: PORT, else 5006)"
    )
    options.add_argument("--address", default="127.0.0.1", help="address to listen on; 0.0.0.0 lets other machines in")
    options.add_argument("--show", action="store_true", help="open the page in the browser")
    options.add_argument("--window", action="store_true", help="open the page in a window of its own; closing it ends the server")
    options.add_argument("--altimetry", type=Path, metavar="FILE", help="gridded altimetry (DUACS L4) to start forecasts from")
    options.add_argument("--sst", type=Path, metavar="FILE", help="sea surface temperature (OSTIA) of the same day")
    options.add_argument("--home", type=Path, metavar="FOLDER", help="folder of stores and caches")
    options.add_argument(
        "--grid-factor", type=int, default=1, metavar="N", help="coarse grid for weak machines and tests: N times 1/4 degree"
    )
    options.add_argument("--no-first-run", action="store_true", help="do not begin a first forecast by itself")
    shared = options.add_argument_group("sharing", "docs/sharing.md tells how to share a page on a network.")
    shared.add_argument(
        "--allow-websocket-origin", action="append", default=[], metavar="HOST",
        help="host name, with a port unless it is the usual one, under which others reach this server, such as through a proxy",
    )  # fmt: skip
    shared.add_argument(
        "--allow-embedding", action="append", default=[], metavar="ORIGIN",
        help="site that may frame views (embed=1), such as https://portal.example.org (default: this server alone)",
    )  # fmt: skip
    shared.add_argument("--read-only", action="store_true", help="show what is stored: no run, upload, deletion or score")
    shared.add_argument(
        "--uploads", action=argparse.BooleanOptionalAction,
        help="take files from visitors (default: yes, but not on a network without a login)",
    )  # fmt: skip
    shared.add_argument("--upload-limit", type=float, default=2.0, metavar="GB", help="most that a visitor may bring at a time")
    add_options(options)
    return options


@dataclass(frozen=True)
class Sharing:
    """Who reaches a server and what they may do."""

    hosts: Hosts
    permissions: Permissions
    login: dict[str, Any]
    """Arguments of the login for `panel.serve`; empty without one."""
    embedding: tuple[str, ...]
    is_shared: bool
    upload_limit: int
    """Bytes of files that a visitor may bring at a time; 0 takes none."""

    def warning(self, address: str) -> str:
        """Return what the owner of a server that strangers reach is told; empty where nobody does."""
        if not self.is_shared or self.login:
            return ""
        turned_off = "everything but looking is" if "run" in self.permissions.refused else "uploading and deleting are"
        return (
            f"Warning: whoever reaches {address} can use this page, as it has no login; {turned_off} turned off.\n"
            f"It answers to these hosts alone: {', '.join(self.hosts.names)}.\n"
            "Add a login with --basic-auth FILE; docs/sharing.md says how."
        )


def sharing(chosen: argparse.Namespace) -> Sharing:
    """Return what the options say of sharing; raises InputError for options that contradict each other."""
    if chosen.upload_limit <= 0:
        raise InputError(f"--upload-limit is {chosen.upload_limit:g} GB; expected more than 0, or --no-uploads")
    arguments = login(chosen)
    shared = is_shared(chosen.address, chosen.allow_websocket_origin)
    allowed = permissions(chosen.read_only, shared, bool(arguments))
    refused = "upload" in allowed.refused
    if chosen.uploads and refused:
        reason = "--read-only is given, too" if chosen.read_only else "strangers reach this server and it has no login"
        remedy = "leave one of them out" if chosen.read_only else "add --basic-auth FILE, or leave --uploads out"
        raise InputError(f"--uploads is given, and {reason}; expected a server that knows who brings files: {remedy}")
    takes_files = not refused and chosen.uploads is not False
    return Sharing(
        hosts(chosen.address, chosen.allow_websocket_origin), allowed, arguments,
        tuple(map(checked_origin, chosen.allow_embedding)), shared, int(chosen.upload_limit * 1e9) if takes_files else 0,
    )  # fmt: skip
