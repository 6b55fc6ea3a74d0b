"""Sources by name: those that a package registers are opened and asked like the engine's own."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import engine.sources.registry as registry
from engine.runtime.errors import InputError
from engine.runtime.paths import REPOSITORY
from engine.schema.grid import coarsened
from engine.sources import open_source, provider, register_source
from engine.sources.run_conditions import ice_margin, knows_ice, wind
from tests.engine.models.tiny import TinySource, tiny_grid

DAY = np.datetime64("2020-03-01")


class CalmProvider:
    """Opens a small source, and knows that its runs have no wind and no ice."""

    def open(self, **options: Any) -> TinySource:
        return TinySource(options["grid"])

    def conditions(self, attrs: dict[str, Any]) -> Any:
        if attrs.get("source") != "calm":
            return None
        still = {name: np.zeros(coarsened(8).shape) for name in ("u10", "v10")}
        return SimpleNamespace(forcing=lambda time, grid: still, ice_margin=lambda time, grid: np.full(grid.shape, -2.0))

    def held_out(self, grid: Any = None) -> Any:
        raise AssertionError("nobody asked for it")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave no source registered."""
    monkeypatch.setattr(registry, "_PROVIDERS", {})


@pytest.mark.usefixtures("alone")
def test_a_registered_source_is_opened_with_its_options_and_named_beside_the_others() -> None:
    with pytest.raises(InputError, match="expected one of observed, analysis"):
        open_source("calm", grid=tiny_grid())
    register_source("calm", CalmProvider())
    assert isinstance(open_source("calm", grid=tiny_grid()), TinySource)
    with pytest.raises(InputError, match="expected one of calm, observed, analysis"):
        open_source("storm")


@pytest.mark.usefixtures("alone")
def test_wind_and_ice_of_a_run_are_those_of_the_source_that_it_began_from() -> None:
    register_source("calm", CalmProvider())
    grid = coarsened(8)
    u, v = wind({"source": "calm"}, DAY, grid)
    assert not u.any() and not v.any()
    margin = ice_margin({"source": "calm"}, DAY, grid)
    assert (margin[grid.wet_surface] == -2).all() and np.isnan(margin[~grid.wet_surface]).all()
    assert not knows_ice({"source": "sample-1", "forcing_kind": "synthetic", "source_provenance": {"seed": 1}})


@pytest.mark.usefixtures("alone")
def test_a_provider_that_is_not_registered_is_refused_by_its_name() -> None:
    with pytest.raises(InputError, match="'sample' is not registered"):
        provider("sample")


def test_the_sample_ocean_is_registered_without_what_is_slow_to_import() -> None:
    asked = (
        "import sys; from sample_data.provider import register; register(); from engine.sources import provider; "
        "provider('sample'); print([name for name in ('torch', 'scipy', 'numba') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert ended.stdout.strip() == "[]"
