"""Training of the Kuroshio head: days of global series and the 1/12 degree days nested in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from engine.models.evolution.dynamics import finer_than_passes
from engine.models.forecaster import Forecaster
from engine.models.heads.downscaling import SURFACE, Downscaling, DownscalingShape
from engine.models.layers.window import crop
from engine.physics.kuroshio_grid import kuroshio_grid, refine
from engine.runtime.atomic import replacing
from engine.runtime.errors import InputError
from engine.runtime.paths import home
from engine.runtime.progress import Progress, no_progress
from engine.sources import DaySeries, HeadSource, day_name
from engine.training.heads.features import FeatureStore
from engine.training.heads.task import HeadTask
from engine.training.heads.training import HeadPlan, Score
from engine.weights.head_weights import HeadCard

GRADIENT_SHARE = 0.5
"""Weight of errors of the slope beside those of the value, set by hand: fronts and vorticity are slopes."""

SPECTRAL_WEIGHT = 3.0
"""Weight of the loss of power in wavelength bands against the interpolation, set by hand: squared errors alone favour a smooth
field where fine scales are not predictable. The power of the reference as target gave an artificial texture of stripes."""

WAVELENGTH_BANDS = ((1, 0, 3), (1, 3, 12), (3, 1, 5))
"""Bands of about 15-50, 50-110 and 110-220 km: cells averaged, then the difference of two numbers of binomial means."""

STATISTICS_DAYS = 24
DAYS_APART = 4
"""Days between training days, set by hand: filaments last a week, and each day costs a pass of the backbone."""

ONE_WITHOUT = 2
"""Every how many days one is trained without features, set by hand: an initial state has none."""

PLAN = HeadPlan(steps=500, rate=2e-3, batch=1)

Sample = dict[str, torch.Tensor]
Features = Callable[[str, np.datetime64], np.ndarray]
"""Gives the backbone's features (d, 90, 180) of a series and a day."""


def write_pairs(series: DaySeries, times: Sequence[np.datetime64], folder: Path, progress: Progress = no_progress) -> list[Path]:
    """Write missing pairs of nested and global days of a series, and return the files by day.

    A file holds `surface` (5, 120, 230) float32 and `detail` (5, 360, 690) float16: the residual of the nested day from the
    bicubic interpolation of the global one, in physical units, 0 on land.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, time in enumerate(times):
        path = folder / f"{series.name}__{time}.npz"
        files.append(path)
        if not path.exists():
            coarse = stacked(series.kuroshio_box(time))
            detail = np.nan_to_num(stacked(nested_fields(series, time)) - refine(coarse))
            with replacing(path) as temporary, temporary.open("wb") as file:
                np.savez(file, surface=coarse, detail=detail.astype(np.float16))
        progress((number + 1) / len(times), f"pairs of {series.name}, {day_name(series, time)}")
    return files


def nested_fields(series: HeadSource, time: np.datetime64) -> dict[str, np.ndarray]:
    """Return the five surface fields (360, 690) of a nested day; raises InputError where it is not stored."""
    batch = series.head_fields("kuroshio", time)
    if batch is None:
        raise InputError(f"the Kuroshio at 1/12 degree of {time} is not stored; build it with `goms sample build --kuroshio`")
    return {name: values[0] if values.ndim == 3 else values for name, values in batch.fields.items()}


def stacked(fields: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the five surface fields as (5, h, w) in the head's order."""
    return np.stack([fields[name] for name in SURFACE])


def reads_features(number: int) -> bool:
    """Return whether the sample of that number is trained with features."""
    return number % ONE_WITHOUT != ONE_WITHOUT - 1


