"""What a global day costs at 1/4 degree: `small` and its heads, and FourCastNet of the published size in the same run.

python -m tests.benchmarks.step [--days 3] [--device cpu] [--precision auto|bfloat16|float32|both] [--json]

A processor without instructions for bfloat16 is imitated by ONEDNN_MAX_CPU_ISA=AVX512_CORE_VNNI, one without AVX-512 by
ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2. Where threads share tiles, a part is their mean.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import psutil
import torch

import engine.models.evolution.operator
from engine.forecasting.head_rollout import RollingHead
from engine.forecasting.heads import HEADS, begin_heads, load_heads
from engine.forecasting.rollout import Step
from engine.models.backbones.fourcastnet import FourCastNet
from engine.models.backbones.presets import PRESETS
from engine.models.evolution.operator import Evolution
from engine.models.forecaster import Forecaster, choose_device
from engine.models.interface import batch_of
from engine.models.layers.warp import warp
from engine.models.network import Network
from engine.runtime.precision import PRECISIONS, choose_precision, quicker_precision
from engine.runtime.threads import MOST
from engine.schema.batch import Batch
from engine.schema.grid import Grid, quarter_degree
from engine.sources import HeadSource, initial_state
from engine.stores import ForecastStore
from engine.weights.loading import load_model
from sample_data.source import SampleSource

DAY = np.timedelta64(1, "D")
MEANINGS = {
    "small_s": "a day of small, sum of the next five",
    "backbone_s": "  backbone: patches, blocks, what they ask of the projection",
    "local_path_s": "  evolution: local path",
    "warp_s": "  evolution: warp",
    "rest_s": "  evolution: all else",
    "air_s": "  wind-driven flow of the day's atmosphere",
    "forcing_s": "the day's atmosphere from the source",
    "kuroshio_s": "head of the Kuroshio at 1/12 degree",
    "waves_s": "head of waves, with averages of the weather",
    "biogeochemistry_s": "head of biogeochemistry, with averages of weather and surface",
    "store_s": "the day with all heads into the store",
    "fourcastnet_s": "a day of FourCastNet, 768 x 12, without what surrounds it",
    "fourcastnet_over_small": "",
    "fourcastnet_weights_m": "its weights in millions, 12.4 of positions aside",
    "others_share": "share of the processor that other programs took meanwhile",
}


class Stopwatch:
    """Adds up the seconds spent in chosen functions; time in an inner one counts for the outer one, too."""

    def __init__(self, device: torch.device) -> None:
        self.device, self._lock = device, Lock()
        self.days: list[dict[str, float]] = []

    def day(self) -> None:
        """Begin another day."""
        self.days.append(defaultdict(float))

    def timed(self, name: str, work: Callable[..., Any], threads: int = 1) -> Callable[..., Any]:
        """Return `work`, which so many threads share, with its time added to part `name` of the day."""

        def run(*arguments: Any, **options: Any) -> Any:
            began = self._now()
            result = work(*arguments, **options)
            with self._lock:
                self.days[-1][name] += (self._now() - began) / threads
            return result

        return run

    def median(self, name: str) -> float:
        """Return the median over the days, the first left out as a warm-up where there are more."""
        return statistics.median(day[name] for day in self.days[1:] or self.days)

    def _now(self) -> float:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return time.perf_counter()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", default="auto", choices=["auto", *PRECISIONS, "both"])
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    grid, device = quarter_degree(), choose_device(chosen.device)
    results = {}
    for precision in PRECISIONS if chosen.precision == "both" else (choose_precision(chosen.precision, device),):
        processes, own = psutil.cpu_times(), psutil.Process().cpu_times()
        results[precision] = measure(grid, device, chosen.days, precision)
        results[precision]["others_share"] = _others(processes, own)
    print(f"{device}, {torch.get_num_threads()} threads, median of {chosen.days} days after the first")
    print(f"the quicker precision here is {quicker_precision(device)}")
    print(f"{'':22}" + "".join(f" {precision:>8}" for precision in results))
    for name, meaning in MEANINGS.items():
        print(f"{name:22}" + "".join(f" {result[name]:8.2f}" for result in results.values()) + f"  {meaning}")
    if chosen.json:
        said = {"device": str(device), "threads": torch.get_num_threads(), "days": chosen.days}
        rounded = {known: {name: round(value, 3) for name, value in result.items()} for known, result in results.items()}
        print(json.dumps({**said, "quicker_precision": quicker_precision(device), "precisions": rounded}))


def measure(grid: Grid, device: torch.device, days: int, precision: str) -> dict[str, float]:
    """Return the seconds named in `MEANINGS` of `days` days of the sample ocean and one more to warm up."""
    source = SampleSource()
    small = load_model("small", grid, str(device), None, precision)
    assert isinstance(small, Forecaster)
    watch = Stopwatch(device)
    _watch_parts(watch, small)
    first = initial_state(source, source.init_times()[0])
    forcing = watch.timed("forcing", source.forcing)
    loaded = load_heads(HEADS, small)
    parts = {name: head.part for name, head in loaded.items()}
    heads = begin_heads(loaded, source, first)
    for name, head in heads.items():
        head.advance = watch.timed(name, head.advance)  # type: ignore[method-assign]
    assert isinstance(source, HeadSource)
    with (
        tempfile.TemporaryDirectory() as folder,
        ForecastStore.create(Path(folder) / "step", grid, first.time, days + 1, {}, parts=parts) as store,
    ):
        append = watch.timed("store", store.append)
        state, weather = _days(watch, small, first, days, forcing, append, heads, source)
    rival = _rival(small, grid, device, precision)
    rival_watch = Stopwatch(device)
    rival.step = rival_watch.timed("step", rival.step)  # type: ignore[method-assign]
    for _ in range(days + 1):
        rival_watch.day()
        rival.step(state, weather, weather, first.time)
    taken = {name: watch.median(name) for name in ("step", "embed", "features", "modulation", "advance", "local", "warp", "air")}
    backbone = taken["embed"] + taken["features"] + taken["modulation"]
    assert isinstance(rival.network.backbone, FourCastNet)
    weights = sum(parameter.numel() for parameter in rival.network.parameters()) - rival.network.backbone.positions.numel()
    return {
        "small_s": taken["step"],
        "backbone_s": backbone,
        "local_path_s": taken["local"],
        "warp_s": taken["warp"],
        "rest_s": taken["step"] - backbone - taken["local"] - taken["warp"] - taken["air"],
        "air_s": taken["air"],
        "forcing_s": watch.median("forcing"),
        **{f"{name}_s": watch.median(name) for name in HEADS},
        "store_s": watch.median("store"),
        "fourcastnet_s": rival_watch.median("step"),
        "fourcastnet_over_small": rival_watch.median("step") / taken["step"],
        "fourcastnet_weights_m": weights / 1e6,
    }


def _watch_parts(watch: Stopwatch, small: Forecaster) -> None:
    network = small.network
    threads = min(torch.get_num_threads(), MOST) if small.device.type == "cpu" else 1
    for name in ("embed", "features", "modulation", "advance"):
        setattr(network, name, watch.timed(name, getattr(network, name), threads if name in ("embed", "advance") else 1))
    assert isinstance(network.projection, Evolution)
    local = network.projection.local
    for name in ("cells", "outputs"):
        setattr(local, name, watch.timed("local", getattr(local, name), threads))
    engine.models.evolution.operator.warp = watch.timed("warp", warp, threads)
    small._air = watch.timed("air", small._air)  # type: ignore[method-assign]
    small.step = watch.timed("step", small.step)  # type: ignore[method-assign]


def _days(
    watch: Stopwatch,
    small: Forecaster,
    first: Batch,
    days: int,
    forcing: Callable[..., Any],
    append: Callable[..., Any],
    heads: dict[str, RollingHead],
    source: HeadSource,
) -> tuple[torch.Tensor, Batch]:
    """Forecast and write `days` days and one more; return the last state and weather."""
    watch.day()
    append(0, first, {name: head.batch for name, head in heads.items()})
    state, weather, moment = small.prepare(first), forcing(first.time), first.time
    watch.days.clear()
    for lead in range(1, days + 2):
        watch.day()
        target = forcing(moment + DAY)
        state, features = small.step(state, weather, target, moment)
        weather, moment = target, moment + DAY
        step = Step(lead, batch_of(state, small.grid, moment), features)
        for name, head in heads.items():
            head.advance(step, weather, source.open_water(name, moment))
        append(lead, step.batch, {name: head.batch for name, head in heads.items()})
    return state, weather


def _rival(small: Forecaster, grid: Grid, device: torch.device, precision: str) -> Forecaster:
    """Return FourCastNet of the published size; its weights are random, which costs the same."""
    known = small.normalisation
    network = Network(PRESETS["fourcastnet-published"], grid.shape, known, np.ones(61, np.float32))
    return Forecaster(network, grid, known, device, {}, precision=precision)


def _others(before: Any, own_before: Any) -> float:
    """Return the share of the processor's time that went to other programs."""
    now, own = psutil.cpu_times(), psutil.Process().cpu_times()
    busy, busy_before = (times.user + times.system + getattr(times, "nice", 0.0) for times in (now, before))
    spent = busy - busy_before
    mine = own.user + own.system - own_before.user - own_before.system
    return max(0.0, spent - mine) / max(sum(now) - sum(before), 1e-9)


if __name__ == "__main__":
    main()
