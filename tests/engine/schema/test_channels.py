"""Batches, channels and normalisation."""

import numpy as np
import pytest

from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.channels import FORCING_CHANNELS, PROGNOSTIC_CHANNELS, channel, level, to_array
from engine.schema.grid import Grid
from engine.schema.normalisation import Normalisation

DAY = np.datetime64("2019-02-23")


def test_a_channel_is_found_by_name_and_depth() -> None:
    assert [channel("thetao", 0), channel("so", 100), channel("zos")] == [0, 22, 60]
    assert [channel("u10"), channel("msl"), channel("deptho"), level(500)] == [0, 3, 0, 14]


@pytest.mark.parametrize(("name", "depth"), [("zos", 0), ("thetao", None), ("swh", None)])
def test_a_field_that_is_no_channel_is_refused(name: str, depth: float | None) -> None:
    with pytest.raises(ValueError, match="no channel of the network"):
        channel(name, depth)


def test_a_batch_refuses_an_unknown_name_a_wrong_shape_and_a_missing_time(small_grid: Grid) -> None:
    surface = np.zeros(small_grid.shape, np.float32)
    with pytest.raises(InputError, match="water_temp"):
        Batch({"water_temp": surface}, small_grid, DAY)
    with pytest.raises(InputError, match="thetao"):
        Batch({"thetao": surface}, small_grid, DAY)
    with pytest.raises(InputError, match="time"):
        Batch({"zos": surface}, small_grid, np.datetime64("NaT"))


def test_a_batch_cannot_be_changed_in_place(small_grid: Grid) -> None:
    batch = Batch({"zos": np.zeros(small_grid.shape, np.float32)}, small_grid, DAY)
    with pytest.raises(TypeError):
        batch.fields["zos"] = np.ones(small_grid.shape)  # type: ignore[index]
    assert batch.with_fields(zos=np.ones(small_grid.shape))["zos"].mean() == 1 and batch["zos"].mean() == 0


def test_a_missing_field_is_named(small_grid: Grid) -> None:
    batch = Batch({"zos": np.zeros(small_grid.shape, np.float32)}, small_grid, DAY)
    with pytest.raises(InputError, match="u10"):
        to_array(batch, FORCING_CHANNELS)


def test_normalisation_counts_wet_cells_alone() -> None:
    rng = np.random.default_rng(1)
    sample = rng.normal(10, 3, size=(61, 30, 40)).astype(np.float32)
    dry = sample.copy()
    dry[:, :10] = np.nan
    statistics = Normalisation.fit(PROGNOSTIC_CHANNELS, [dry, dry])
    assert statistics.mean == pytest.approx(sample[:, 10:].mean(axis=(1, 2)), abs=1e-4)
    assert statistics.std == pytest.approx(sample[:, 10:].std(axis=(1, 2)), abs=1e-3)
    assert np.array_equal(Normalisation.from_dict(statistics.to_dict()).mean, statistics.mean)


def test_a_channel_that_never_varies_keeps_its_scale() -> None:
    statistics = Normalisation.fit(PROGNOSTIC_CHANNELS, [np.full((61, 4, 4), 7.0, np.float32)])
    assert np.all(statistics.std == 1)
