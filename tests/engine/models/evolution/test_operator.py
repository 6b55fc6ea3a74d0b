import numpy as np
import pytest
import torch

from engine.models.backbones.presets import Preset
from engine.models.evolution.season import basis
from engine.models.evolution.static_fields import StaticFields
from engine.models.forecaster import Forecaster, choose_device
from engine.models.layers.window import row_blocks
from engine.runtime.errors import ModelError
from engine.weights.loading import load_model
from tests.engine.models.tiny import (
    EVOLUTION,
    LINEAR,
    tiny_forecaster,
    tiny_grid,
    tiny_network,
    tiny_normalisation,
    tiny_state,
    tiny_static_fields,
    tiny_weather,
)

TODAY = np.datetime64("2019-02-23")
TOMORROW = TODAY + np.timedelta64(1, "D")


def _step(model: Forecaster, state: torch.Tensor) -> torch.Tensor:
    return model.step(state, tiny_weather(model.grid, TODAY), tiny_weather(model.grid, TOMORROW), TODAY)[0]


@pytest.mark.parametrize("preset", [EVOLUTION, LINEAR], ids=lambda preset: preset.projection)
def test_untrained_is_persistence_to_the_last_bit(preset: Preset) -> None:
    model = tiny_forecaster(preset, tiny_grid())
    state = model.prepare(tiny_state(model.grid))
    assert torch.equal(torch.nan_to_num(_step(model, state), 1e9), torch.nan_to_num(state, 1e9))


@pytest.mark.parametrize("preset", [EVOLUTION, LINEAR], ids=lambda preset: preset.projection)
def test_values_in_dry_cells_change_nothing(preset: Preset) -> None:
    model = tiny_forecaster(preset, tiny_grid(), trained=True)
    state = model.prepare(tiny_state(model.grid))
    moved = _step(model, state)
    dirty = torch.where(torch.isnan(state), 1e6, state)
    again = _step(model, model.prepare(_with(model, dirty)))
    assert not torch.equal(torch.nan_to_num(moved), torch.nan_to_num(state))
    assert torch.equal(torch.nan_to_num(again, 1e9), torch.nan_to_num(moved, 1e9))


def _with(model: Forecaster, array: torch.Tensor) -> object:
    batch = tiny_state(model.grid)
    fields = {name: array[15 * n : 15 * n + 15].numpy() for n, name in enumerate(("thetao", "so", "uo", "vo"))}
    return batch.with_fields(**fields, zos=array[60].numpy())


def _left_of(wavelength: int, eastward: float, rows: slice = slice(16, 19)) -> float:
    """The share of a wave of sea level, `wavelength` cells long, that one day of dissipation leaves in a uniform current."""
    model = tiny_forecaster(EVOLUTION, tiny_grid())
    mean = tiny_static_fields(model.grid).mean_level
    with torch.no_grad():
        model.network.projection.dissipation.fill_(0.1)
    batch = tiny_state(model.grid)
    columns = slice(24, 37)
    wave = 0.1 * np.cos(2 * np.pi * np.arange(48) / wavelength) * np.isfinite(batch["zos"])
    level = np.where(np.isfinite(batch["zos"]), mean[0].numpy() + wave, np.nan).astype(np.float32)
    still = batch.with_fields(zos=level, uo=0 * batch["uo"] + np.float32(eastward), vo=0 * batch["vo"])
    after = _step(model, model.prepare(still))[60] - mean[0]
    return float((after.numpy() * wave)[rows, columns].sum() / (wave**2)[rows, columns].sum())


def test_a_fast_current_damps_grid_scale_noise_at_its_front_and_not_its_meanders() -> None:
    assert _left_of(2, eastward=2.5) < _left_of(2, eastward=0.0) - 0.1
    assert _left_of(12, eastward=2.5) == pytest.approx(_left_of(12, eastward=0.0), abs=0.002)


def test_backscatter_returns_energy_of_the_smallest_scales_to_eddies_and_not_to_basins() -> None:
    assert _left_of(8, eastward=0.0) > 1.002
    assert _left_of(48, eastward=0.0) < 1.0005


