"""Whether the account of a provider is accepted: by the provider's own tool, or by the entry of its host in .netrc."""

from requests.utils import get_netrc_auth

from engine.providers.protocols.copernicus import check_account, toolbox
from engine.providers.protocols.http import Absent, Http
from engine.providers.protocols.provider import Provider
from engine.runtime.errors import InputError


def login(provider: Provider, address: str = "") -> str:
    """Return a phrase on the account; raises InputError, with what to do, where there is none or it is refused.

    No password is read into anything but the request, kept or printed.
    """
    if not provider.needs_account:
        return "none needed"
    if provider.protocol == "copernicus":
        check_account(toolbox())
        return "accepted"
    root = provider.root(address)
    if get_netrc_auth(root) is None:
        raise InputError(
            f"{provider.label} needs an account, and .netrc names none for {root.split('/')[2]}; expected {provider.account}"
        )
    http = Http(1, tries=3)
    for name in ("zarr.json", ".zgroup"):
        try:
            http.bytes(f"{root}/{provider.parts[0].path}/{name}")
        except Absent:
            continue
        return "accepted"
    raise InputError(f"{root} holds nothing of {provider.label}; expected its data: check --address")
