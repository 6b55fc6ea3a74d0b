"""The forecast workflow: source -> rollout -> heads -> store, day by day, with progress, cancelling and resuming."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine import __version__
from engine.forecasting.first_fields import INITIAL_FIELDS, made_of
from engine.forecasting.head_rollout import RollingHead, with_heads
from engine.forecasting.heads import LoadedHead, begin_heads, head_state_of, load_heads
from engine.forecasting.request import ForecastRequest
from engine.forecasting.rollout import Step, rollout
from engine.models.interface import Model
from engine.physics.climatology import Atlas
from engine.physics.sea_level_zero import CLIMATOLOGY, SHIFT, ZERO
from engine.runtime.background import Do, synchronous, write_behind
from engine.runtime.errors import InputError, ModelError, ResourceError
from engine.runtime.paths import stores_folder
from engine.runtime.precision import AUTO, EARLIER_DEFAULT
from engine.runtime.progress import Progress, no_progress
from engine.schema.batch import TIME_STEP, Batch
from engine.schema.variables import PROGNOSTIC, VARIABLES
from engine.sources import AlignedSource, HeadSource, Source, day_name, initial_state
from engine.sources.analysis import FILLED
from engine.sources.atmosphere import Forced
from engine.stores import ForecastStore, Store
from engine.weights.loading import NETWORK_NAMES, load_model

LOGGER = logging.getLogger(__name__)

RESTART_INTERVAL = 5
"""Leads between two restart states, the most days that are computed again after a kill; set by hand."""


class Cancelled(Exception):
    """The run was stopped on request; finished days stay in the store and the run can be resumed."""


def run_forecast(
    request: ForecastRequest, progress: Progress = no_progress, cancelled: Callable[[], bool] = lambda: False
) -> Path:
    """Make the forecast that `request` asks for and return the store's folder.

    A complete store of the same request is returned as it is; a partial one is continued where the request says so, and days of
    it that are damaged on the disk are computed again. Otherwise, and where model, weights, heads or program have changed since,
    the run starts anew. Raises InputError for a request that cannot be met, ModelError where model, memory or disk fail,
    Cancelled on request.
    """
    source, init_time, days = request.source, request.init_time, request.days
    forced = forcing_attributes(source, init_time, days)
    folder = request.folder or stores_folder() / forecast_identifier(source, init_time, request.model, days)
    progress(0.0, "reading the initial state")
    initial = initial_state(source, init_time)
    with _memory_explained(request.model):
        model = load_model(request.model, initial.grid, request.device, None, request.precision)
        mean = getattr(model, "mean", None)
        if mean is not None and isinstance(source, AlignedSource):
            source = source.with_mean(mean)
            initial = initial_state(source, init_time)
        if request.precision == AUTO:
            model.precision = _begun_in(folder, _attributes(source, init_time, model, days, {}) | forced) or model.precision
        loaded = load_heads(request.heads, model)
        attrs = _attributes(source, init_time, model, days, loaded) | forced
        if _is_complete(folder, attrs):
            progress(1.0, "already there")
            return folder
        with _open(folder, initial, attrs, days, request.resume, loaded) as store:
            finished = set(store.reader.leads)
            restart, head_state = _restart(store)
            for remark in store.remarks:
                LOGGER.warning("forecast %s: %s", folder.name, remark)
                progress(0.0, remark)
            begun = _begun(loaded, source, initial, restart, head_state, mean)
            if 0 not in finished:
                store.append(0, initial, {name: head.batch for name, head in begun.items()})
            progress((restart[0] if restart else 0) / days, "initial state written")
            wet = {name: np.isfinite(_surface(initial, name)) & model.grid.wet_surface for name in PROGNOSTIC}
            # The model and the heads read the same atmosphere of a day.
            forcings = lru_cache(maxsize=2)(source.forcing)
            steps = rollout(model, initial, forcings, days, restart)
            del initial, restart, head_state  # a quarter of a gigabyte each
            open_water = source.open_water if isinstance(source, HeadSource) else lambda *_: None
            with _writing(model) as written:
                for step, parts in with_heads(steps, begun, forcings, open_water):
                    _refuse_divergence(step.lead, step.batch, wet)
                    stop = cancelled()
                    kept = step.lead < days and (stop or step.lead % RESTART_INTERVAL == 0)
                    restart_fields = {**step.restart, **head_state_of(begun)} if kept else None
                    told = partial(progress, step.lead / days, f"day {step.lead} of {days}")
                    written(partial(_write_day, store, step, parts, restart_fields, step.lead in finished, told))
                    if stop:
                        break
            if stop:
                raise Cancelled(f"forecast {folder.name} was cancelled after day {step.lead}; --resume continues it")
            store.finish()
    return folder


def _writing(model: Model) -> AbstractContextManager[Do]:
    """Return how days are written: behind a GPU, which computes the next day meanwhile; on the processor one after the other.

    On two cores, writing behind the processor saved 2 % of the time and cost 0.1 GB of memory.
    """
    return write_behind() if getattr(model, "device", torch.device("cpu")).type == "cuda" else synchronous()


def _write_day(
    store: ForecastStore,
    step: Step,
    parts: Mapping[str, Batch],
    restart: Mapping[str, np.ndarray] | None,
    finished: bool,
    told: Callable[[], None],
) -> None:
    if not finished:
        store.append(step.lead, step.batch, parts)
    if restart is not None:
        store.write_restart(step.lead, restart)
    told()


def forecast_identifier(source: Source, init_time: np.datetime64, model_name: str, days: int = 30) -> str:
    """Return the name of the store of a forecast: identical requests give the identical name."""
    forcing = source.atmosphere.name if isinstance(source, Forced) else ""
    return f"{model_name}__{request_identifier(source, init_time, days, forcing)}"


def request_identifier(source: Source, init_time: np.datetime64, days: int, forcing: str = "") -> str:
    """Return source, date, length and a fingerprint of the provenance and the forcing store, as a valid folder name."""
    origin = json.dumps(dict(source.provenance), sort_keys=True, default=str) + forcing
    fingerprint = hashlib.sha256(origin.encode()).hexdigest()[:6]
    date = str(init_time.astype("datetime64[D]")).replace("-", "")
    return f"{source.name}__{date}__{days}d-{fingerprint}"


def forcing_attributes(source: Source, init_time: np.datetime64, days: int) -> dict[str, Any]:
    """Return what a forecast says of its air, as `Atmosphere.attributes` does; raises InputError where a store has none of it."""
    return source.atmosphere.attributes(init_time, days) if isinstance(source, Forced) else {"forcing_kind": source.forcing_kind}


def source_attributes(source: Source, init_time: np.datetime64) -> dict[str, Any]:
    """Return the attributes with the provenance of a store's data, and with values of files that were treated as missing."""
    filled = source.provenance.get(FILLED)
    return {
        **({FILLED: filled} if filled else {}),
        "source": source.name,
        "source_label": source.label,
        "source_provenance": dict(source.provenance),
        "forcing_kind": source.forcing_kind,
        "sample": source.forcing_kind == "synthetic",
        "init": str(init_time.astype("datetime64[D]")),
        "init_label": _init_label(source, init_time),
        "software_version": __version__,
        **_zero_attributes(source, init_time),
        **getattr(source, "conventions", {}),
        **getattr(source, "report", {}),
    }


