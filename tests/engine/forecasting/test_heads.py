"""Heads in a forecast: one store with everything, the same whether the run goes through or is continued."""

from pathlib import Path

import numpy as np
import pytest
import torch

import engine.forecasting.forecast
from engine.cli.main import app
from engine.forecasting.forecast import Cancelled, run_forecast
from engine.forecasting.heads import HEADS, LoadedHead, chosen_heads, load_heads
from engine.forecasting.reference import write_reference
from engine.forecasting.request import ForecastRequest
from engine.models.heads.daily import DayHead
from engine.runtime.errors import InputError
from engine.schema.batch import Batch
from engine.schema.grid import Grid
from engine.stores import Store, open_store
from tests.engine.models.heads.tiny_heads import GRID, SHAPE, tiny_fields, tiny_head
from tests.engine.models.tiny import tiny_grid
from tests.engine.toy import INIT_TIME, ToyModel, ToySource

NAMES = ("waves", "biogeochemistry")
DAYS = 7


class _Source(ToySource):
    """The toy ocean with waves and plankton on its first day."""

    def __init__(self) -> None:
        super().__init__(tiny_grid(48, 96))

    def head_fields(self, head: str, time: np.datetime64) -> Batch | None:
        if time != INIT_TIME or head not in NAMES:
            return None
        module = tiny_head(head)
        return Batch(dict(zip(module.transform.names, tiny_fields(module)[0].numpy(), strict=True)), GRID, time)

    def open_water(self, head: str, time: np.datetime64) -> np.ndarray | None:
        return None


class _Model(ToyModel):
    def step(self, state: torch.Tensor, *rest: object) -> tuple[torch.Tensor, torch.Tensor]:  # type: ignore[override]
        after, _ = super().step(state, *rest)  # type: ignore[arg-type]
        random = torch.Generator().manual_seed(int(rest[-1].astype("datetime64[D]").astype(int)))  # type: ignore[attr-defined]
        return after, torch.randn((SHAPE.features, SHAPE.rows, SHAPE.columns), generator=random)


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.forecasting.forecast, "load_model", lambda name, grid, device="auto", *_: _Model(grid))
    monkeypatch.setattr(
        engine.forecasting.forecast,
        "load_heads",
        lambda names, model: {name: LoadedHead(tiny_head(name, learned=True), {"weights_sha256": name}) for name in names},
    )


def _forecast(heads: tuple[str, ...] = NAMES, folder: Path | None = None, stop_after: int = 99, resume: bool = False) -> Path:
    days: list[int] = []

    def cancelled() -> bool:
        days.append(0)
        return len(days) >= stop_after

    return run_forecast(
        ForecastRequest(_Source(), INIT_TIME, "small", DAYS, folder=folder, resume=resume, heads=heads), cancelled=cancelled
    )


def _fields(store: Store) -> dict[str, np.ndarray]:
    parts = {part: store.part(part) for part in store.parts}
    return {f"{part}/{name}": parts[part].loop(name) for part in parts for name in parts[part].variables}


def test_one_store_holds_the_ocean_and_every_head_on_its_own_grid() -> None:
    store = open_store(_forecast())
    assert store.complete and store.parts == ("biogeochemistry", "waves")
    waves = store.part("waves")
    assert waves.leads == store.leads == list(range(DAYS + 1)) and waves.complete
    assert waves.variables == ("swh",) and waves.grid.same_as(GRID) and not store.grid.same_as(GRID)
    np.testing.assert_allclose(waves.read("swh", 0), tiny_fields(tiny_head("waves"))[0, 0], atol=0.01)
    assert not np.array_equal(waves.read("swh", 1), waves.read("swh", 0))
    assert store.attrs["heads"] == {"waves": "waves", "biogeochemistry": "biogeochemistry"}
    assert waves.attrs["forcing_kind"] == "synthetic" and waves.attrs["head_provenance"] == {"weights_sha256": "waves"}
    assert len(store.part("biogeochemistry").variables) == 8


