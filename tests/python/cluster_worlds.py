"""Customers at three dates, with clusters that were planted or with none at all."""

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from segmentation.train.clusters.panel import Panel, Period

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
DATES = (date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30))
SHARES = (0.30, 0.25, 0.20, 0.15, 0.10)
FEATURES, NOISE_FEATURES, OUTCOMES = 10, 2, 3
# How much of what is particular to a customer stays from quarter to quarter.
PERSISTENCE = 0.8


def planted(
    silhouette: float, count: int, random: np.random.Generator
) -> tuple[Panel, Integers]:
    """Return five clusters of the mean silhouette, and who belongs to which.

    A fifth of the features is noise; it counts in the silhouette.
    """
    members = random.permutation(
        np.repeat(np.arange(len(SHARES)), [round(share * count) for share in SHARES])
    )
    centres = random.standard_normal((len(SHARES), FEATURES))
    centres[:, FEATURES - NOISE_FEATURES :] = 0
    later = random.standard_normal((len(SHARES), OUTCOMES))
    noise = _noise(np.eye(FEATURES), len(members), random)
    distance = _distance(silhouette, centres, members, noise[0])
    logs = [distance * centres[members] + part for part in noise]
    outcomes = [
        later[members] + random.standard_normal((len(members), OUTCOMES))
        for _ in range(2)
    ]
    return _panel(logs, outcomes), members


def gaussian(count: int, random: np.random.Generator) -> Panel:
    """Return a correlated Gaussian cloud that predicts the quarter after it."""
    return _predicting(_noise(_covariance(random), count, random), random)


def copula(count: int, random: np.random.Generator) -> Panel:
    """Return counts, shares and amounts as shops have them, tied by rank alone."""
    values = np.stack(
        [
            random.gamma(1.5, 4, count),
            random.poisson(random.gamma(0.5, 4, count)).astype(float),
            random.lognormal(3, 0.8, count),
            random.beta(1, 6, count),
            random.beta(2, 2, count),
            np.where(random.random(count) < 0.6, 0, random.beta(2, 3, count)),
            random.poisson(random.gamma(0.8, 10, count)).astype(float),
            random.gamma(9, 0.2, count),
            np.where(random.random(count) < 0.4, 0, random.poisson(5, count)),
            random.normal(10, 1, count),
        ],
        axis=1,
    )
    marginals = np.sort(np.log1p(np.maximum(values, 0)), axis=0)
    logs = []
    for drawn in _noise(_covariance(random), count, random):
        ranks = drawn.argsort(axis=0).argsort(axis=0)
        logs.append(np.take_along_axis(marginals, ranks, axis=0))
    return _predicting(logs, random)


def gradient(count: int, random: np.random.Generator, steepness: float = 2.0) -> Panel:
    """Return customers spread evenly along one line, with noise around it."""
    along = random.uniform(-1, 1, count)
    line = random.standard_normal(FEATURES) * steepness
    noise = _noise(np.eye(FEATURES), count, random)
    return _predicting([np.outer(along, line) + part for part in noise], random)


NULLS: Mapping[str, Callable[[int, np.random.Generator], Panel]] = {
    "Gaussian": gaussian,
    "copula": copula,
    "gradient": gradient,
}


def _covariance(random: np.random.Generator) -> Floats:
    """Return correlations that two common factors cause."""
    loadings = random.standard_normal((FEATURES, 2))
    covariance = loadings @ loadings.T + np.eye(FEATURES)
    deviations = np.sqrt(np.diag(covariance))
    correlations: Floats = covariance / np.outer(deviations, deviations)
    return correlations


def _noise(covariance: Floats, count: int, random: np.random.Generator) -> list[Floats]:
    factor = np.linalg.cholesky(covariance).T
    lasting = random.standard_normal((count, FEATURES)) @ factor
    return [
        np.sqrt(PERSISTENCE) * lasting
        + np.sqrt(1 - PERSISTENCE) * random.standard_normal((count, FEATURES)) @ factor
        for _ in DATES
    ]


def _predicting(logs: list[Floats], random: np.random.Generator) -> Panel:
    slopes = random.standard_normal((FEATURES, OUTCOMES))
    outcomes = []
    for values in logs[:2]:
        signal = ((values - values.mean(axis=0)) / values.std(axis=0)) @ slopes
        noise = random.standard_normal(signal.shape) * signal.std(axis=0) * 1.5
        outcomes.append(signal + noise)
    return _panel(logs, outcomes)


def _panel(logs: list[Floats], outcomes: list[Floats]) -> Panel:
    return Panel(
        tuple(f"feature_{number}" for number in range(FEATURES)),
        DATES,
        Period(logs[0], outcomes[0]),
        Period(logs[1], outcomes[1]),
        logs[2],
        np.ones(len(logs[2])),
    )


def _distance(
    silhouette: float, centres: Floats, members: Integers, noise: Floats
) -> float:
    """Return how far the centres must be apart for the mean silhouette."""
    from sklearn.metrics import silhouette_score

    few = slice(0, 800)
    low, high = 0.0, 10.0
    for _ in range(12):
        middle = (low + high) / 2
        points = middle * centres[members[few]] + noise[few]
        points = points / points.std(axis=0)
        if silhouette_score(points, members[few]) < silhouette:
            low = middle
        else:
            high = middle
    return high
