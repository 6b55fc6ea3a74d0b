"""Batches go to xarray and come back."""

import numpy as np
import pytest
import xarray as xr

from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.grid import Grid
from tests.engine.toy import INIT_TIME, toy_batch


@pytest.fixture
def batch(small_grid: Grid) -> Batch:
    return toy_batch(small_grid, INIT_TIME)


def test_a_batch_comes_back_from_its_dataset_whatever_the_order_of_its_dimensions(batch: Batch) -> None:
    again = Batch.from_dataset(batch.to_dataset().transpose("lon", "lat", "depth"))
    assert again.grid.same_as(batch.grid) and np.array_equal(again.grid.wet, batch.grid.wet) and again.time == batch.time
    assert again.fields.keys() == batch.fields.keys()
    for name in batch.fields:
        np.testing.assert_array_equal(again[name], batch[name])


def test_a_dataset_of_a_batch_says_what_it_holds_as_cf_does(batch: Batch) -> None:
    data = batch.to_dataset()
    assert data.attrs == {"Conventions": "CF-1.11"} and data.time == INIT_TIME
    assert data.thetao.dims == ("depth", "lat", "lon") and data.zos.dims == ("lat", "lon")
    assert data.zos.attrs["units"] == "m" and data.zos.attrs["standard_name"] == "sea_surface_height_above_geoid"
    assert data.depth.attrs["positive"] == "down" and data.lat.attrs["units"] == "degrees_north"


def test_a_time_that_is_a_dimension_of_one_value_is_taken(batch: Batch) -> None:
    data = batch.to_dataset()
    assert list(Batch.from_dataset(data.drop_vars([*batch.fields]).assign(zos=data.zos.expand_dims("time"))).fields) == ["zos"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.rename(zos="ssh", thetao="a", so="b", uo="c", vo="d"), "expected one time and fields named"),
        (lambda data: data.drop_vars("time"), "expected one time"),
        (lambda data: data.drop_vars("wet"), "no wet"),
        (lambda data: data.assign(zos=data.zos.assign_attrs(units="cm")), "zos of a dataset is in 'cm'; expected 'm'"),
        (lambda data: data.isel(lat=slice(None, None, -1)), "not ascending"),
    ],
)
def test_a_dataset_that_is_no_batch_is_refused_with_a_remedy(batch: Batch, change, said: str) -> None:  # type: ignore[no-untyped-def]
    data: xr.Dataset = change(batch.to_dataset())
    with pytest.raises(InputError, match=said):
        Batch.from_dataset(data)
