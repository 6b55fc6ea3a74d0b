"""The mean ocean of a data set: harmonics that were put in come out, and take the place of the shipped climatology."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

import engine.forecasting.forecast
from engine.cli.main import app
from engine.forecasting.forecast import run_forecast
from engine.forecasting.request import ForecastRequest
from engine.ingest import ingest
from engine.models.evolution.static_fields import StaticFields
from engine.models.forecaster import Forecaster
from engine.physics.climatology import annual_basis, atlas, day_of_year, mean_sea_level, on_day, vertical_modes
from engine.physics.displaced_state import climatology, displaced_state
from engine.physics.mean_fit import FITTED, SHIPPED, MeanState, covers_the_year, fit_mean_state
from engine.physics.mean_state import mean_ocean, read_mean_state, write_mean_state
from engine.physics.sea_level_zero import zero_difference
from engine.runtime.errors import InputError, ModelError
from engine.schema.batch import Batch
from engine.schema.grid import coarsened
from engine.sources.analysis import AnalysisSource
from engine.sources.observed import ObservedSource
from engine.stores import AnalysisStore, open_store
from engine.weights.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from engine.weights.loading import load_forecaster
from tests.engine.models.tiny import EVOLUTION, tiny_network, tiny_normalisation
from tests.engine.readers import layouts

GRID = coarsened(24)
FIRST = np.datetime64("2000-01-01T12", "s")
DAY = np.timedelta64(1, "D")
CHANGE = {"thetao": 2.0, "so": 0.3, "uo": 0.05, "vo": 0.04, "zos": 0.1}
"""Size of what is put into each field beside the shipped mean."""


def harmonics(name: str, mean: np.ndarray) -> np.ndarray:
    """Return harmonics (5, ...) about a shipped mean, different in each cell and field."""
    wave = CHANGE[name] * np.cos(np.deg2rad(GRID.lon) + len(name)) * np.cos(np.deg2rad(GRID.lat))[:, None]
    wave = np.where(np.isfinite(mean), wave, np.nan)
    return np.stack([mean + wave + (0.4 if name == "zos" else 0), wave, -0.5 * wave, 0.2 * wave, 0.1 * wave])


def true_harmonics() -> dict[str, np.ndarray]:
    known = climatology(GRID, FIRST)
    return {name: harmonics(name, known[name]) for name in CHANGE}


def ocean(truth: dict[str, np.ndarray], time: np.datetime64, noise: float = 0.0) -> Batch:
    basis = annual_basis(day_of_year(time))
    fields = {name: np.tensordot(basis, values, axes=(0, 0)).astype(np.float32) for name, values in truth.items()}
    return Batch({name: values + np.float32(noise) for name, values in fields.items()}, GRID, time)


@pytest.fixture(scope="module")
def fitted() -> MeanState:
    """Return the mean state of three years of every fifth day."""
    truth = true_harmonics()
    days = (ocean(truth, FIRST + number * DAY) for number in range(0, 3 * 365, 5))
    return fit_mean_state(days, {"name": "mean of a test"})


def test_mean_and_harmonics_of_every_field_are_recovered(fitted: MeanState) -> None:
    assert fitted.attributes["season"] == FITTED and fitted.attributes["days"] == 219
    for name, values in true_harmonics().items():
        np.testing.assert_allclose(fitted.harmonics[name], values, atol=1e-3, err_msg=name)
    np.testing.assert_array_equal(fitted.grid.wet, GRID.wet)


def test_a_file_holds_a_mean_state_and_another_file_is_refused(fitted: MeanState, tmp_path: Path) -> None:
    write_mean_state(tmp_path / "mean.nc", fitted)
    again = read_mean_state(tmp_path / "mean.nc")
    assert again.attributes == fitted.attributes and again.grid.same_as(GRID)
    for name, values in fitted.harmonics.items():
        np.testing.assert_array_equal(again.harmonics[name], values)
    ours, theirs = (mean_ocean(each) for each in (fitted, again))
    for name, values in ours.fields.items():
        np.testing.assert_array_equal(theirs.fields[name], values, err_msg=name)
    assert fitted.modes is None and again.modes is not None, "the file holds the modes, which take long to compute"
    (tmp_path / "other.nc").write_bytes(b"no netcdf")
    with pytest.raises(ModelError, match="cannot be read"):
        read_mean_state(tmp_path / "other.nc")


def test_few_days_keep_the_shipped_year_about_their_own_mean() -> None:
    shifted = [displaced_state(GRID, FIRST + day * DAY, np.zeros(GRID.shape, np.float32)) for day in range(100, 160, 10)]
    days = [batch.with_fields(thetao=batch["thetao"] + np.float32(1.5)) for batch in shifted]
    state = fit_mean_state(days)
    assert state.attributes["season"] == SHIPPED
    season = on_day("thetao", FIRST + 300 * DAY) - on_day("thetao", FIRST + 130 * DAY)
    basis = annual_basis(day_of_year(FIRST + 300 * DAY)) - annual_basis(day_of_year(FIRST + 130 * DAY))
    found = np.tensordot(basis, state.harmonics["thetao"], axes=(0, 0))
    row, column = GRID.nearest(35, 180)
    near = season[0, round(35 + 89.5), 180]
    assert found[0, row, column] == pytest.approx(near, abs=1.0) and abs(near) > 2
    assert np.nanmax(np.abs(state.harmonics["zos"][1:])) == 0.0
    mean = np.mean([batch["zos"] for batch in days], axis=0)
    np.testing.assert_allclose(state.harmonics["zos"][0], mean, atol=1e-5)


def test_two_years_without_winters_are_not_enough() -> None:
    summers = [np.datetime64(f"{year}-{month:02d}-15") for year in range(2000, 2004) for month in range(4, 10)]
    months = [np.datetime64(f"{year}-{month:02d}-15") for year in range(2000, 2003) for month in range(1, 13)]
    assert not covers_the_year(np.array(summers))
    assert covers_the_year(np.array(months)) and not covers_the_year(np.array(months[:12]))


def test_water_that_one_day_lacks_is_dry(fitted: MeanState) -> None:
    truth = true_harmonics()
    days = [ocean(truth, FIRST), ocean(truth, FIRST + DAY)]
    row, column = GRID.nearest(0, 180)
    days[1]["thetao"][3, row, column] = np.nan
    state = fit_mean_state(days)
    assert fitted.grid.wet[3, row, column] and not state.grid.wet[3, row, column] and state.grid.wet[2, row, column]
    with pytest.raises(InputError, match="have no day with"):
        fit_mean_state([])


def test_the_mean_ocean_takes_the_place_of_the_climatology(fitted: MeanState) -> None:
    mean, time = mean_ocean(fitted), FIRST + 200 * DAY
    expected = ocean(true_harmonics(), time)
    found = climatology(GRID, time, mean)
    for name in CHANGE:
        np.testing.assert_allclose(found[name], expected[name], atol=2e-3, err_msg=name)
    level = mean_sea_level(GRID, mean)
    np.testing.assert_allclose(level[GRID.wet_surface], true_harmonics()["zos"][0][GRID.wet_surface], atol=1e-3)
    for values in mean.fields.values():
        assert np.isfinite(values).all(), "continued over land"
    ours, shipped = vertical_modes(GRID, mean).c1, vertical_modes(GRID).c1
    ratio = (ours / shipped)[GRID.wet_surface & (np.abs(GRID.lat) < 50)[:, None]]
    assert 0.85 < np.median(ratio) < 1.15
    assert np.abs(ratio - 1).max() > 0.01, "the radius is that of the data"


def test_colder_water_below_has_a_faster_mode(fitted: MeanState) -> None:
    strong = {name: values.copy() for name, values in fitted.harmonics.items()}
    strong["thetao"][0] += 3 * np.exp(-GRID.depth / 150)[:, None, None].astype(np.float32)
    row, column = GRID.nearest(30, 180)
    before, after = (mean_ocean(MeanState(GRID, each, {})).fields["c1"][row, column] for each in (fitted.harmonics, strong))
    assert after > before + 0.05


def test_without_a_mean_state_nothing_changes() -> None:
    fields, time = StaticFields.of(GRID), FIRST
    np.testing.assert_array_equal(fields.mean_level[0].numpy(), mean_sea_level(GRID))
    assert climatology(GRID, time, None)["thetao"].tobytes() == climatology(GRID, time)["thetao"].tobytes()
    assert climatology(GRID, time, atlas())["thetao"].tobytes() == climatology(GRID, time)["thetao"].tobytes()
    by_hand = StaticFields.of(GRID, mean=atlas())
    assert all(torch.equal(getattr(fields, name), getattr(by_hand, name)) for name in fields.__dataclass_fields__)


def saved(folder: Path, mean: MeanState | None) -> Path:
    path = folder / "tiny.safetensors"
    network = tiny_network(EVOLUTION, GRID_OF_NETWORK, trained=True)
    save_checkpoint(path, Checkpoint(network, tiny_normalisation(), np.full(61, 0.02, np.float32), {}, mean), GRID_OF_NETWORK, {})
    return path


GRID_OF_NETWORK = coarsened(15)
"""48 x 96 cells, which patches of four divide."""


@pytest.fixture(scope="module")
def higher() -> MeanState:
    """Return a mean state 0.4 m above the shipped one and 1 K warmer, with a hole in its mask."""
    days = [climatology(GRID_OF_NETWORK, FIRST + day * DAY) for day in (0, 10)]
    row, column = GRID_OF_NETWORK.nearest(0, 180)
    for batch in days:
        batch["zos"][:] += 0.4
        batch["thetao"][:] += 1.0
        batch["zos"][row, column] = batch["thetao"][:, row, column] = np.nan
    return fit_mean_state(days, {"name": "higher"})


def test_weights_carry_their_mean_state_and_miss_it(higher: MeanState, tmp_path: Path) -> None:
    path = saved(tmp_path, higher)
    model = load_forecaster("small", GRID_OF_NETWORK, "cpu", path)
    assert model.mean is not None and model.mean.name == "higher"
    assert model.provenance["mean_state"]["season"] == SHIPPED
    row, column = GRID_OF_NETWORK.nearest(0, 180)
    assert GRID_OF_NETWORK.wet_surface[row, column] and not model.grid.wet_surface[row, column]
    file = path.with_suffix(".mean.nc")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    file.write_bytes(content)
    with pytest.raises(ModelError, match=r"tiny.mean.nc: sha256 is .* the file is damaged"):
        load_checkpoint(path, GRID_OF_NETWORK)
    file.unlink()
    with pytest.raises(ModelError, match=r"tiny.mean.nc is missing"):
        load_checkpoint(path, GRID_OF_NETWORK)


def test_weights_without_a_mean_state_write_none_and_step_as_before(tmp_path: Path) -> None:
    path = saved(tmp_path, None)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["tiny.json", "tiny.safetensors"]
    model = load_forecaster("small", GRID_OF_NETWORK, "cpu", path)
    plain = Forecaster(
        tiny_network(EVOLUTION, GRID_OF_NETWORK, trained=True), GRID_OF_NETWORK, tiny_normalisation(), torch.device("cpu"), {}
    )
    assert model.mean is None
    state = climatology(GRID_OF_NETWORK, FIRST)
    assert torch.equal(torch.nan_to_num(model.prepare(state)), torch.nan_to_num(plain.prepare(state)))


def test_a_forecast_stands_on_the_mean_state_of_its_weights(
    higher: MeanState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, higher)
    monkeypatch.setattr(
        engine.forecasting.forecast, "load_model", lambda name, grid, *_: load_forecaster(name, grid, "cpu", path, "float32")
    )
    fields = {"adt": mean_sea_level(GRID_OF_NETWORK)[None], "ugos": np.zeros((1, *GRID_OF_NETWORK.shape))}
    fields = {**fields, "vgos": fields["ugos"]}
    file = layouts.write_altimetry(
        tmp_path / "a.nc", fields, GRID_OF_NETWORK.lat, GRID_OF_NETWORK.lon, layouts.days(1, "2014-03-05T00")
    )
    source = ObservedSource(file, grid=GRID_OF_NETWORK)
    request = ForecastRequest(source, source.init_times()[0], "small", 1, folder=tmp_path / "forecast")
    store = open_store(run_forecast(request))
    assert store.attrs["sea_level_zero"] == "higher"
    assert store.attrs["sea_level_shift"] == pytest.approx(-0.4, abs=2e-3)
    assert zero_difference(store.read("zos", 0), mean_sea_level(GRID_OF_NETWORK), store.grid) == pytest.approx(0.4, abs=2e-3)
    warmer = store.read("thetao", 0) - climatology(GRID_OF_NETWORK, store.init_time)["thetao"][0]
    assert np.nanmedian(warmer) == pytest.approx(1.0, abs=0.05), "filled from the mean state of the weights"


def test_analyses_are_aligned_to_and_filled_from_another_mean_ocean(higher: MeanState, tmp_path: Path) -> None:
    mean = mean_ocean(higher)
    attrs = {"source": "hycom", "label": "HYCOM"}
    with AnalysisStore.create(tmp_path / "s", GRID_OF_NETWORK, np.array([FIRST]), attrs, ("zos",)) as store:
        store.append(0, Batch({"zos": mean_sea_level(GRID_OF_NETWORK)}, GRID_OF_NETWORK, FIRST))
        store.finish()
    source = AnalysisSource(tmp_path / "s")
    other = source.with_mean(mean)
    low, high = source.state(FIRST), other.state(FIRST)
    assert np.nanmedian(high["zos"] - low["zos"]) == pytest.approx(0.4, abs=2e-3)
    assert np.nanmedian(high["thetao"] - low["thetao"]) == pytest.approx(1.0, abs=1e-2)
    assert source.mean is None and source.zero_shift(FIRST) == pytest.approx(0.0, abs=1e-3)


def test_real_hycom_of_four_months_states_the_year_it_borrowed(shared_data: Path, tmp_path: Path) -> None:
    folder = ingest("hycom", [shared_data / "hycom/hycom_glbv008_EI_20140305_20140717.nc"])
    asked = ["climatology", folder.name, "--out", str(tmp_path / "mean.nc"), "--json"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout.splitlines()[-1])
    assert said["season"] == SHIPPED and said["days"] == 135
    assert (said["first_day"], said["last_day"]) == ("2014-03-05", "2014-07-17")
    assert said["fingerprint"] == open_store(folder).fingerprint(open_store(folder).leads)
    state, store = read_mean_state(tmp_path / "mean.nc"), open_store(folder)
    level = np.nanmean([store.read("zos", lead) for lead in store.leads])
    assert np.nanmean(state.harmonics["zos"][0]) == pytest.approx(level, abs=1e-4)
    ocean_of_it = mean_ocean(state)
    assert np.isfinite(ocean_of_it.fields["c1"]).all()
    part = ["climatology", folder.name, "--out", str(tmp_path / "part.nc"), "--start", "2014-07-01", "--json"]
    assert json.loads(CliRunner().invoke(app, part).stdout.splitlines()[-1])["days"] == 17
    none = CliRunner().invoke(app, [*part, "--end", "2014-06-01"])
    assert none.exit_code == 2