def _zero_attributes(source: Source, init_time: np.datetime64) -> dict[str, Any]:
    if not isinstance(source, AlignedSource):
        return {}
    return {ZERO: source.mean.name if source.mean else CLIMATOLOGY, SHIFT: round(source.zero_shift(init_time), 4)}


def _init_label(source: Source, init_time: np.datetime64) -> str:
    """Return the label of the initial day; a day of a simulation is never shown as a date alone."""
    day = init_time.astype("datetime64[D]")
    if source.forcing_kind != "synthetic":
        return str(day)
    date = day.item()
    return f"{day_name(source, day)} (like {date.day} {date:%b})"


def _attributes(
    source: Source, init_time: np.datetime64, model: Model, days: int, heads: Mapping[str, LoadedHead]
) -> dict[str, Any]:
    return {
        **source_attributes(source, init_time),
        "title": f"{model.label} from {source.label}, {days} days",
        "model": model.name,
        "model_label": model.label,
        "label": model.label,
        "model_provenance": dict(model.provenance),
        "weights_sha256": model.provenance.get("weights_sha256", ""),
        **({INITIAL_FIELDS: made} if (made := made_of(heads, source)) else {}),
        "heads": {name: head.provenance.get("weights_sha256", "") for name, head in heads.items()},
        "device": str(getattr(model, "device", "cpu")),
        "precision": model.precision,
        "days": days,
        "grid_shape": list(model.grid.shape),
    }


