"""The names under which a server may be asked for, one list for pages, frames, uploads and websockets alike.

A page of another site can have its own name point to this machine (DNS rebinding) and would then be of one origin with the
server. The browser still sends that name in the Host header, so a name that is not on the list is refused.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil

from engine.runtime.errors import InputError

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
EVERYWHERE = ("0.0.0.0", "::")
"""Addresses to listen on that mean all of this machine's."""

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")
_PORTS = {"http": "80", "https": "443"}


def split_host(text: str) -> tuple[str, str] | None:
    """Return (name in lower case, port or empty) of a Host header, an IPv6 address in brackets and its shortest form.

    None for text that is neither a name nor an address with or without a port.
    """
    found = _HOST.fullmatch(text.strip())
    if found is None:
        return None
    name, port = found[1].lower(), found[2] or ""
    if name.startswith("["):
        try:
            name = f"[{ipaddress.IPv6Address(name[1:-1]).compressed}]"
        except ValueError:
            return None
    return name, port


@dataclass(frozen=True)
class Hosts:
    """The names that are allowed, and the origins of pages that may open websockets and send files beside the server's own."""

    names: tuple[str, ...]
    origins: tuple[str, ...] = ()
    """Entries `name` (on the usual ports) or `name:port` that were given by the owner of the server."""

    def allows(self, host: str) -> bool:
        """Return whether a Host header names this server, whatever the port: a tunnel or a container may have another."""
        found = split_host(host)
        return found is not None and found[0] in self.names

    def is_own(self, origin: str, host: str) -> bool:
        """Return whether a page of `origin` (scheme and host) belongs to this server, which was asked for as `host`."""
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        theirs, own = split_host(parts.netloc), split_host(host)
        if theirs is None or own is None or parts.scheme not in _PORTS or theirs[0] not in self.names:
            return False
        usual = _PORTS[parts.scheme]
        # Behind a proxy the name in the browser is not the one asked for here; it is one of those given.
        known = [own, *filter(None, map(split_host, self.origins))]
        return any((theirs[0], theirs[1] or usual) == (name, port or usual) for name, port in known)


def is_loopback(name: str) -> bool:
    """Return whether an address or host name is of this machine alone."""
    bare = name.strip("[]").lower()
    try:
        return ipaddress.ip_address(bare).is_loopback
    except ValueError:
        return bare == "localhost"


def hosts(address: str, given: Iterable[str] = ()) -> Hosts:
    """Return the hosts of a server that listens on `address`: its own names, and `given` ones with or without a port.

    Raises InputError for a given one that is no host name; a `*` would let every name in, so it is none.
    """
    origins = tuple(given)
    named = []
    for entry in origins:
        found = split_host(entry)
        if found is None:
            raise InputError(
                f"--allow-websocket-origin is {entry!r}; expected a host name such as ocean.example.org or "
                "ocean.example.org:8080, as it stands in the browser's address bar: name each host"
            )
        named.append(found[0])
    own = list(LOOPBACK)
    if not is_loopback(address):
        own += _machine()
    listening = split_host(f"[{address}]" if ":" in address else address)
    if listening is not None and address not in EVERYWHERE:
        own.append(listening[0])
    return Hosts(tuple(dict.fromkeys([*own, *named])), origins)


def is_shared(address: str, given: Iterable[str] = ()) -> bool:
    """Return whether others than this machine reach a server: by the address it listens on, or through a proxy that was named."""
    named = [found[0] for entry in given if (found := split_host(entry)) is not None]
    return not all(map(is_loopback, [address, *named]))


def _machine() -> list[str]:
    """Return the names and addresses of this machine as a Host header holds them."""
    host = socket.gethostname().lower()
    names = [host, socket.getfqdn().lower(), f"{host.partition('.')[0]}.local"]
    for addresses in psutil.net_if_addrs().values():
        for each in addresses:
            if each.family == socket.AF_INET:
                names.append(each.address)
            elif each.family == socket.AF_INET6:
                names.append(f"[{each.address.partition('%')[0]}]")
    found = (split_host(name) for name in names)
    return [each[0] for each in found if each is not None]