@pytest.mark.parametrize("stop_after", [1, 4, 6])
def test_a_resumed_run_continues_its_heads_exactly(tmp_path: Path, stop_after: int) -> None:
    expected = _fields(open_store(_forecast()))
    folder = tmp_path / "stores" / "broken"
    with pytest.raises(Cancelled):
        _forecast(folder=folder, stop_after=stop_after)
    partial = open_store(folder)
    assert partial.part("waves").leads == partial.leads == list(range(stop_after + 1))
    _forecast(folder=folder, resume=True)
    assert open_store(folder).complete
    for name, values in _fields(open_store(folder)).items():
        np.testing.assert_array_equal(values, expected[name], err_msg=name)


def test_the_reference_holds_the_heads_that_the_source_has_on_every_day(monkeypatch: pytest.MonkeyPatch) -> None:
    source = _Source()
    plain = write_reference(source, INIT_TIME, 1)
    assert open_store(plain).parts == ()
    always = _Source.head_fields
    monkeypatch.setattr(
        _Source,
        "head_fields",
        lambda self, head, time: None if (head, time) == ("waves", INIT_TIME + 1) else _at(always(self, head, INIT_TIME), time),
    )
    store = open_store(write_reference(source, INIT_TIME, 1, heads=NAMES))
    assert store.folder == plain and store.complete and store.parts == ("biogeochemistry",)
    assert store.part("biogeochemistry").leads == [0, 1]


def _at(batch: Batch | None, time: np.datetime64) -> Batch | None:
    return None if batch is None else Batch(batch.fields, batch.grid, time)


def test_a_store_with_more_heads_is_reused_and_one_with_fewer_is_made_anew() -> None:
    first = _forecast(("waves",))
    made = (first / "zarr.json").stat().st_mtime_ns
    assert _forecast(()) == first and (first / "zarr.json").stat().st_mtime_ns == made
    assert open_store(_forecast()).parts == ("biogeochemistry", "waves")


def test_a_partial_store_of_other_heads_is_not_continued() -> None:
    with pytest.raises(Cancelled):
        _forecast(("waves",), stop_after=2)
    assert open_store(_forecast(resume=True)).parts == ("biogeochemistry", "waves")


def test_all_takes_the_heads_that_can_start() -> None:
    assert chosen_heads("all", _Source(), INIT_TIME) == (HEADS, {})
    taken, left_out = chosen_heads("all", _Source(), INIT_TIME + 1)
    assert taken == ("kuroshio",) and set(left_out) == set(NAMES)
    assert "begins with fields of the first day, which Toy ocean does not have" in left_out["waves"]
    assert chosen_heads("all", ToySource(), INIT_TIME) == (HEADS, {}), "a source without heads has first fields made for it"
    assert chosen_heads("", _Source(), INIT_TIME) == ((), {})
    assert chosen_heads("waves, waves", _Source(), INIT_TIME)[0] == ("waves",)


@pytest.mark.parametrize(("wanted", "said"), [("whales", "'whales'; expected all"), ("waves", "Toy ocean does not have")])
def test_a_named_head_that_cannot_start_is_refused(wanted: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        chosen_heads(wanted, _Source(), INIT_TIME + 1)


def test_a_model_without_features_has_no_heads() -> None:
    with pytest.raises(InputError, match="gives no features"):
        load_heads(["waves"], ToyModel(GRID))
    assert load_heads([], ToyModel(GRID)) == {}


def test_the_command_line_lists_the_heads(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("engine.cli.request.source_of", lambda *_: _Source())
    app(
        ["forecast", "--init", str(INIT_TIME), "--days", "1", "--heads", "biogeochemistry,waves", "--json"], standalone_mode=False
    )
    assert '"heads": ["biogeochemistry", "waves"]' in capsys.readouterr().out


def test_each_head_describes_its_part_of_a_store() -> None:
    head: DayHead = tiny_head("waves")
    part = LoadedHead(head, {"weights": "w"}).part_with({})
    grid: Grid = part.grid
    assert grid.same_as(GRID) and part.variables == ("swh",) and part.attributes == {"head_provenance": {"weights": "w"}}
