"""The source and the initial time that the options `--source`, `--init`, `--altimetry` and `--sst` name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.runtime.errors import InputError
from engine.schema.grid import coarsened
from engine.schema.sample_calendar import sample_date, sample_day
from engine.sources import Source, open_source
from engine.sources.guarded import check_guarded
from engine.sources.kept_altimetry import kept_altimetry


def source_of(
    name: str,
    altimetry: Path | None,
    sst: Path | None,
    grid_factor: int,
    init: str | None = None,
    forcing: str | None = None,
) -> Source:
    """Return the source called `sample`, `observed` or as kept altimetry is, or that of a sample run's or store's folder or name.

    `forcing` is the name or folder of a forcing store. Files are first read by a process of its own, as far as a start at `init`,
    by default the first day, needs them. Raises InputError for files given to a source that reads none, and for what
    `open_source` refuses.
    """
    options: dict[str, Any] = {"grid": coarsened(grid_factor)} if grid_factor != 1 else {}
    if forcing:
        options["forcing"] = forcing
    if name == "observed":
        if altimetry is not None:
            check_guarded("observed", [altimetry, *([sst] if sst else [])], day=init, grid_factor=grid_factor)
        return open_source(name, altimetry=altimetry, sst=sst, **options)
    if altimetry or sst:
        raise InputError(f"source {name!r} reads no altimetry or sst file; those files need --source observed")
    if name == "sample" or name in kept_altimetry():
        return open_source(name, **options)
    if (Path(name) / "run.json").is_file():
        return open_source("sample", folder=Path(name), **options)
    return open_source("analysis", store=name, **options)


def init_time_of(source: Source, text: str | None) -> np.datetime64:
    """Return the day `text` names (a date, or a number of a sample day), by default the first of `source`.

    Raises InputError for text that is neither and for a day the source does not have.
    """
    days = source.init_times()
    if not days.size:
        raise InputError(f"{source.label} has no day to start from; a start of a sample run needs 30 days after it: build more")
    if text is None:
        return days[0]
    held = f"{days[0]} to {days[-1]}" if days.size > 1 else str(days[0])
    if text.isdigit():
        if source.forcing_kind != "synthetic":
            raise InputError(f"--init {text} is a sample day, but {source.label} has dates; expected one of {held}")
        day = sample_date(int(text))
        held = f"sample days {sample_day(days[0])} to {sample_day(days[-1])}"
    else:
        try:
            day = np.datetime64(text, "D")
        except ValueError as error:
            raise InputError(f"--init is {text!r}; expected a date such as {days[0]}, or the number of a sample day") from error
    if day not in days:
        raise InputError(f"{source.label} has no day {text}; it has {held}: choose one of them")
    return day


def computed(attrs: Mapping[str, Any], wanted: str) -> dict[str, Any]:
    """Return on which device and in which precision a forecast was computed, and for a network why in that one."""
    import torch

    from engine.runtime.precision import EARLIER_DEFAULT, reason
    from engine.weights.loading import NETWORK_NAMES

    said = {"device": attrs["device"]}
    if attrs["model"] in NETWORK_NAMES:
        said["precision"] = attrs.get("precision", EARLIER_DEFAULT)
        said["precision_reason"] = reason(said["precision"], wanted, torch.device(attrs["device"]))
    return said
