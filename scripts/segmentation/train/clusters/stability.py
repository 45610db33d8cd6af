"""How much of a clustering comes back when other customers of the kind are drawn."""

from dataclasses import dataclass

import numpy as np

from segmentation.train.arrays import Floats
from segmentation.train.clusters.agreement import adjusted_rand, crossed, overlaps
from segmentation.train.clusters.kmeans import Clustering, cold_start, nearest
from segmentation.train.clusters.settings import Settings


@dataclass(frozen=True)
class Stability:
    """What resamples make of a clustering.

    Attributes:
        ari: Mean adjusted Rand index of the resamples and the clustering.
        jaccards: Of each cluster the mean overlap with the most similar one of a
            resample (Hennig, 2007), shape (clusters,).
    """

    ari: float
    jaccards: Floats


def resample(
    points: Floats,
    clustering: Clustering,
    settings: Settings,
    random: np.random.Generator,
) -> Stability:
    """Cluster customers drawn with replacement, and compare on all of them."""
    count = len(clustering.centroids)
    size = min(len(points), settings.resample_size)
    aris, jaccards = [], []
    for _ in range(settings.bootstraps):
        drawn = random.integers(len(points), size=size)
        other = cold_start(points[drawn], count, settings.bootstrap_starts, random)
        labels = nearest(points, other.centroids)
        table = crossed(clustering.labels, labels, count, count)
        aris.append(adjusted_rand(table))
        jaccards.append(overlaps(table).max(axis=1))
    return Stability(float(np.mean(aris)), np.mean(jaccards, axis=0))


def null_ari(
    points: Floats, count: int, settings: Settings, random: np.random.Generator
) -> float:
    """Return the mean adjusted Rand index of points without clusters."""
    clustering = cold_start(points, count, settings.starts, random)
    return resample(points, clustering, settings, random).ari
