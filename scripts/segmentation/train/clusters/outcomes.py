"""What clusters are for: they should tell what customers do next."""

import numpy as np

from segmentation.train.arrays import Floats
from segmentation.train.clusters.kmeans import Clustering
from segmentation.train.clusters.panel import Period, standardised


def learn_weights(coordinates: Floats, period: Period) -> Floats:
    """Return how much each feature says about the quarter after it.

    The weight is the root of the share of variance of an outcome that the feature
    explains alone, less what chance would, on average over outcomes; scaled so that the
    mean squared weight is 1.

    Args:
        coordinates: Standardised features, shape (customers, features).
        period: The same customers with their outcomes.
    """
    outcomes = standardised(period.outcomes)
    count = len(coordinates)
    deviations = coordinates.std(axis=0)
    centred = coordinates - coordinates.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlations = (centred.T @ outcomes) / (count * deviations[:, None])
    explained = np.nan_to_num(np.square(correlations))
    beyond_chance = np.maximum(explained - (1 - explained) / (count - 2), 0)
    shares = (
        beyond_chance.mean(axis=1) if outcomes.shape[1] else np.zeros(len(deviations))
    )
    total = shares.sum()
    if total == 0:
        return np.zeros_like(shares)
    weights: Floats = np.sqrt(shares * len(shares) / total)
    return weights


def held_out_shares(clustering: Clustering, period: Period, folds: int) -> Floats:
    """Return what clusters explain of outcomes they have not seen, by fold.

    The mean outcome of a cluster is taken from the other folds.

    Args:
        clustering: Clusters of the customers of the period.
        period: These customers with their outcomes.
        folds: Number of parts; every so many customers form one.
    """
    outcomes = standardised(period.outcomes)
    part = np.arange(len(outcomes)) % folds
    count = len(clustering.centroids)
    shares = []
    for fold in range(folds):
        own = part == fold
        learned = clustering.labels[~own]
        sizes = np.bincount(learned, minlength=count)
        sums = np.stack(
            [
                np.bincount(learned, weights=column, minlength=count)
                for column in outcomes[~own].T
            ],
            axis=1,
        )
        means = sums / np.maximum(sizes, 1)[:, None]
        missed = np.square(outcomes[own] - means[clustering.labels[own]]).sum(axis=0)
        total = np.square(outcomes[own] - outcomes[~own].mean(axis=0)).sum(axis=0)
        shares.append(float((1 - missed / total).mean()))
    return np.array(shares)
