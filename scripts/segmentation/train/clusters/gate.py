"""Whether a clustering shows more than data without clusters would."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from segmentation.train.arrays import Floats
from segmentation.train.clusters.agreement import adjusted_rand, crossed
from segmentation.train.clusters.kmeans import Clustering, warm_start
from segmentation.train.clusters.nulls import NULLS, Null
from segmentation.train.clusters.scaling import fit_scaling
from segmentation.train.clusters.settings import Settings
from segmentation.train.clusters.stability import Stability, null_ari, resample


@dataclass(frozen=True)
class Verdict:
    """What one number of clusters shows.

    Attributes:
        count: Number of clusters.
        stability: What resamples make of them.
        smallest: Customers in the smallest one.
        warm_ari: Agreement with what a start from the quarter before ends in.
        warm_inertia: Ratio of the inertias of the two.
        null_bounds: 95th percentile of the resamples' agreement by null; of a null that
            exceeds what is allowed, the least draw that does. Empty where another
            demand failed before.
        failures: Demands that are not met, in words.
    """

    count: int
    stability: Stability
    smallest: int
    warm_ari: float
    warm_inertia: float
    null_bounds: Mapping[str, float]
    failures: tuple[str, ...]


def judge(
    points: Floats,
    weight: Floats,
    cold: Clustering,
    earlier_centroids: Floats,
    settings: Settings,
    random: np.random.Generator,
) -> Verdict:
    """Judge the clusters of points.

    The nulls are drawn last, and only where all else holds: they take most of the time.

    Args:
        points: Weighted coordinates, shape (customers, features).
        weight: Weight of each feature, above zero.
        cold: Their clusters.
        earlier_centroids: Centroids of the quarter before, in the same coordinates.
        settings: What is demanded.
        random: Random numbers of this number of clusters.
    """
    count = len(cold.centroids)
    stability = resample(points, cold, settings, random)
    smallest = int(np.bincount(cold.labels, minlength=count).min())
    warm = warm_start(points, earlier_centroids)
    warm_ari = adjusted_rand(crossed(cold.labels, warm.labels, count, count))
    warm_inertia = warm.inertia / cold.inertia
    failures = []
    for name, found, least in (
        ("agreement of resamples", stability.ari, settings.min_ari),
        ("Jaccard of a cluster", float(stability.jaccards.min()), settings.min_jaccard),
        ("share of the smallest", smallest / len(points), settings.min_share),
        ("agreement of a warm start", warm_ari, settings.min_warm_ari),
    ):
        if found < least:
            failures.append(f"{name} {found:.3f} < {least:.2f}")
    if smallest < settings.min_size and len(points) >= settings.min_size * count:
        failures.append(f"size of the smallest {smallest} < {settings.min_size}")
    if warm_inertia > settings.max_warm_inertia:
        failures.append(
            f"inertia of a warm start {warm_inertia:.4f} > {settings.max_warm_inertia}"
        )
    bounds: dict[str, float] = {}
    if not failures:
        most = stability.ari - settings.min_excess
        for name, null in NULLS.items():
            drawn = _null_draws(points, weight, count, null, settings, random)
            bounds[name] = _percentile(drawn, most, settings)
            if bounds[name] > most:
                failures.append(f"{name} null {bounds[name]:.3f} > {most:.3f}")
                break
    return Verdict(
        count, stability, smallest, warm_ari, warm_inertia, bounds, tuple(failures)
    )


def _null_draws(
    points: Floats,
    weight: Floats,
    count: int,
    null: Null,
    settings: Settings,
    random: np.random.Generator,
) -> Iterator[float]:
    """Yield what the whole procedure shows on data drawn from a null."""
    for _ in range(settings.nulls):
        drawn = null(points, random) / weight
        yield null_ari(
            fit_scaling(drawn, weight).points(drawn), count, settings, random
        )


def _percentile(draws: Iterator[float], most: float, settings: Settings) -> float:
    """Return the 95th percentile, or a value below once it must exceed the bound."""
    found = []
    for value in draws:
        found.append(value)
        above = [value for value in found if value > most]
        if len(above) > settings.allowed_exceedances:
            return min(above)
    return sorted(found)[len(found) - 1 - settings.allowed_exceedances]
