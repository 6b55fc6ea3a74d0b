"""The heads of a forecast: choice, loading, start from the fields of a source, and restart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.forecasting.first_fields import first_fields
from engine.forecasting.head_rollout import HeadRollout, Refinement, RollingHead
from engine.models.forecaster import Forecaster
from engine.models.heads.daily import DayHead
from engine.models.heads.downscaling import SURFACE, Downscaling
from engine.models.interface import Model
from engine.physics.climatology import Atlas
from engine.physics.kuroshio_grid import kuroshio_grid
from engine.runtime.errors import InputError
from engine.runtime.paths import weights_candidates
from engine.schema.batch import Batch
from engine.schema.grid import quarter_degree
from engine.sources import HeadSource, Source
from engine.stores.layout import Part
from engine.weights.head_loading import MAKERS, load_day_head, load_downscaling
from engine.weights.loading import NETWORK_NAMES

KUROSHIO = "kuroshio"
HEADS = (KUROSHIO, *MAKERS)
"""Names of all heads."""

_SEPARATOR = "."


@dataclass(frozen=True)
class LoadedHead:
    """A head with its weights, and their provenance in the store."""

    module: DayHead | Downscaling
    provenance: dict[str, Any]

    def part_with(self, attributes: Mapping[str, Any]) -> Part:
        """Return what the head adds to a store, with further attributes."""
        own = {"head_provenance": self.provenance, **attributes}
        if isinstance(self.module, DayHead):
            return Part(self.module.grid, self.module.transform.names, own)
        return Part(kuroshio_grid(), SURFACE, {**own, "detail": "statistical"})


def chosen_heads(wanted: str, source: Source, time: np.datetime64) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the heads that `wanted` names (names with commas, `all` or nothing), and why others of `all` cannot begin.

    Raises InputError for an unknown name, and for a named head that cannot begin from `source` at `time`.
    """
    names = HEADS if wanted == "all" else tuple(dict.fromkeys(name.strip() for name in wanted.split(",") if name.strip()))
    if unknown := [name for name in names if name not in HEADS]:
        raise InputError(f"head is {unknown[0]!r}; expected all, or some of {', '.join(HEADS)} with commas between")
    reasons = {name: reason for name in names if (reason := _cannot_begin(name, source, time))}
    if reasons and wanted != "all":
        raise InputError(next(iter(reasons.values())))
    return tuple(name for name in names if name not in reasons), reasons


def _cannot_begin(name: str, source: Source, time: np.datetime64) -> str:
    """Return why a head cannot begin; empty where it can: a source without heads has first fields made for it."""
    if name == KUROSHIO or not isinstance(source, HeadSource) or source.head_fields(name, time) is not None:
        return ""
    return (
        f"head {name!r} begins with fields of the first day, which {source.label} does not have on {time}; "
        "leave it out or start from another day"
    )


def heads_at_hand(model_name: str, source: Source, time: np.datetime64) -> tuple[str, ...]:
    """Return the heads that can run beside a forecast now: their weights are here, and their first fields are known or made."""
    if model_name not in NETWORK_NAMES or not _fits(source):
        return ()
    begun, _ = chosen_heads("all", source, time)
    return tuple(name for name in begun if any(path.exists() for path in weights_candidates(f"{model_name}-{name}")))


def _fits(source: Source) -> bool:
    """Return whether a source is on the grid whose features the heads are trained on."""
    return getattr(source, "grid", quarter_degree()).same_as(quarter_degree())


def load_heads(names: Iterable[str], model: Model) -> dict[str, LoadedHead]:
    """Return heads of `model` by name; raises InputError for a model without features, ModelError without their weights."""
    loaded = {}
    for name in names:
        if not isinstance(model, Forecaster):
            raise InputError(f"model {model.name!r} gives no features; heads go with a network such as 'small': leave them out")
        if not model.grid.same_as(quarter_degree()):
            raise InputError(
                f"heads read features of the grid {quarter_degree().shape}; this one is {model.grid.shape}: leave them out"
            )
        module, provenance = load_downscaling(model) if name == KUROSHIO else load_day_head(name, model)
        loaded[name] = LoadedHead(module, provenance)
    return loaded


def begin_heads(
    heads: Mapping[str, LoadedHead],
    source: Source,
    ocean: Batch,
    head_state: Mapping[str, np.ndarray] | None = None,
    mean: Atlas | None = None,
) -> dict[str, RollingHead]:
    """Return the heads ready on the day of `ocean`, with fields of the source, or with `head_state` of a restart.

    `mean` is the mean ocean of the model, the shipped climatology by default. A source without heads has first fields made for
    it. Raises InputError where a source with heads lacks these fields.
    """
    rolling: dict[str, RollingHead] = {}
    for name, head in heads.items():
        if isinstance(head.module, Downscaling):
            rolling[name] = Refinement(head.module, ocean)
        else:
            first = _fields(name, head.module, source, ocean, head_state)
            rolling[name] = HeadRollout(head.module, first, ocean, source.forcing(ocean.time), mean)
    return rolling


def _fields(name: str, head: DayHead, source: Source, ocean: Batch, head_state: Mapping[str, np.ndarray] | None) -> Batch:
    if head_state is not None:
        prefix = name + _SEPARATOR
        kept = {key.removeprefix(prefix): values for key, values in head_state.items() if key.startswith(prefix)}
        return Batch(kept, head.grid, ocean.time)
    if not isinstance(source, HeadSource):
        return first_fields(name, head, source, ocean)
    fields = source.head_fields(name, ocean.time)
    if fields is None:
        raise InputError(_cannot_begin(name, source, ocean.time))
    return fields


def head_state_of(heads: Mapping[str, RollingHead]) -> dict[str, np.ndarray]:
    """Return the exact fields from which `begin_heads` restarts, by head and field."""
    return {
        f"{name}{_SEPARATOR}{field}": values
        for name, head in heads.items()
        if head.has_state
        for field, values in head.batch.fields.items()
    }
