"""Where states, forcing and references come from: one reader a provider, all behind one protocol."""

from typing import Any, Protocol, runtime_checkable

import numpy as np

from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.constants import DAY


class Source(Protocol):
    """Gives initial states, the atmosphere of any day, and a reference where there is one."""

    name: str
    label: str
    forcing_kind: str
    """synthetic, climatology, reanalysis or forecast."""
    provenance: dict[str, Any]

    def init_times(self) -> np.ndarray:
        """Return the days a forecast can start from, datetime64[D] ascending."""
        ...

    def state(self, time: np.datetime64) -> Batch:
        """Return the prognostic fields of an initial day; raises InputError for a day that is not there."""
        ...

    def forcing(self, time: np.datetime64) -> Batch:
        """Return u10, v10, t2m, msl and sp of a day."""
        ...

    def sea_level(self, time: np.datetime64) -> np.ndarray | None:
        """Return the sea surface height (h, w) in m of a day as `state` would, None for a day that is not there."""
        ...

    def reference(self, time: np.datetime64) -> Batch | None:
        """Return the prognostic fields a forecast valid at `time` is held against, None where nobody has them."""
        ...


@runtime_checkable
class HeadSource(Protocol):
    """A source that also knows fields of heads: what their forecasts begin with and are held against."""

    def head_fields(self, head: str, time: np.datetime64) -> Batch | None:
        """Return the fields of a head on a day, on the head's grid; None where they are not known."""
        ...

    def open_water(self, head: str, time: np.datetime64) -> np.ndarray | None:
        """Return where (h, w) no ice hides a head's fields on a day, on its grid; None where ice hides none."""
        ...


def initial_state(source: Source, time: np.datetime64) -> Batch:
    """Return the state of a day with the change of sea level since the day before, where the source knows that day."""
    state = source.state(time)
    before = source.sea_level(state.time - DAY)
    return state if before is None else state.with_fields(zos_change=state["zos"] - before)


SOURCE_NAMES = ("sample", "observed", "analysis")


def open_source(name: str, **options: Any) -> Source:
    """Return the source `name` with its own options: observed takes altimetry and sst, analysis takes store.

    The name of kept altimetry, such as `observed-20190223-1f09ab`, takes none of these. Raises InputError for an unknown name, a
    missing option, or a file that cannot be used.
    """
    if name == "sample":
        from sample_data.source import SampleSource

        return SampleSource(**options)
    if name == "observed":
        from engine.sources.observed import ObservedSource

        if not options.get("altimetry"):
            raise InputError("source 'observed' got no altimetry file; expected a DUACS L4 file: add --altimetry FILE")
        return ObservedSource(**options)
    if name == "analysis":
        from engine.sources.analysis import AnalysisSource

        if not options.get("store"):
            raise InputError("source 'analysis' got no store; expected an ingested global store: run `goms ingest` first")
        return AnalysisSource(**options)
    from engine.sources.kept_altimetry import kept_altimetry, kept_options

    if name in (kept := kept_altimetry()):
        from engine.sources.observed import ObservedSource

        return ObservedSource(kept[name], name=name, **kept_options(name), **options)
    raise InputError(f"source is {name!r}; expected one of {', '.join((*SOURCE_NAMES, *kept))}")
