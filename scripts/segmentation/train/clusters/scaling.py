"""From values of customers to the points that are clustered."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.train.arrays import Floats
from segmentation.train.clusters.settings import DECIMALS

WINSOR_SHARE = 0.01
CLIP = 3.0
# Half of the customers must show a feature before it says anything about them.
MIN_KNOWN_SHARE = 0.5

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scaling:
    """What turns the logarithm of a value into a coordinate, as it is published.

    Attributes:
        lower: Below it a logarithm counts as this, shape (features,).
        upper: The same above.
        mean: Mean within these bounds.
        scale: Standard deviation within them.
        weight: What one standard deviation counts.
    """

    lower: Floats
    upper: Floats
    mean: Floats
    scale: Floats
    weight: Floats

    def points(self, logs: Floats) -> Floats:
        """Return coordinates, shape (customers, features); unknown lies at the mean."""
        inside = np.minimum(np.maximum(logs, self.lower), self.upper)
        coordinates: Floats = self.weight * ((inside - self.mean) / self.scale)
        return np.where(np.isnan(logs), 0.0, coordinates)


def logarithms(values: Floats) -> Floats:
    """Return ln(1 + value); a value below zero counts as zero."""
    return np.log1p(np.maximum(values, 0.0))


def usable(logs: Floats) -> Flags:
    """Return which features vary and are known of half of the customers or more."""
    known = ~np.isnan(logs)
    enough = known.mean(axis=0) >= MIN_KNOWN_SHARE
    varied = np.array(
        [
            np.unique(column[shown]).size > 1
            for column, shown in zip(logs.T, known.T, strict=True)
        ]
    )
    scales = np.array(
        [
            _bounds(column[shown])[3] if some else 0.0
            for column, shown, some in zip(logs.T, known.T, varied, strict=True)
        ]
    )
    flags: Flags = enough & varied & (scales > 0)
    return flags


def known_enough(logs: Floats) -> Flags:
    """Return which customers show half of the features or more."""
    flags: Flags = 2 * (~np.isnan(logs)).sum(axis=1) >= logs.shape[1]
    return flags


def fit_scaling(logs: Floats, weight: Floats) -> Scaling:
    """Winsorise, standardise and clip, in numbers as they are published.

    Args:
        logs: Logarithms of usable features, shape (customers, features).
        weight: What one standard deviation of each feature counts.
    """
    found = np.array([_bounds(column[~np.isnan(column)]) for column in logs.T])
    lower, upper, mean, scale = found.T
    return Scaling(
        np.round(np.maximum(lower, mean - CLIP * scale), DECIMALS),
        np.round(np.minimum(upper, mean + CLIP * scale), DECIMALS),
        np.round(mean, DECIMALS),
        np.round(scale, DECIMALS),
        np.round(weight, DECIMALS),
    )


def _bounds(known: Floats) -> tuple[float, float, float, float]:
    lower, upper = np.quantile(known, [WINSOR_SHARE, 1 - WINSOR_SHARE])
    inside = np.minimum(np.maximum(known, lower), upper)
    return float(lower), float(upper), float(inside.mean()), float(inside.std())