@dataclass(frozen=True)
class KuroshioSamples:
    """Pairs on disk as samples: `surface` (1, 5, 120, 230), `detail` (1, 5, 360, 690), and `features` of most."""

    files: Sequence[Path]
    features: Features | None = None

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, number: int) -> Sample:
        path = self.files[number]
        with np.load(path) as pair:
            sample = {name: torch.from_numpy(pair[name].astype(np.float32))[None] for name in ("surface", "detail")}
        if self.features is not None and reads_features(number):
            name, _, date = path.stem.rpartition("__")
            sample["features"] = torch.from_numpy(self.features(name, np.datetime64(date)).astype(np.float32))[None]
        return sample

    def statistics(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return means and deviations (5,) of the fields and the root mean square of the detail, over some of the days."""
        chosen = np.unique(np.linspace(0, len(self) - 1, STATISTICS_DAYS).astype(int))
        samples = [self[int(number)] for number in chosen]
        fields = np.concatenate([sample["surface"].numpy() for sample in samples])
        wet = kuroshio_grid().wet_surface
        squares = np.stack([(sample["detail"].numpy()[0][:, wet] ** 2).mean(axis=1) for sample in samples])
        return np.nanmean(fields, axis=(0, 2, 3)), np.nanstd(fields, axis=(0, 2, 3)), np.sqrt(squares.mean(axis=0))


class KuroshioObjective:
    """Square errors of value and slope over wet cells, by area, in units of the errors of bicubic interpolation.

    Wavelength bands with less power than in the interpolation and in the reference add to the loss.
    """

    def __init__(self) -> None:
        grid = kuroshio_grid()
        weight = np.where(grid.wet_surface, grid.cell_area, 0)
        self.weight = torch.from_numpy(weight / weight.sum()).float()
        self.along, self.across = (self.weight[:, 1:] * self.weight[:, :-1] > 0), (self.weight[1:] * self.weight[:-1] > 0)

    def __call__(self, head: nn.Module, sample: Sample) -> Score:
        """Return the score of a head on one sample; loss 1 is bicubic interpolation."""
        assert isinstance(head, Downscaling)
        here = {name: values.to(head.detail.device) for name, values in sample.items()}
        detail = here["detail"] / head.detail
        error = head.correction(here["surface"], here.get("features")) - detail
        values, slopes = (a / b.clamp_min(1e-9) for a, b in zip(self._squares(error), self._squares(detail), strict=True))
        loss = (1 - GRADIENT_SHARE) * values.mean() + GRADIENT_SHARE * slopes.mean()
        base = head.interpolated(here["surface"])[0] / head.detail
        fields = base + error[0] + detail[0], base, base + torch.where(head.wet, detail[0], 0.0)
        ours, interpolated, wanted = (self._strengths(field, head.wet) for field in fields)
        damping = ((1 - ours / torch.minimum(interpolated, wanted)).clamp_min(0) ** 2).mean()
        ratios = {name: float(value) ** 0.5 for name, value in zip(SURFACE, values.detach(), strict=True)}
        return Score(loss + SPECTRAL_WEIGHT * damping, 1.0, ratios)

    def _strengths(self, field: torch.Tensor, wet: torch.Tensor) -> torch.Tensor:
        """Return the root mean square (bands, 5) of each band of wavelengths in a field (5, h, w)."""
        result = []
        for cells, low, high in WAVELENGTH_BANDS:
            sea = functional.avg_pool2d(wet[None].float(), cells) > 0.999
            band = functional.avg_pool2d(torch.where(wet, field, 0.0), cells).where(sea, 0.0)
            finer = finer_than_passes(band, sea, high)
            finest = finer_than_passes(band, sea, low) if low else torch.zeros_like(band)
            part = (finer - crop(finest, high - low)) * crop(sea, high)
            result.append(((part**2).sum((1, 2)) / crop(sea, high).sum()).sqrt())
        return torch.stack(result)

    def _squares(self, field: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return means (5,) over wet cells of the squares of (1, 5, h, w) and of its steps from cell to cell."""
        weight, along, across = (mask.to(field.device) for mask in (self.weight, self.along, self.across))
        field = torch.where(weight > 0, field, 0.0)[0]
        east, north = field[..., 1:] - field[..., :-1], field[:, 1:] - field[:, :-1]
        slopes = (east**2 * along).sum((1, 2)) + (north**2 * across).sum((1, 2))
        return (field**2 * weight).sum((1, 2)), slopes / along.sum()


def task(model: Forecaster, features: FeatureStore, series: Sequence[DaySeries], progress: Progress = no_progress) -> HeadTask:
    """Return what the training of the head on nested days of `series` needs; raises InputError where there are none."""
    files: list[Path] = []
    shown: list[tuple[DaySeries, list[np.datetime64]]] = []
    days: dict[str, list[str]] = {}
    for each in series:
        if not (stored := _days(each)):
            continue
        shown.append((each, [time for number, time in enumerate(stored, len(files)) if reads_features(number)]))
        files += write_pairs(each, stored, home() / "training" / "kuroshio-pairs", progress)
        days[each.name] = [day_name(each, stored[0]), day_name(each, stored[-1])]
    if not files:
        raise InputError(
            f"no nested days for training in {len(series)} series; build them with `goms sample build --days 330 --seed 2 "
            "--kuroshio 150`"
        )
    for each, wanted in shown:
        features.fill(each, wanted, model, progress)
    samples = KuroshioSamples(files, features)
    shape = DownscalingShape(features=model.network.preset.decoder_width, patch=model.network.preset.patch)
    card = HeadCard("kuroshio", shape.to_dict(), kuroshio_grid(), model.provenance["weights_sha256"])
    torch.manual_seed(0)
    head = Downscaling(shape, samples.statistics())
    return HeadTask(head, samples, KuroshioObjective(), PLAN, card, {"days": days}, "Kuroshio 1/12 degree", "bicubic")


def _days(series: DaySeries) -> list[np.datetime64]:
    """Return the nested training days of a series, `DAYS_APART` apart from its first day."""
    stored, allowed = series.head_times("kuroshio"), series.training_times()
    if not (stored.size and allowed.size):
        return []
    return list(stored[(stored >= allowed[0]) & ((stored - series.times()[0]).astype(int) % DAYS_APART == 0)])
