"""K-means that gives the same clusters on every run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from segmentation.errors import ExtraMissingError
from segmentation.train.arrays import Floats, Integers

LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Clustering:
    """Clusters of points.

    Attributes:
        centroids: Shape (clusters, features).
        labels: Cluster of each point, from 0, shape (points,).
        inertia: Sum of squared distances to the centroids.
    """

    centroids: Floats
    labels: Integers
    inertia: float


def cold_start(
    points: Floats, count: int, starts: int, random: np.random.Generator
) -> Clustering:
    """Return the best of several starts (k-means++).

    Raises:
        ExtraMissingError: scikit-learn is not installed.
    """
    return _fit(points, count, "k-means++", starts, random)


def warm_start(points: Floats, centroids: Floats) -> Clustering:
    """Return the clusters that are reached from known centroids.

    Raises:
        ExtraMissingError: scikit-learn is not installed.
    """
    random = np.random.default_rng(0)
    return _fit(points, len(centroids), centroids, 1, random)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let k-means use one thread: several add up in the order in which they come.

    Raises:
        ExtraMissingError: scikit-learn is not installed.
    """
    try:
        # Only what is loaded can be limited.
        import sklearn.cluster  # noqa: F401
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise ExtraMissingError("scikit-learn", "train") from error
    with threadpool_limits(limits=1):
        yield


def nearest(points: Floats, centroids: Floats) -> Integers:
    """Return the number of the nearest centroid; the first of those that tie."""
    distances = np.stack(
        [np.square(points - centroid).sum(axis=1) for centroid in centroids], axis=1
    )
    labels: Integers = distances.argmin(axis=1).astype(np.int64)
    return labels


def _fit(
    points: Floats,
    count: int,
    init: str | Floats,
    starts: int,
    random: np.random.Generator,
) -> Clustering:
    try:
        from sklearn.cluster import KMeans
    except ImportError as error:
        raise ExtraMissingError("scikit-learn", "train") from error
    model = KMeans(
        n_clusters=count,
        init=init,
        n_init=starts,
        random_state=int(random.integers(LARGEST_SEED)),
    ).fit(points)
    return Clustering(
        np.asarray(model.cluster_centers_, dtype=np.float64),
        np.asarray(model.labels_, dtype=np.int64),
        float(model.inertia_),
    )
