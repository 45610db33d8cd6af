"""Data without clusters that looks like the customers: what chance alone shows."""

from collections.abc import Callable, Mapping
from statistics import NormalDist

import numpy as np

from segmentation.train.arrays import Floats

# From points, shape (customers, features), to as many points without clusters.
Null = Callable[[Floats, np.random.Generator], Floats]


def gaussian(points: Floats, random: np.random.Generator) -> Floats:
    """Return a Gaussian cloud of the same mean and covariance."""
    drawn: Floats = points.mean(axis=0) + _noise(_covariance(points), points, random)
    return drawn


def copula(points: Floats, random: np.random.Generator) -> Floats:
    """Return a Gaussian copula: the values of each feature, tied by rank alone."""
    scores = np.array([NormalDist().inv_cdf(share) for share in _shares(len(points))])
    normal = np.stack([scores[_mid_ranks(column)] for column in points.T], axis=1)
    drawn = _noise(_correlation(normal), points, random)
    ranks = drawn.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    values: Floats = np.take_along_axis(np.sort(points, axis=0), ranks, axis=0)
    return values


def gradient(points: Floats, random: np.random.Generator) -> Floats:
    """Return one smooth gradient: even along the main axis, Gaussian across it."""
    covariance = _covariance(points)
    variances, axes = np.linalg.eigh(covariance)
    largest, axis = variances[-1], axes[:, -1]
    along = random.uniform(-1, 1, len(points)) * np.sqrt(3 * largest)
    across = _noise(covariance - largest * np.outer(axis, axis), points, random)
    drawn: Floats = points.mean(axis=0) + np.outer(along, axis) + across
    return drawn


NULLS: Mapping[str, Null] = {
    "Gaussian": gaussian,
    "copula": copula,
    "gradient": gradient,
}


def _covariance(points: Floats) -> Floats:
    covariance: Floats = np.atleast_2d(np.cov(points, rowvar=False))
    return covariance


def _correlation(normal: Floats) -> Floats:
    correlation: Floats = np.atleast_2d(np.corrcoef(normal, rowvar=False))
    return correlation


def _noise(covariance: Floats, points: Floats, random: np.random.Generator) -> Floats:
    # By its axes, as a covariance without full rank has no Cholesky factor.
    variances, axes = np.linalg.eigh(covariance)
    factor = axes * np.sqrt(np.maximum(variances, 0))
    noise: Floats = random.standard_normal(points.shape) @ factor.T
    return noise


def _shares(count: int) -> Floats:
    shares: Floats = (np.arange(count) + 0.5) / count
    return shares


def _mid_ranks(column: Floats) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the rank of each value; equal values have the one in their middle."""
    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    middle = (ends - counts + ends - 1) // 2
    ranks: np.ndarray[tuple[int], np.dtype[np.int64]] = middle[place].astype(np.int64)
    return ranks
