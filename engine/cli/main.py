"""The commands of `goms`, their options and help: app, forecast, ingest, train, verify, eddies, analyse, sample build, stores.

Exit codes: 0 done, 2 bad input (nothing was written), 3 the model or the disk failed.

Everything heavy is imported inside the commands, so that help answers at once.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from engine import __version__
from engine.cli.report import reporting

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
sample = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(sample, name="sample", help="The sample ocean that comes with the program.")
stores = typer.Typer(rich_markup_mode=None)
app.add_typer(stores, name="stores", help="Forecasts, references and analyses on disk.")


def _move_home(folder: Path | None) -> Path | None:
    if folder is not None:
        # `~name` of nobody is refused where the folder is first asked for.
        own = folder.expanduser() if folder.parts[:1] == ("~",) else folder
        os.environ["GOMS_HOME"] = str(own.absolute())
    return folder


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"goms {__version__}")
        raise typer.Exit


Home = Annotated[Path | None, typer.Option("--home", callback=_move_home, help="Folder of stores and caches (or GOMS_HOME).")]
Json = Annotated[bool, typer.Option("--json", help="End with one line of JSON.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Precision = Annotated[str, typer.Option(help="Of matrix products: bfloat16, float32 or auto, the quicker on the device.")]
GridFactor = Annotated[int, typer.Option(hidden=True, help="Run on a grid this many times coarser.")]
Resume = Annotated[bool, typer.Option("--resume", help="Continue what was interrupted.")]

CONTINUE = "finished days are kept: continue with --resume"
CONTINUE_TRAINING = "the last saved state is kept: continue with --resume"
BEGIN_AGAIN = "nothing unfinished is kept: run the command again"
"""How commands go on after an interruption, a full disk or too little memory."""


@app.callback()
def goms(
    home: Home = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Forecast the global ocean for the next 30 days and look at it."""


