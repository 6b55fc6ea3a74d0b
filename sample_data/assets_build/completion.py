"""Trains the completion on days of the sample ocean that random observing systems observe.

`python -m sample_data.assets_build.completion [--grid-factor 1] [--samples 160] [--updates 400] [--out FILE] [--resume]`
"""

import argparse
from pathlib import Path

from engine import __version__
from engine.reconstruction.training.completion import train_completion
from engine.reconstruction.training.observed_days import ObservedDays
from engine.runtime.paths import home, weights_folder
from engine.schema.grid import coarsened
from engine.schema.sample_calendar import sample_date
from sample_data.assets_build.covariances import SEEDS
from sample_data.source import SampleSource

FIRST_DAY, LAST_DAY = 120, 325


def main() -> None:
    """Train on the user's training runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grid-factor", type=int, default=1)
    parser.add_argument("--samples", type=int, default=160, help="different days and observing systems to learn from")
    parser.add_argument("--updates", type=int, default=400, help="of two samples each")
    parser.add_argument("--workers", type=int, default=2, help="processes that make samples")
    parser.add_argument("--out", type=Path, help="weights (default: completion.safetensors among the user's)")
    parser.add_argument("--resume", action="store_true")
    chosen = parser.parse_args()
    grid = coarsened(chosen.grid_factor)
    sources = [SampleSource(seed, grid=grid) for seed in SEEDS]
    days = [sample_date(day) for day in range(FIRST_DAY, LAST_DAY)]
    rows, columns = grid.shape
    # The name holds the settings of the samples, so that others are not read by mistake.
    seen = f"seen-{rows}x{columns}-seeds-{'-'.join(map(str, SEEDS))}-days-{FIRST_DAY}-{LAST_DAY - 1}-version-{__version__}"
    samples = ObservedDays(sources, days, chosen.samples, home() / "training" / seen)
    samples.prepare(chosen.workers)
    out = chosen.out or weights_folder() / "completion.safetensors"
    print(train_completion(samples, out, chosen.updates, chosen.resume))


if __name__ == "__main__":
    main()
