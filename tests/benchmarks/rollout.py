"""How long the days of a rollout take without reading weather and writing: for GPUs, where both are done meanwhile.

python -m tests.benchmarks.rollout [--preset base] [--days 30] [--device auto] [--compile] [--grid-factor 1] [--json]

The weights are random, which costs the same. On a GPU the first day is also made on the processor, and the difference is
printed as a share of the day's change. --compile tries torch.compile with CUDA graphs on the backbone and the projection.
"""

import argparse
import json
import time

import numpy as np
import torch

from engine.models.backbones.presets import PRESETS
from engine.models.forecaster import Forecaster, choose_device
from engine.models.network import Network
from engine.schema.grid import Grid, coarsened, quarter_degree
from engine.sources import initial_state
from engine.weights.checkpoint import find_weights, load_checkpoint
from sample_data.source import SampleSource

DAY = np.timedelta64(1, "D")
WARM_UP = 3
"""Days before the clock starts: kernels are chosen, and CUDA graphs recorded, in the first ones."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="base", choices=list(PRESETS))
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--grid-factor", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    device = choose_device(chosen.device)
    model = untrained(chosen.preset, coarsened(chosen.grid_factor), device)
    if chosen.compile:
        for name in ("features", "advance"):
            setattr(model.network, name, torch.compile(getattr(model.network, name), mode="reduce-overhead"))
    found = measure(model, chosen.days)
    result = {"preset": chosen.preset, "device": described(device), "compiled": chosen.compile, "days": chosen.days, **found}
    if device.type == "cuda":
        result["peak_gb"] = round(torch.cuda.max_memory_allocated(device) / 1e9, 2)
    for name, value in result.items():
        print(f"{name:24} {value}")
    if chosen.json:
        print(json.dumps(result))


def untrained(preset: str, grid: Grid, device: torch.device) -> Forecaster:
    """Return a network of random weights, the last layers among them: those of a new one are zero."""
    torch.manual_seed(0)
    known = load_checkpoint(find_weights("small"), quarter_degree())
    network = Network(PRESETS[preset], grid.shape, known.normalisation, known.network.tendency.flatten().numpy())
    with torch.no_grad():
        for weights in network.projection.parameters():
            weights.add_(1e-3 * torch.randn_like(weights))
    return Forecaster(network, grid, known.normalisation, device, {})


def measure(model: Forecaster, days: int) -> dict[str, float]:
    """Return the seconds of `days` days after the warm-up, and how far the processor is from a GPU after one."""
    source = SampleSource(grid=model.grid)
    first = initial_state(source, source.init_times()[0])
    state, moment = model.prepare(first), first.time
    weather = [model._air(source.forcing(moment + number * DAY)) for number in range(WARM_UP + 1)]
    began = 0.0
    for day in range(WARM_UP + days):
        if day == WARM_UP:
            began = now(model.device)
        before, after = weather[day % WARM_UP], weather[day % WARM_UP + 1]
        state, _ = model._step(state, before, after, moment + day * DAY)
    seconds = now(model.device) - began
    result = {"seconds": round(seconds, 3), "seconds_a_day": round(seconds / days, 4)}
    if model.device.type == "cuda":
        start = model.prepare(first)
        theirs = model._step(start, weather[0], weather[1], moment)[0].cpu()
        start = start.cpu()
        processor = Forecaster(model.network.cpu(), model.grid, model.normalisation, torch.device("cpu"), {})
        ours = processor._step(start, weather[0].cpu(), weather[1].cpu(), moment)[0]
        result["difference_of_processor"] = round(float(size(ours - theirs) / size(ours - start)), 5)
    return result


def size(change: torch.Tensor) -> torch.Tensor:
    """Return the root mean square of a change of sea level (62, h, w) over water."""
    return torch.nan_to_num(change[60]).square().mean().sqrt()


def now(device: torch.device) -> float:
    """Return the time at which all that was asked of a device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def described(device: torch.device) -> str:
    """Return the name of the device."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else f"processor, {torch.get_num_threads()} threads"


if __name__ == "__main__":
    main()
