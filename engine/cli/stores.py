"""`goms stores`: lists and deletes the stores on disk, and writes them in the layout of others."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.options import BEGIN_AGAIN, Home, Json
from engine.cli.report import air_in_words, reporting

stores = typer.Typer(rich_markup_mode=None)


@stores.callback(invoke_without_command=True)
def stores_default(context: typer.Context, as_json: Json = False, home: Home = None) -> None:
    """List the stores where no command is given."""
    if context.invoked_subcommand is None:
        stores_list(as_json)


@stores.command("list")
def stores_list(as_json: Json = False, home: Home = None) -> None:
    """List the stores with size, state, number of finished days, missing days, and damage where there is any."""
    with reporting(as_json) as report:
        from engine.runtime.paths import stores_folder
        from engine.stores import list_stores
        from engine.stores.validity import described as missing_in_words

        found = list_stores()
        if as_json:
            report.result = {"folder": stores_folder(), "stores": [summary.as_dict() for summary in found]}
            return
        for summary in found:
            days = f"{summary.leads:3} of {summary.all_leads:3} days" if not summary.damage else " " * 15
            print(f"{summary.size_bytes / 1e6:9.1f} MB  {summary.state:8} {days}  {summary.identifier}")
            attrs = summary.attrs
            for line in [summary.damage] if summary.damage else [*missing_in_words(attrs), *air_in_words(attrs)]:
                print(f"{'':14}{line}")
        if not found:
            print(f"no stores in {stores_folder()}")


@stores.command("delete")
def stores_delete(identifier: str, as_json: Json = False, home: Home = None) -> None:
    """Delete a store and everything that belongs to it."""
    with reporting(as_json) as report:
        from engine.stores import delete_store

        delete_store(identifier)
        report.result = {"deleted": identifier}


@stores.command("export-oceanbench")
def stores_export_oceanbench(
    identifiers: Annotated[list[str], typer.Argument(metavar="STORES...", help="Names or folders of forecasts.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the challenger; each start becomes YYYYMMDD.zarr in it.")],
    native_levels: Annotated[
        bool, typer.Option("--native-levels", help="Write the 32 levels of GLO12 down to 541 m, not the six scored ones.")
    ] = False,
    contact: Annotated[str, typer.Option(help="Institution and address to write into it.")] = "",
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Write forecasts as a challenger that OceanBench can evaluate."""
    with reporting(as_json, BEGIN_AGAIN) as report:
        from engine.cli.oceanbench import export_forecasts

        report.result = export_forecasts(identifiers, out, native_levels, contact, report.progress)
