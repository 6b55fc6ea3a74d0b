"""Sources by name: those of the engine, kept altimetry, and those that other packages register."""

from typing import Any

from engine.runtime.errors import InputError
from engine.sources.protocols import Provider, Source

_PROVIDERS: dict[str, Provider] = {}


def register_source(name: str, provider: Provider) -> None:
    """Make `provider` known as the source `name` in this process."""
    _PROVIDERS[name] = provider


def providers() -> dict[str, Provider]:
    """Return the registered providers by name."""
    return dict(_PROVIDERS)


def provider(name: str) -> Provider:
    """Return the provider registered under `name`; raises InputError where there is none."""
    if name not in _PROVIDERS:
        raise InputError(f"source {name!r} is not registered; expected one of {', '.join(_PROVIDERS)}: register it first")
    return _PROVIDERS[name]


def open_source(name: str, **options: Any) -> Source:
    """Return the source `name` with its own options: observed takes altimetry and sst, analysis takes store.

    The name of kept altimetry, such as `observed-20190223-1f09ab`, takes none of these. All but registered ones take `forcing`, a
    forcing store. Raises InputError for an unknown name, a missing option, or a file that cannot be used.
    """
    if name in _PROVIDERS:
        if options.pop("forcing", None):
            raise InputError(f"source {name!r} has weather of its own and takes no forcing store: leave it out")
        return _PROVIDERS[name].open(**options)
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
    known = (*_PROVIDERS, "observed", "analysis", *kept)
    raise InputError(f"source is {name!r}; expected one of {', '.join(known)}; others are made known by `register_source`")
