"""What hiding tokens saves in training: seconds of the encoder, forward and backward, by the share that is hidden.

python -m tests.benchmarks.masking [--preset base] [--blocks 2] [--repeats 3] [--device auto] [--json]

Tokens are those of the globe at 1/4 degree; the encoder is cut to a few of its blocks, which all cost the same.
"""

import argparse
import json
import time
from dataclasses import replace

import torch

from engine.models.backbones.backbone import Backbone
from engine.models.backbones.masking import SCHEDULE, visible_tokens
from engine.models.backbones.presets import PRESETS
from engine.models.forecaster import choose_device

ROWS, COLUMNS = 90, 180


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="base", choices=list(PRESETS))
    parser.add_argument("--blocks", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    chosen = parser.parse_args()
    device = choose_device(chosen.device)
    preset = replace(PRESETS[chosen.preset], encoder_depth=chosen.blocks, decoder_depth=1)
    backbone = Backbone(preset, 1, ROWS, COLUMNS).to(device)
    tokens = torch.randn(1, ROWS * COLUMNS, preset.encoder_width, device=device)
    taken = {ratio: seconds(backbone, tokens, ratio, chosen.repeats) for ratio in sorted({ratio for _, ratio in SCHEDULE})}
    for ratio, value in taken.items():
        print(f"hidden {100 * ratio:3.0f} %  {value:7.3f} s  {value / taken[0.0]:5.2f} of the time with nothing hidden")
    if chosen.json:
        print(json.dumps({"device": str(device), "blocks": chosen.blocks, "seconds": {str(k): v for k, v in taken.items()}}))


def seconds(backbone: Backbone, tokens: torch.Tensor, ratio: float, repeats: int) -> float:
    """Return the shortest of some passes forward and backward through the encoder, after one to warm up."""
    visible = visible_tokens(tokens.shape[1], ratio, torch.Generator().manual_seed(0)).to(tokens.device)
    found = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        backbone.encoder(tokens[:, visible]).square().mean().backward()
        if tokens.device.type == "cuda":
            torch.cuda.synchronize(tokens.device)
        found.append(time.perf_counter() - began)
    return round(min(found[1:]), 4)


if __name__ == "__main__":
    main()
