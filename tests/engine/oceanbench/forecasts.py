"""Forecasts of a closed form on the model's own grid, to be written as challengers."""

from pathlib import Path

import numpy as np

from engine.schema.batch import Batch
from engine.schema.grid import Grid, quarter_degree
from engine.stores import ForecastStore, Store, open_store
from tests.engine.oceanbench.challengers import FIRST, Closed, waves

INIT = FIRST - np.timedelta64(1, "D")
NOON = INIT + np.timedelta64(12, "h")


def write_forecast(
    folder: Path,
    closed: Closed = waves,
    days: int = 2,
    grid: Grid | None = None,
    init_time: np.datetime64 = NOON,
    **attributes: object,
) -> Store:
    """Write a forecast with `closed` fields into `folder`; lead 1 is the first day of a challenger."""
    cells = grid or quarter_degree()
    attrs = {"model": "small", "model_label": "GOMS small", "source": "hycom", "source_label": "HYCOM", **attributes}
    with ForecastStore.create(folder, cells, init_time, days, attrs) as store:
        for lead in range(days + 1):
            store.append(lead, _batch(cells, closed, lead, init_time))
        store.finish()
    return open_store(folder)


def _batch(grid: Grid, closed: Closed, lead: int, init_time: np.datetime64) -> Batch:
    def at(name: str, metres: float) -> np.ndarray:
        return closed(name, grid.lat[:, None], grid.lon[None, :], metres, lead - 1)

    fields = {}
    for name in ("thetao", "so", "uo", "vo"):
        values = np.stack([at(name, metres).astype(np.float32) for metres in grid.depth])
        values[~grid.wet] = np.nan
        fields[name] = values
    fields["zos"] = np.where(grid.wet_surface, at("zos", 0.0), np.nan)
    return Batch(fields, grid, init_time.astype("datetime64[s]") + np.timedelta64(lead, "D"))
