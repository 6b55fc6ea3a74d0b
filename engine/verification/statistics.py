"""Statistics of cells, which are averaged before roots and ratios are taken."""

from collections.abc import Mapping

import numpy as np


def cell_statistics(prediction: np.ndarray, target: np.ndarray, climatology: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Return the statistics (h, w) float32 of a prediction and its target (h, w); error is prediction minus target.

    `error` and `squared_error` always; with the day-of-year `climatology` (h, w) also `anomaly_product`,
    `squared_prediction_anomaly` and `squared_target_anomaly`. A cell missing in any input is missing in every statistic:
    land with zero error would lower every score, and different masks would make scores incomparable.
    """
    error = prediction - target
    if climatology is None:
        return {"error": error, "squared_error": error * error}
    predicted, observed = prediction - climatology, target - climatology
    error = predicted - observed
    return {
        "error": error,
        "squared_error": error * error,
        "anomaly_product": predicted * observed,
        "squared_prediction_anomaly": predicted * predicted,
        "squared_target_anomaly": observed * observed,
    }


def metrics(means: Mapping[str, float]) -> dict[str, float | None]:
    """Return `rmse`, `bias` and `acc` of mean statistics; `acc` is None where no climatology went into them.

    ACC is NaN where a forecast equals the climatology: it has no anomaly to correlate.
    """
    found = metric_arrays({name: np.asarray(value) for name, value in means.items()})
    return {name: float(found[name]) if name in found else None for name in ("rmse", "bias", "acc")}


def metric_arrays(means: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return `rmse`, `bias` and, where a climatology went into them, `acc` of mean statistics of any one shape.

    The square root is taken here, last: a mean of the roots of single days would flatter a forecast that fails on a few. ACC is
    the uncentred anomaly correlation against the seasonal climatology (WMO manual on forecast verification).
    """
    found = {"rmse": np.sqrt(means["squared_error"]), "bias": means["error"]}
    if "anomaly_product" in means:
        size = np.sqrt(means["squared_prediction_anomaly"] * means["squared_target_anomaly"])
        with np.errstate(divide="ignore", invalid="ignore"):
            found["acc"] = np.where(size > 0, means["anomaly_product"] / size, np.nan)
    return found
