"""The command `goms train`: its options and help, and what it hands to the training of a backbone or a head."""

import os
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.options import CONTINUE_TRAINING, Device, GridFactor, Home, Json, Precision, Resume
from engine.cli.report import reporting

Periods = list[str] | None
"""Texts such as 2000-01-01:2010-12-31."""

_PERIOD = "FIRST:LAST"


def train(
    preset: Annotated[str, typer.Option(help="small, base, or another name of engine/models/backbones/presets.py.")] = "small",
    head: Annotated[
        str | None,
        typer.Option(help="Train a head (kuroshio, waves, biogeochemistry) on the preset's frozen backbone instead."),
    ] = None,
    data: Annotated[
        list[str] | None, typer.Option(metavar="STORE", help="Analysis or sample run to train on; may be repeated.")
    ] = None,
    forcing: Annotated[
        str | None,
        typer.Option(metavar="STORE", help="The air of the analyses, a store of `goms ingest era5`."),
    ] = None,
    training: Annotated[
        Periods, typer.Option("--train", metavar=_PERIOD, help="Days to train on, two dates; may be repeated.")
    ] = None,
    validation: Annotated[
        Periods, typer.Option("--validation", metavar=_PERIOD, help="Days of validation during training; may be repeated.")
    ] = None,
    test: Annotated[
        Periods, typer.Option("--test", metavar=_PERIOD, help="Days that training never reads; may be repeated.")
    ] = None,
    mean: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Mean state of the data (`goms climatology`); default: the shipped climatology."),
    ] = None,
    resume: Resume = False,
    updates: Annotated[int | None, typer.Option(help="Stop at this update; default: the last of the plan.")] = None,
    batch: Annotated[int | None, typer.Option(help="Samples per update, over all processes; default: that of the plan.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the initial weights and of the random samples.")] = 0,
    device: Device = "auto",
    precision: Precision = "auto",
    grid_factor: GridFactor = 1,
    as_json: Json = False,
    home: Home = None,
) -> None:
    """Train a network or a head.

    The data are runs of the sample ocean (`goms sample build` makes them) or ingested analyses. On several GPUs or hosts:
    torchrun --nproc-per-node N -m engine.cli.main train, with a home folder that all processes share. A split by date is, for
    example, --train 2000-01-01:2010-12-31 --validation 2011-01-01:2011-12-31 --test 2012-01-01:2012-12-31.
    """
    # Of several processes the first alone ends in JSON.
    with reporting(as_json and os.environ.get("RANK", "0") == "0", CONTINUE_TRAINING) as report:
        from engine.runtime.errors import InputError
        from engine.training.days.split import Split

        split = Split.parse(training or [], validation or [], test or [])
        if head is not None:
            if split or data or forcing or mean:
                raise InputError(
                    f"head {head!r} got --data, --forcing, --mean or a split by date; heads learn from runs of the sample ocean: "
                    "leave them out"
                )
            from engine.training.heads.run import train_head
            from sample_data.held_out import training_series

            report.result = train_head(preset, head, training_series(), resume, device, report.progress, precision)
            return
        from engine.cli.request import source_of
        from engine.schema.grid import coarsened
        from engine.training.run import TrainingRequest
        from engine.training.run import train as train_model
        from sample_data.held_out import SampleHeldOut
        from sample_data.training_sources import backbone_sources

        grid = coarsened(grid_factor)
        if forcing and not data:
            raise InputError("--forcing got a store without --data; runs of the sample ocean have their own: add --data")
        sources = [source_of(name, None, None, grid_factor, forcing=forcing) for name in data or []] or backbone_sources(grid)
        of_sample = all(source.forcing_kind == "synthetic" for source in sources)
        held_out = SampleHeldOut.open(grid=grid) if of_sample else None
        request = TrainingRequest(
            preset, sources, grid, split, resume, device, seed, batch, updates, precision, held_out, mean
        )  # fmt: skip
        report.result = train_model(request, report.progress)
