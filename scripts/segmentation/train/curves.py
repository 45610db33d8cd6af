"""Fits a saturating response curve to cells of an experiment."""

from dataclasses import dataclass
from math import exp, expm1

import numpy as np
from scipy.optimize import minimize_scalar

from segmentation.train.arrays import Floats
from segmentation.train.errors import CurveNotShownError

# A scale beyond these multiples of the spends tried is a straight line, or a step.
_SCALES = (0.05, 20.0)


@dataclass(frozen=True)
class FittedCurve:
    """most * (1 - exp(-spend / scale)), a row of the seed `response_curves`.

    Attributes:
        most: Most that any spend brings, `return_amount` of the seed.
        scale: Spend that brings 63% of it, `spend_amount`.
        relative_error: Standard error of the curve at the mean spend tried, as a share.
        cells: How many cells it rests on.
    """

    most: float
    scale: float
    relative_error: float
    cells: int


def fit_curve(spend: Floats, returns: Floats) -> FittedCurve:
    """Fit by weighted least squares, errors in proportion to the return.

    For a scale the most follows in closed form, so one number is searched (variable
    projection: Golub and Pereyra, 1973). The error is that of the linearised model.

    Args:
        spend: Money of each cell, of a whole month; shape (n,).
        returns: Margin of each cell, of the same month; shape (n,).

    Raises:
        CurveNotShownError: Fewer than three spends were tried, or the cells show no
            return that levels off.
    """
    tried = np.unique(spend)
    if len(tried) < 3 or tried[0] <= 0:
        raise CurveNotShownError(
            f"{len(tried)} different spends were tried, from {tried.min():g}"
        )

    def weighted(log_scale: float) -> tuple[float, float]:
        shape = -np.expm1(-spend / exp(log_scale))
        # Weights are those of the shape: the error is a share of the return.
        most = float(np.mean(returns / shape))
        return most, float(np.sum((returns / shape - most) ** 2) / most**2)

    middle = float(np.log(tried.mean()))
    low, high = (middle + float(np.log(bound)) for bound in _SCALES)
    best = minimize_scalar(
        lambda x: weighted(x)[1], bounds=(low, high), method="bounded"
    )
    scale = exp(best.x)
    most, squares = weighted(best.x)
    if most <= 0 or min(best.x - low, high - best.x) < 0.01:
        raise CurveNotShownError("the returns of the cells do not level off")
    shape = -np.expm1(-spend / scale)
    # Slopes of the logarithm of the curve in the logarithms of its two numbers.
    bend = spend / scale * np.exp(-spend / scale) / -shape
    slopes = np.column_stack([np.ones_like(bend), bend])
    noise = squares / (len(spend) - 2)
    covariance = noise * np.linalg.inv(slopes.T @ slopes)
    mean = float(spend.mean()) / scale
    at_mean = np.array([1.0, mean * exp(-mean) / expm1(-mean)])
    error = float(np.sqrt(at_mean @ covariance @ at_mean))
    return FittedCurve(most, scale, error, len(spend))