def test_backscatter_is_weak_in_the_tropics_and_zero_at_the_equator(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 0.9 < _left_of(8, eastward=0.0, rows=slice(11, 13)) < 1.0
    at_11_degrees = _left_of(8, eastward=0.0, rows=slice(13, 14))
    monkeypatch.setattr("engine.models.evolution.static_fields.TROPICS", (1.0, 2.0))
    assert 0 < at_11_degrees - 1 < 0.5 * (_left_of(8, eastward=0.0, rows=slice(13, 14)) - 1)


def test_currents_keep_their_balance_with_sea_level_outside_the_tropics() -> None:
    model = tiny_forecaster(EVOLUTION, tiny_grid(), trained=True)
    state = model.prepare(tiny_state(model.grid))
    plain = _step(model, state)
    last = model.network.projection.local.last
    assert isinstance(last.bias, torch.nn.Parameter)
    with torch.no_grad():
        last.bias[-15:] -= 0.8
    change = torch.nan_to_num(_step(model, state) - plain)[30:60].abs().amax((0, 2))
    equatorial = torch.from_numpy(np.abs(model.grid.lat) < 9)
    assert float(change[torch.from_numpy(np.abs(model.grid.lat) > 15)].max()) == 0
    assert float(change[equatorial].min()) > 0


def test_a_step_keeps_the_mask_of_land() -> None:
    model = tiny_forecaster(EVOLUTION, tiny_grid(), trained=True)
    state = model.prepare(tiny_state(model.grid))
    assert torch.equal(torch.isnan(_step(model, state)), torch.isnan(state))


def test_tiles_give_what_the_whole_globe_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = tiny_grid(48, 48)
    whole = tiny_forecaster(EVOLUTION, grid, trained=True)
    monkeypatch.setattr("engine.models.forecaster.EMBED_ROWS", 8)
    monkeypatch.setattr("engine.models.forecaster.TILE", (16, 24))
    banded = tiny_forecaster(EVOLUTION, grid, trained=True)
    state = whole.prepare(tiny_state(grid))
    ours, theirs = _step(banded, state), _step(whole, state)
    change = torch.nan_to_num(theirs - state).abs().amax((1, 2))
    assert len(row_blocks(48, 48, 8)) == 6
    assert (torch.nan_to_num(ours - theirs).abs().amax((1, 2)) <= 0.02 * change + 1e-5).all()


def test_the_prime_meridian_is_like_any_other_meridian() -> None:
    grid = tiny_grid()
    network, static = tiny_network(EVOLUTION, grid, trained=True), tiny_static_fields(grid)
    batch = tiny_state(grid)
    model = Forecaster(network, grid, tiny_normalisation(), torch.device("cpu"), {}, static)
    state = torch.nan_to_num(model.prepare(batch))
    air = torch.randn(8, *grid.shape).abs() + 1
    modulation = torch.randn(16 + 15, 6, 12)
    window = row_blocks(24, 48, 24)[0]

    def advance(shift: int) -> torch.Tensor:
        fields = (field.roll(4 * shift, -1) for field in (state, air, air * 1.1))
        cuts = (window.cut(field, network.preset.halo) for field in fields)
        with torch.inference_mode():
            return network.advance(
                *cuts,
                basis(TODAY),
                modulation.roll(shift, -1),
                _rolled(static, 4 * shift).cut(window, network.preset.halo),
                window,
            )

    mask = model._mask
    plain = torch.where(mask, advance(0), 0.0).roll(12, -1)
    assert torch.allclose(torch.where(mask.roll(12, -1), advance(3), 0.0), plain, atol=1e-3)


def _rolled(static: StaticFields, cells: int) -> StaticFields:
    values = {name: value if value.ndim == 2 else value.roll(cells, -1) for name, value in vars(static).items()}
    return StaticFields(**values)


def test_gaps_in_the_initial_state_take_the_climatology(small_grid) -> None:  # type: ignore[no-untyped-def]
    preset = Preset("tiny", "Tiny", 6, 1, 16, 1, 16, 4, "evolution", (), local_width=8, dilations=(1,))
    model = tiny_forecaster(preset, small_grid)
    batch = tiny_state(small_grid)
    gap = batch["zos"].copy()
    gap[60:64, 90:100] = np.nan
    state = model.prepare(batch.with_fields(zos=gap))
    assert torch.isfinite(state[60][torch.from_numpy(small_grid.wet_surface)]).all()


def test_a_forecast_without_weather_is_refused() -> None:
    model = tiny_forecaster(EVOLUTION, tiny_grid())
    with pytest.raises(ModelError, match="got no atmosphere"):
        model.step(model.prepare(tiny_state(model.grid)), None, None, TODAY)


def test_running_out_of_memory_gives_a_clear_message() -> None:
    model = tiny_forecaster(EVOLUTION, tiny_grid())

    def exhausted() -> None:
        raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried to allocate")

    with pytest.raises(ModelError, match="ran out of memory"):
        model._guarded(exhausted)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_a_gpu_and_the_processor_agree_to_a_hundredth_of_a_day_s_change() -> None:
    grid = tiny_grid()
    network = tiny_network(EVOLUTION, grid, trained=True)
    batch = tiny_state(grid)
    after = []
    for device in ("cpu", "cuda"):
        model = Forecaster(network, grid, tiny_normalisation(), torch.device(device), {}, tiny_static_fields(grid))
        after.append(_step(model, model.prepare(batch)).cpu().nan_to_num())
    change = (after[0] - model.prepare(batch).cpu().nan_to_num()).square().mean((1, 2)).sqrt()
    assert ((after[1] - after[0]).square().mean((1, 2)).sqrt() <= 0.01 * change + 1e-6).all()


def test_unknown_devices_and_models_are_refused() -> None:
    with pytest.raises(ModelError, match="not known"):
        choose_device("abacus")
    if not torch.cuda.is_available():
        with pytest.raises(ModelError, match="no CUDA"):
            choose_device("cuda")
        assert choose_device("auto").type == "cpu"
    with pytest.raises(ModelError, match="not known"):
        load_model("oracle", tiny_grid())


def test_the_change_of_the_day_before_is_kept_and_changes_the_forecast() -> None:
    model = tiny_forecaster(EVOLUTION, tiny_grid(), trained=True)
    batch = tiny_state(model.grid)
    without = model.prepare(batch)
    remembered = model.prepare(batch.with_fields(zos_change=np.full(model.grid.shape, 0.005, np.float32)))
    wet = torch.from_numpy(model.grid.wet_surface)
    assert bool((without[61][wet] == 0).all())
    assert torch.allclose(remembered[61][wet], torch.tensor(0.005))
    ours, theirs = _step(model, remembered), _step(model, without)
    assert not torch.equal(torch.nan_to_num(ours), torch.nan_to_num(theirs))
    assert torch.allclose(theirs[61][wet], (theirs[60] - without[60])[wet], atol=1e-6)


def test_the_tropics_ignore_most_of_the_change_of_the_day_before() -> None:
    model = tiny_forecaster(EVOLUTION, tiny_grid(), trained=True)
    batch = tiny_state(model.grid)

    def effect(rows: slice) -> float:
        after = [
            _step(model, model.prepare(batch.with_fields(zos_change=np.full(model.grid.shape, change, np.float32))))[60]
            for change in (0.0, 0.005)
        ]
        return float((after[1] - after[0])[rows].nan_to_num().abs().mean())

    assert effect(slice(11, 13)) < 0.7 * effect(slice(17, 19))


def test_no_extreme_state_makes_the_forecast_diverge() -> None:
    model = tiny_forecaster(EVOLUTION, tiny_grid(), trained=True)
    with torch.no_grad():
        for parameter in model.network.projection.local.last.parameters():
            parameter.mul_(1000.0)
    state = model.prepare(tiny_state(model.grid))
    wet = ~torch.isnan(state)
    for _ in range(5):
        state = _step(model, state)
    assert torch.isfinite(state[wet]).all()
    assert float(torch.nan_to_num(state[30:60]).abs().max()) <= 3.0
    assert float(state[:15][wet[:15]].min()) >= -2.2
