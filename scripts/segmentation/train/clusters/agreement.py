"""How well two clusterings of the same customers agree."""

import numpy as np

from segmentation.train.arrays import Floats, Integers


def crossed(one: Integers, other: Integers, count: int, other_count: int) -> Integers:
    """Return how many customers each pair of clusters shares."""
    pairs = np.bincount(one * other_count + other, minlength=count * other_count)
    table: Integers = pairs.reshape(count, other_count).astype(np.int64)
    return table


def adjusted_rand(table: Integers) -> float:
    """Return the Rand index adjusted for chance (Hubert and Arabie, 1985).

    Args:
        table: Customers by cluster of the one and of the other clustering.
    """
    both, one, other = (
        _pairs(table).sum(),
        _pairs(table.sum(axis=1)).sum(),
        _pairs(table.sum(axis=0)).sum(),
    )
    by_chance = one * other / _pairs(table.sum())
    largest = (one + other) / 2
    return (
        float((both - by_chance) / (largest - by_chance))
        if largest > by_chance
        else 1.0
    )


def overlaps(table: Integers) -> Floats:
    """Return the Jaccard coefficient of each pair of clusters, like the table."""
    union = table.sum(axis=1, keepdims=True) + table.sum(axis=0, keepdims=True) - table
    share: Floats = table / np.maximum(union, 1)
    return share


def _pairs(counts: Integers) -> Floats:
    numbers = np.asarray(counts, dtype=np.float64)
    pairs: Floats = numbers * (numbers - 1) / 2
    return pairs
