"""The commands of `goms`, their options and help: app, forecast, ingest, train, verify, eddies, analyse, sample build, stores.

Exit codes: 0 done, 2 bad input (nothing was written), 3 the model or the disk failed.

Everything heavy is imported inside the commands, so that help answers at once.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from engine import __version__
from engine.cli.fetch import fetch
from engine.cli.options import (
    BEGIN_AGAIN,
    CONTINUE,
    CONTINUE_INGEST,
    Device,
    GridFactor,
    Home,
    Json,
    Precision,
    Resume,
)
from engine.cli.report import reporting
from engine.cli.stores import stores
from engine.cli.train import train

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
sample = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(sample, name="sample", help="The sample ocean that comes with the program.")
app.add_typer(stores, name="stores", help="Forecasts, references and analyses on disk.")
app.command()(fetch)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"goms {__version__}")
        raise typer.Exit


@app.callback()
def goms(
    home: Home = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Forecast the global ocean for the next 30 days, display the forecast and verify it."""


@app.command("app", add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def serve(context: typer.Context) -> None:
    """Serve the page (`goms app --help` lists its options)."""
    import runpy

    sys.argv[1:] = context.args
    runpy.run_module("app", run_name="__main__", alter_sys=True)


@app.command()
def forecast(
    source: Annotated[
        str, typer.Option(help="sample, observed, or the name or folder of a store, a sample run or ingested altimetry.")
    ] = "sample",
    init: Annotated[
        str | None, typer.Option(metavar="DAY|DATE", help="Sample day or date; default: the first of the source.")
    ] = None,
    days: Annotated[int, typer.Option(help="Length of the forecast in days.")] = 30,
    model: Annotated[str, typer.Option(help="A network (small, ...), persistence, damped-persistence or climatology.")] = "small",
    device: Device = "auto",
    precision: Precision = "auto",
    altimetry: Annotated[Path | None, typer.Option(metavar="FILE", help="Gridded altimetry for --source observed.")] = None,
    sst: Annotated[Path | None, typer.Option(metavar="FILE", help="Surface temperature of the same day.")] = None,
    forcing: Annotated[
        str | None, typer.Option(metavar="STORE", help="The air of these days, a store of `goms ingest era5`; else climatology.")
    ] = None,
    resume: Resume = False,
    heads: Annotated[
        str,
        typer.Option(metavar="NAMES|all", help="Heads: kuroshio, waves, biogeochemistry (separated by commas), or all."),
    ] = "",
    reference: Annotated[
        bool, typer.Option("--reference", help="Also store the reference: the source's own later states.")
    ] = False,
    grid_factor: GridFactor = 1,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Run a forecast.

    Each day can be read and displayed as soon as it is finished.
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
        chosen = source_of(source, altimetry, sst, grid_factor, init, forcing)
        init_time = init_time_of(chosen, init)
        asked, left_out = chosen_heads(heads, chosen, init_time)
        if filled := chosen.provenance.get(FILLED):
            report.tell(f"climatology fills {', '.join(filled)} of the initial state")
        wanted = ForecastRequest(chosen, init_time, model, days, asked, resume=resume, device=device, precision=precision)
        folder = run_forecast(wanted, report.progress)
        seconds = round(time.perf_counter() - began, 2)
        attrs = open_store(folder).attrs
        report.result = {"store": folder.name, "folder": folder, "days": days, "seconds": seconds, **computed(attrs, precision)}
        report.result |= {key: value for key, value in attrs.items() if key.startswith("forcing_") and key != "forcing_content"}
        if filled:
            report.result[FILLED] = filled
        report.missing(attrs)
        if heads:
            report.result |= {"heads": list(attrs["heads"]), "left_out": left_out}
            for head, made in attrs.get("initial_fields", {}).items():
                report.tell(f"{head} begin from the {made}, since {chosen.label} has none")
            report.result["initial_fields"] = attrs.get("initial_fields", {})
        if reference:
            from engine.forecasting.reference import write_reference

            report.result["reference"] = write_reference(chosen, init_time, days, report.progress, heads=asked).name


@app.command()
def ingest(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", help="hycom, glorys, sst, altimetry, era5, ecmwf, waves, biogeochemistry, nobm, oceanbench."
        ),
    ],
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILES...", help="NetCDF files as distributed; of OceanBench a Zarr store or its address."),
    ],
    name: Annotated[
        str | None, typer.Option(help="Name of the store, new or to be continued; default: made of product, place and date.")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Day of a file without a time, such as 2014-03-05; of OceanBench the first day."),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Enter a day whose file is refused into the list of missing days and continue.")
    ] = False,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler whose workers read the days, such as tcp://host:8786.")
    ] = None,
    sampling: Annotated[
        str, typer.Option(help="A day of air: 'daily mean' of 24 hours, '12 UTC', or 'given' for daily means of the files.")
    ] = "daily mean",
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Make an analysis, a source of forecasts from altimetry, or the atmosphere of forecasts (era5, ecmwf).

    An analysis can be displayed and compared. A forecast can start from a global analysis or from altimetry. Finished days stay:
    the same command continues an interrupted ingest, and further days of the same product and grid extend the store NAME. Days
    without a file are listed as missing.
    A forecast of a challenger of OceanBench, or a public daily one (octo), is displayed and scored beside others.
    """
    with reporting(as_json, CONTINUE_INGEST) as report:
        if kind == "oceanbench":
            from engine.cli.oceanbench import ingest_forecasts

            report.result, attributes = ingest_forecasts(files, name, date, report.progress)
            report.missing(attributes)
            return
        from engine.sources.guarded import take_in_guarded
        from engine.sources.kept_altimetry import kept_report
        from engine.sources.uploads import ALTIMETRY_KIND
        from engine.stores import open_store

        paths = [Path(file) for file in files]
        folder = take_in_guarded(
            paths, report.progress,
            kind=kind, identifier=name, date=date, scheduler=scheduler, keep_going=keep_going, sampling=sampling,
        )  # fmt: skip
        report.result = {"source" if kind == ALTIMETRY_KIND else "store": folder.name, "folder": folder}
        report.missing(kept_report(folder.name) if kind == ALTIMETRY_KIND else open_store(folder).attrs)


app.command()(train)


@app.command()
def verify(
    forecast: Annotated[str | None, typer.Argument(help="Name or folder of a forecast store.")] = None,
    reference: Annotated[
        str | None, typer.Option(help="Store to score against; default: the reference of the same start.")
    ] = None,
    held_out: Annotated[
        list[str] | None,
        typer.Option(metavar="MODEL", help="Score models on held-out starts instead: NAME or NAME=WEIGHTS; may be repeated."),
    ] = None,
    starts: Annotated[int, typer.Option(help="Number of held-out starts.")] = 10,
    stability: Annotated[int, typer.Option(metavar="DAYS", help="Test the stability of rollouts of so many days instead.")] = 0,
    page: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write a report in HTML with tables and plots.")
    ] = None,
    heads: Annotated[bool, typer.Option("--heads", help="Also score the heads of the first model.")] = False,
    workers: Annotated[int, typer.Option(help="Processes that share the starts.")] = 1,
    device: Device = "auto",
    grid_factor: GridFactor = 1,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Score a forecast against its reference.

    The baselines are persistence and climatology; with --held-out also damped persistence and the predictability floor.
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
            report.result = {
                name: report.result[name] for name in ("report", "kept", "eke_ratio", "sampling") if name in report.result
            }


@app.command()
def eddies(
    source: Annotated[str, typer.Argument(metavar="STORE|FILE", help="Name or folder of a store, or a file of sea level.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the eddies to a new file, .nc or .csv.")] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Detect the eddies of a forecast or of altimetry and track them from day to day.

    Eddies are closed contours of sea surface height after wavelengths over 700 km are removed.
    """
    with reporting(as_json, BEGIN_AGAIN) as report:
        from engine.cli.eddies import find_eddies

        report.result = find_eddies(source, out, report.progress)