@app.command("app", add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def serve(context: typer.Context) -> None:
    """Serve the page (`goms app --help`: its options)."""
    import runpy

    sys.argv[1:] = context.args
    runpy.run_module("app", run_name="__main__", alter_sys=True)


@app.command()
def forecast(
    source: Annotated[
        str, typer.Option(help="sample, observed, or the name or folder of a store, a sample run or ingested altimetry.")
    ] = "sample",
    init: Annotated[
        str | None, typer.Option(metavar="DAY|DATE", help="Sample day or date; the source's first if left out.")
    ] = None,
    days: Annotated[int, typer.Option(help="Length in days.")] = 30,
    model: Annotated[str, typer.Option(help="A network (small, ...), persistence, damped-persistence or climatology.")] = "small",
    device: Device = "auto",
    precision: Precision = "auto",
    altimetry: Annotated[Path | None, typer.Option(metavar="FILE", help="Gridded altimetry for --source observed.")] = None,
    sst: Annotated[Path | None, typer.Option(metavar="FILE", help="Surface temperature of the same day.")] = None,
    resume: Resume = False,
    heads: Annotated[
        str, typer.Option(metavar="NAMES|all", help="Forecast kuroshio, waves, biogeochemistry too: names with commas, or all.")
    ] = "",
    reference: Annotated[bool, typer.Option("--reference", help="Write what the source knows of those days, too.")] = False,
    grid_factor: GridFactor = 1,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Run a forecast.

    Each finished day can be looked at while the next is computed.
    """
    with reporting(as_json, CONTINUE) as report:
        import time

        from engine.cli.request import computed, init_time_of, source_of
        from engine.forecasting.forecast import run_forecast
        from engine.forecasting.heads import chosen_heads
        from engine.forecasting.request import ForecastRequest
        from engine.sources.analysis import FILLED
        from engine.stores import open_store

        began = time.perf_counter()
        chosen = source_of(source, altimetry, sst, grid_factor, init)
        init_time = init_time_of(chosen, init)
        asked, left_out = chosen_heads(heads, chosen, init_time)
        if filled := chosen.provenance.get(FILLED):
            report.tell(f"climatology fills {', '.join(filled)} of the initial state")
        wanted = ForecastRequest(chosen, init_time, model, days, asked, resume=resume, device=device, precision=precision)
        folder = run_forecast(wanted, report.progress)
        seconds = round(time.perf_counter() - began, 2)
        attrs = open_store(folder).attrs
        report.result = {"store": folder.name, "folder": folder, "days": days, "seconds": seconds, **computed(attrs, precision)}
        if filled:
            report.result[FILLED] = filled
        report.missing(attrs)
        if heads:
            report.result |= {"heads": list(attrs["heads"]), "left_out": left_out}
        if reference:
            from engine.forecasting.reference import write_reference

            report.result["reference"] = write_reference(chosen, init_time, days, report.progress, heads=asked).name


@app.command()
def ingest(
    kind: Annotated[str, typer.Argument(metavar="hycom|glorys|altimetry", help="Whose files they are.")],
    files: Annotated[list[Path], typer.Argument(metavar="FILES...", help="NetCDF files as distributed.")],
    name: Annotated[str | None, typer.Option(help="Name of the store; made from product, place and date if left out.")] = None,
    date: Annotated[str | None, typer.Option(metavar="DATE", help="Day of a file that says none, such as 2014-03-05.")] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Make an analysis of HYCOM or GLORYS files, or a source of altimetry.

    An analysis can be played and compared with, and a global one started from; a forecast starts from altimetry, too.
    """
    with reporting(as_json, BEGIN_AGAIN) as report:
        from engine.sources.guarded import take_in_guarded
        from engine.sources.kept_altimetry import kept_report
        from engine.sources.uploads import ALTIMETRY_KIND
        from engine.stores import open_store

        folder = take_in_guarded(files, report.progress, kind=kind, identifier=name, date=date)
        report.result = {"source" if kind == ALTIMETRY_KIND else "store": folder.name, "folder": folder}
        report.missing(kept_report(folder.name) if kind == ALTIMETRY_KIND else open_store(folder).attrs)


@app.command()
def train(
    preset: Annotated[str, typer.Option(help="small, base, or another name of engine/models/backbones/presets.py.")] = "small",
    head: Annotated[
        str | None,
        typer.Option(help="Train a head (kuroshio, waves, biogeochemistry) on the preset's frozen backbone instead."),
    ] = None,
    data: Annotated[
        list[str] | None, typer.Option(metavar="STORE", help="Learn from this analysis or sample run; may be repeated.")
    ] = None,
    resume: Resume = False,
    updates: Annotated[int | None, typer.Option(help="Pause at this update instead of the plan's last.")] = None,
    batch: Annotated[int | None, typer.Option(help="Samples in an update, over all processes; the plan's if left out.")] = None,
    seed: Annotated[int, typer.Option(help="Of the first weights and of what is drawn.")] = 0,
    device: Device = "auto",
    precision: Precision = "auto",
    grid_factor: GridFactor = 1,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Train the network.

    It learns from rebuilt runs of the sample ocean (`goms sample build` makes them) or from ingested analyses. On several GPUs
    or hosts: torchrun --nproc-per-node N -m engine.cli.main train, with a home that all see.
    """
    # Of several processes the first alone ends in JSON.
    with reporting(as_json and os.environ.get("RANK", "0") == "0", CONTINUE_TRAINING) as report:
        if head is not None:
            from engine.training.heads.run import train_head
            from sample_data.held_out import training_series

            report.result = train_head(preset, head, training_series(), resume, device, report.progress, precision)
            return
        from engine.cli.request import source_of
        from engine.schema.grid import coarsened
        from engine.training.run import train as train_model
        from sample_data.held_out import SampleHeldOut
        from sample_data.training_sources import backbone_sources

        grid = coarsened(grid_factor)
        sources = [source_of(name, None, None, grid_factor) for name in data] if data else backbone_sources(grid)
        of_sample = all(source.forcing_kind == "synthetic" for source in sources)
        report.result = train_model(
            preset, sources, resume, device, report.progress, grid, seed, batch, updates, precision,
            held_out=SampleHeldOut.open(grid=grid) if of_sample else None,
        )  # fmt: skip


@app.command()
def verify(
    forecast: Annotated[str | None, typer.Argument(help="Name or folder of a forecast store.")] = None,
    reference: Annotated[
        str | None, typer.Option(help="Store to score against; the reference of the same start if left out.")
    ] = None,
    held_out: Annotated[
        list[str] | None,
        typer.Option(metavar="MODEL", help="Score models on held-out starts instead: NAME or NAME=WEIGHTS; may be repeated."),
    ] = None,
    starts: Annotated[int, typer.Option(help="Number of held-out starts.")] = 10,
    stability: Annotated[int, typer.Option(metavar="DAYS", help="Look at rollouts of so many days instead of skill.")] = 0,
    page: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write a page with tables and plots.")] = None,
    heads: Annotated[bool, typer.Option("--heads", help="Score the heads of the first model, too.")] = False,
    workers: Annotated[int, typer.Option(help="Processes that share the starts.")] = 1,
    device: Device = "auto",
    grid_factor: GridFactor = 1,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Score a forecast against its reference.

    Beside it stand persistence and climatology; with --held-out damped persistence and the predictability floor, too.
    """
    with reporting(as_json, "finished starts are kept: run the command again") as report:
        from engine.cli.verify import verify_models, verify_store
        from engine.runtime.errors import InputError

        of_models = bool(held_out or stability or page or heads)
        if of_models == (forecast is not None):
            raise InputError(
                "goms verify needs either the name of a forecast store (`goms stores` lists them), or --held-out MODEL, "
                "--stability DAYS or --report FILE"
            )
        if forecast is not None:
            report.result, text = verify_store(forecast, reference, report.progress)
        else:
            report.result, text = verify_models(
                held_out or [], starts, stability, page, device, workers, grid_factor, report.progress, heads
            )
        if not as_json:
            print(text)
            report.result = {name: report.result[name] for name in ("report", "kept", "eke_ratio") if name in report.result}


@app.command()
def eddies(
    source: Annotated[str, typer.Argument(metavar="STORE|FILE", help="Name or folder of a store, or a file of sea level.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the eddies to a new file, .nc or .csv.")] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Find the eddies of a forecast or of altimetry, and follow them from day to day.

    Closed contours of sea surface height without what is longer than 700 km.
    """
    with reporting(as_json, BEGIN_AGAIN) as report:
        from engine.cli.eddies import find_eddies

        report.result = find_eddies(source, out, report.progress)


@app.command()
def analyse(
    observations: Annotated[
        Path, typer.Option(metavar="FILE", help="Table, .csv, .tsv or .nc: time, lat, lon, depth (or pressure), variable, value.")
    ],
    time: Annotated[str, typer.Option(metavar="DATE", help="When the analysis is valid, such as 2019-02-23T12:00.")],
    background: Annotated[str | None, typer.Option(metavar="STORE", help="What to correct; climatology if left out.")] = None,
    out: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the store; made from file and date if left out.")
    ] = None,
    remove_zero: Annotated[bool, typer.Option("--remove-zero", help="Sea level is over another zero; remove its mean.")] = False,
    of_sample: Annotated[bool, typer.Option("--sample", help="The observations are of the sample ocean; say so.")] = False,
    weights: Annotated[Path | None, typer.Option(help="Trained weights of the network that betters the interpolation.")] = None,
    grid_factor: GridFactor = 1,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Make a full state of scattered observations.

    Optimal interpolation on a background; the store says in zos_guess, thetao_guess and so_guess where it is a guess. It
    plays beside others, and a forecast can start from it.

    Dates are ISO 8601, yyyymmdd or seconds since 1970. Of rows with quality flags (columns such as qc, value_qc or flag) those
    flagged 1 or 2 are kept; how many are left out is said.
    """
    with reporting(as_json, BEGIN_AGAIN) as report:
        from engine.cli.analyse import analyse as analyse_observations

        report.result = analyse_observations(
            observations, time, background, out, remove_zero, of_sample, grid_factor, weights, report.progress
        )


@sample.command("build")
def sample_build(
    days: Annotated[int, typer.Option(help="Last sample day.")],
    seed: Annotated[int, typer.Option(help="Which ocean: another seed, other weather and eddies.")],
    waves: Annotated[bool, typer.Option("--waves", help="Make significant wave height too, from day 90 on.")] = False,
    biogeochemistry: Annotated[bool, typer.Option("--biogeochemistry", help="Make plankton and nutrients too.")] = False,
    kuroshio: Annotated[
        int | None, typer.Option(metavar="DAY", help="Make the Kuroshio at 1/12 degree too, from this day on.")
    ] = None,
    grid_factor: GridFactor = 1,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Simulate days 0 to DAYS of the sample ocean into the user's cache; a killed build goes on where it was."""
    with reporting(as_json, "finished days are kept: run the command again") as report:
        from engine.schema.grid import coarsened
        from sample_data.runs.build import build

        run = build(days, seed, progress=report.progress, grid=coarsened(grid_factor))
        if waves:
            from sample_data.runs.head_days import RunWaves

            RunWaves(run).build(days, progress=report.progress)
        if biogeochemistry:
            from sample_data.source import run_biogeochemistry

            run_biogeochemistry(run).build(days, progress=report.progress)
        if kuroshio is not None:
            from sample_data.kuroshio.archive import build_kuroshio

            build_kuroshio(run, kuroshio, days, report.progress)
        report.result = {"folder": run.folder, "seed": seed, "days": len(run.days)}


@stores.callback(invoke_without_command=True)
def stores_default(context: typer.Context, as_json: Json = False, home: Home = None) -> None:
    """List what is there unless a command says otherwise."""
    if context.invoked_subcommand is None:
        stores_list(as_json)


@stores.command("list")
def stores_list(as_json: Json = False, home: Home = None) -> None:
    """List the stores with their size and how many of their days are finished, and what is damaged of those that are."""
    with reporting(as_json) as report:
        from engine.runtime.paths import stores_folder
        from engine.stores import list_stores

        found = list_stores()
        if as_json:
            report.result = {"folder": stores_folder(), "stores": [summary.as_dict() for summary in found]}
            return
        for summary in found:
            days = f"{summary.leads:3} of {summary.all_leads:3} days" if not summary.damage else " " * 15
            print(f"{summary.size_bytes / 1e6:9.1f} MB  {summary.state:7} {days}  {summary.identifier}")
            if summary.damage:
                print(f"{'':14}{summary.damage}")
        if not found:
            print(f"no stores in {stores_folder()}")


@stores.command("delete")
def stores_delete(identifier: str, as_json: Json = False, home: Home = None) -> None:
    """Delete a store and what belongs to it."""
    with reporting(as_json) as report:
        from engine.stores import delete_store

        delete_store(identifier)
        report.result = {"deleted": identifier}


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