def _begun_in(folder: Path, attrs: dict[str, Any]) -> str | None:
    """Return the precision of the stored days of a run with `attrs`, whatever its heads; None where there are none."""
    found = stored(folder)
    if found is None:
        return None
    precision = _precision_of(found.attrs)
    return None if _differences(found.attrs, {**attrs, "precision": precision}) else precision


def _precision_of(stored: Mapping[str, Any]) -> str:
    default = EARLIER_DEFAULT if stored.get("model") in NETWORK_NAMES else "float32"
    return str(stored.get("precision", default))


def _is_complete(folder: Path, attrs: dict[str, Any]) -> bool:
    store = stored(folder)
    if store is None or not store.complete or store.damaged_leads():
        return False
    more_than_asked = attrs["heads"].items() <= store.attrs.get("heads", {}).items()
    return more_than_asked and not _differences(store.attrs, attrs)


def stored(folder: Path) -> Store | None:
    """Return the store in `folder`, complete or partial; None where there is none, or none that can be opened."""
    try:
        return Store(folder)
    except InputError:
        return None


def _open(
    folder: Path, initial: Batch, attrs: dict[str, Any], days: int, resume: bool, heads: Mapping[str, LoadedHead]
) -> ForecastStore:
    found = stored(folder) if resume else None
    if found is not None and found.attrs.get("heads", {}) == attrs["heads"] and not _differences(found.attrs, attrs):
        return ForecastStore.open_to_resume(folder)
    made = attrs.get(INITIAL_FIELDS, {})
    parts = {name: head.part_with({INITIAL_FIELDS: made[name]} if name in made else {}) for name, head in heads.items()}
    return ForecastStore.create(folder, initial.grid, initial.time, days, attrs, parts=parts)


def _restart(store: ForecastStore) -> tuple[tuple[int, dict[str, np.ndarray]] | None, dict[str, np.ndarray]]:
    """Return the ocean's restart (lead, fields), None where there is none, and the restart fields of the heads."""
    found = store.read_restart()
    if found is None:
        return None, {}
    lead, fields = found
    ocean = {name: values for name, values in fields.items() if name in VARIABLES}
    return (lead, ocean), {name: values for name, values in fields.items() if name not in VARIABLES}


def _begun(
    heads: Mapping[str, LoadedHead],
    source: Source,
    initial: Batch,
    restart: tuple[int, dict[str, np.ndarray]] | None,
    head_state: dict[str, np.ndarray],
    mean: Atlas | None,
) -> dict[str, RollingHead]:
    if restart is None:
        return begin_heads(heads, source, initial, mean=mean)
    ocean = Batch(restart[1], initial.grid, initial.time + restart[0] * TIME_STEP)
    return begin_heads(heads, source, ocean, head_state, mean)


def _differences(stored: dict[str, Any], requested: dict[str, Any]) -> list[str]:
    """Return the names of attributes that make two runs different, compared as JSON, which has no tuples and NumPy types."""
    of_model = ("model", "model_provenance", "precision", "software_version")
    decisive = (*of_model, "source", "source_provenance", "forcing_content", "init", "days", "grid_shape")
    plain = json.loads(json.dumps(requested, default=str))
    known = {**stored, "precision": _precision_of(stored)}
    return [name for name in decisive if known.get(name) != plain.get(name)]


def _surface(batch: Batch, name: str) -> np.ndarray:
    return batch[name][0] if batch[name].ndim == 3 else batch[name]


def _refuse_divergence(lead: int, batch: Batch, wet: dict[str, np.ndarray]) -> None:
    for name, was in wet.items():
        lost = int(np.sum(was & ~np.isfinite(_surface(batch, name))))
        if lost:
            raise ModelError(
                f"day {lead} of the forecast lost {name} in {lost} cells that the initial state has; expected finite values: "
                "the model is unstable from this state, or its weights are damaged"
            )


@contextmanager
def _memory_explained(model_name: str) -> Iterator[None]:
    try:
        yield
    except ModelError:
        raise
    except (MemoryError, RuntimeError) as error:
        # PyTorch raises RuntimeError on the processor and its subclass OutOfMemoryError on CUDA.
        if isinstance(error, MemoryError) or "memory" in str(error).lower():
            raise ResourceError(
                f"model {model_name!r} ran out of memory ({str(error).splitlines()[0] if str(error) else 'no detail'}); "
                "close other programs, or choose --device cpu or a smaller model"
            ) from error
        raise