@app.command()
def climatology(
    store: Annotated[str, typer.Argument(metavar="STORE", help="Name or folder of an ingested store.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="NetCDF file of the mean state.")],
    start: Annotated[str | None, typer.Option(metavar="DATE", help="First day; default: that of the store.")] = None,
    end: Annotated[str | None, typer.Option(metavar="DATE", help="Last day; default: that of the store.")] = None,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Compute the mean state of a store: mean and harmonics of the year of its fields, and where its water is.

    Days are read one after the other. With less than two years the year is that of the shipped climatology.
    """
    with reporting(as_json, BEGIN_AGAIN) as report:
        from engine.cli.climatology import mean_of_store

        report.result = mean_of_store(store, out, start, end, report.progress)


@app.command()
def analyse(
    observations: Annotated[
        Path, typer.Option(metavar="FILE", help="Table, .csv, .tsv or .nc: time, lat, lon, depth (or pressure), variable, value.")
    ],
    time: Annotated[str, typer.Option(metavar="DATE", help="Valid time of the analysis, such as 2019-02-23T12:00.")],
    background: Annotated[str | None, typer.Option(metavar="STORE", help="Background state; default: climatology.")] = None,
    out: Annotated[str | None, typer.Option(metavar="NAME", help="Name of the store; default: made of file and date.")] = None,
    remove_zero: Annotated[bool, typer.Option("--remove-zero", help="Remove the mean of the observed sea level.")] = False,
    of_sample: Annotated[bool, typer.Option("--sample", help="Mark the result as from the sample ocean.")] = False,
    weights: Annotated[Path | None, typer.Option(help="Weights of a network that completes the interpolation.")] = None,
    grid_factor: GridFactor = 1,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Make a full ocean state from scattered observations.

    Observations are added to a background by optimal interpolation. zos_guess, thetao_guess and so_guess in the store are the
    share of the variance that was not observed. The store can be displayed and compared, and a forecast can start from it.

    Dates are ISO 8601, yyyymmdd or seconds since 1970. Of rows with quality flags (columns such as qc, value_qc or flag) those
    flagged 1 or 2 are used; the number of the others is reported.
    """
    with reporting(as_json, BEGIN_AGAIN) as report:
        from engine.cli.analyse import analyse as analyse_observations

        report.result = analyse_observations(
            observations, time, background, out, remove_zero, of_sample, grid_factor, weights, report.progress
        )


@sample.command("build")
def sample_build(
    days: Annotated[int, typer.Option(help="Last sample day of the run.")],
    seed: Annotated[int, typer.Option(help="Seed of the run: other seeds have other weather and eddies.")],
    waves: Annotated[bool, typer.Option("--waves", help="Also make significant wave height, from day 90 on.")] = False,
    biogeochemistry: Annotated[bool, typer.Option("--biogeochemistry", help="Also make plankton and nutrients.")] = False,
    kuroshio: Annotated[
        int | None, typer.Option(metavar="DAY", help="Also make the Kuroshio at 1/12 degree, from this day on.")
    ] = None,
    grid_factor: GridFactor = 1,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Simulate days 0 to DAYS of the sample ocean and store them; an interrupted build continues where it stopped."""
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


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
