"""The command `goms fetch`: real ocean data from their providers, planned first, then day by day into a store."""

import sys
from typing import Annotated, Any

import typer

from engine.cli.options import CONTINUE_INGEST, GridFactor, Home, Json
from engine.cli.report import reporting


def fetch(
    provider: Annotated[str | None, typer.Argument(metavar="PROVIDER", help="Whose data; --list names all.")] = None,
    start: Annotated[str | None, typer.Option(metavar="DATE", help="First day, such as 2012-03-01.")] = None,
    end: Annotated[str | None, typer.Option(metavar="DATE", help="Last day; the first if left out.")] = None,
    region: Annotated[
        str | None, typer.Option(metavar="S,N,W,E", help="A box in degrees, such as 20,50,122,180; the globe if left out.")
    ] = None,
    fields: Annotated[str | None, typer.Option(metavar="NAMES", help="Such as thetao,so,uo,vo,zos; all if left out.")] = None,
    sampling: Annotated[str | None, typer.Option(help="Of hourly data: 'daily mean' or '12 UTC'.")] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the store, new or to be continued; made from the request if left out.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler whose workers get and read the days.")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Another address of the provider, such as a mirror.")] = None,
    timeout: Annotated[float, typer.Option(help="Seconds without a byte after which a request is made again.")] = 60.0,
    plan: Annotated[bool, typer.Option("--plan", help="Print the plan and get nothing.")] = False,
    list_all: Annotated[bool, typer.Option("--list", help="Describe the providers.")] = False,
    check_login: Annotated[
        bool, typer.Option("--check-login", help="Say whether the account of the provider is accepted.")
    ] = False,
    grid_factor: GridFactor = 1,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Get days of a provider into a store of their own.

    The plan comes first: days, bytes, time, licence, account, space. Days that are in the store are left, those that the
    provider lacks are listed as missing with the reason; the same command goes on after an interruption. Accounts are those of
    the provider's own tools and files; no password is kept here.
    """
    with reporting(as_json, CONTINUE_INGEST) as report:
        from engine.runtime.errors import InputError

        if list_all:
            report.result = _listed(as_json)
            return
        if provider is None or not (start or check_login):
            raise InputError("goms fetch needs a provider and --start; expected such as `goms fetch hycom --start 2012-03-01`")
        from engine.providers.catalogue import provider_named
        from engine.providers.fetching import fetch as fetch_days
        from engine.providers.fetching import identifier_of
        from engine.providers.login import login
        from engine.providers.plan import described
        from engine.providers.plan import plan as plan_of
        from engine.providers.protocols.request import request_of
        from engine.schema.grid import coarsened

        if check_login:
            report.result = {"account": login(provider_named(provider), address or "")}
            return
        assert start is not None
        asked = request_of(provider_named(provider), start, end or start, fields, region, address or "", sampling or "")
        identifier = name or identifier_of(asked)
        found = plan_of(asked, identifier)
        if plan and as_json:
            report.result = found
            return
        for line in described(found):
            print(line, file=sys.stdout if plan else sys.stderr)
        if plan:
            return
        grid = coarsened(grid_factor) if grid_factor != 1 else None
        report.result = fetch_days(asked, identifier, scheduler, grid, timeout, progress=report.progress)


def _listed(as_json: bool) -> dict[str, Any]:
    from engine.providers.catalogue import CATALOGUE

    if as_json:
        return {"providers": {name: found.label for name, found in CATALOGUE.items()}}
    return {name: f"{found.gives} ({found.account or 'no account'})" for name, found in CATALOGUE.items()}
