"""How likely patterns of agreement are in each class of pairs."""

from collections.abc import Mapping, Sequence

import numpy as np

from segmentation.comparisons import Comparison
from segmentation.train.arrays import Floats
from segmentation.train.patterns import PatternCounts

MATCH, HOUSEHOLD, STRANGER = range(3)
SMALLEST_PROBABILITY = 1e-12

# Probability of each level, shape (levels,), by comparison.
Probabilities = Mapping[str, Floats]


def posteriors(
    pairs: PatternCounts,
    comparisons: Sequence[Comparison],
    classes: Sequence[Probabilities],
    log_shares: Floats,
) -> tuple[Floats, float]:
    """Return the probability of each class and the log likelihood of all pairs.

    Args:
        pairs: Pairs by pattern.
        comparisons: What counts.
        classes: Probabilities of the levels for each of the classes.
        log_shares: Logarithm of the classes' shares, shape (patterns, classes).

    Returns:
        Probabilities of shape (patterns, classes), and the log likelihood.
    """
    joint = log_shares.copy()
    for comparison in comparisons:
        joint += log_table(comparison, classes)[pairs.levels[comparison.name]]
    highest = joint.max(axis=1, keepdims=True)
    likelihood = np.exp(joint - highest)
    total = likelihood.sum(axis=1, keepdims=True)
    logs = highest[:, 0] + np.log(total[:, 0])
    return likelihood / total, float((pairs.counts * logs).sum())


def log_table(comparison: Comparison, classes: Sequence[Probabilities]) -> Floats:
    """Return log probabilities by level and class; not observed says nothing."""
    known = np.stack([by_name[comparison.name] for by_name in classes], axis=1)
    logs = np.log(np.maximum(known, SMALLEST_PROBABILITY))
    return np.concatenate([logs, np.zeros((1, len(classes)))])
