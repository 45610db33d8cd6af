"""Learns how often levels occur, by expectation maximisation over pattern counts.

Fellegi and Sunter (1969) with three latent classes of pairs instead of two: records of
the same person, of two persons of one household, and of strangers. Comparisons are
independent within a class. Every block has its own shares of the classes and leaves out
what its key fixes; random pairs teach what strangers are like, and nothing else. Only
what is said of strangers who agree, whom random pairs do not show, comes from blocks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from segmentation.comparisons import Comparison
from segmentation.train.arrays import Floats
from segmentation.train.likelihood import (
    HOUSEHOLD,
    MATCH,
    STRANGER,
    Probabilities,
    posteriors,
)
from segmentation.train.patterns import RANDOM, PatternCounts, Patterns

TOLERANCE = 1e-7
MAX_ITERATIONS = 500
# Half a pair of each level: what was never seen stays possible (Jeffreys, 1946).
CLASS_PSEUDO_COUNT = 0.5
STRANGER_PSEUDO_COUNT = 0.5
SMALLEST_SHARE = 1e-9
BLOCK_START = (0.4, 0.2, 0.4)


@dataclass(frozen=True)
class Start:
    """Where the search begins.

    Attributes:
        match: Probability of exact agreement for one person.
        household: The same for two of a household, where they tend to agree.
    """

    match: float
    household: float


STARTS = tuple(Start(m, h) for m in (0.9, 0.7) for h in (0.7, 0.4))


@dataclass(frozen=True)
class Fit:
    """What a search found.

    Attributes:
        start: Where it began.
        classes: Probability of each level, shape (levels,), by comparison, for each
            of the classes match, household and stranger.
        shares: Share of the classes in each block, shape (3,).
        log_likelihood: Of all blocks together, natural logarithm.
        iterations: Steps that it took.
        has_converged: Whether the last step changed next to nothing.
    """

    start: Start
    classes: tuple[Probabilities, Probabilities, Probabilities]
    shares: Mapping[str, Floats]
    log_likelihood: float
    iterations: int
    has_converged: bool


def fit_all(
    patterns: Patterns,
    starts: Sequence[Start] = STARTS,
    max_iterations: int = MAX_ITERATIONS,
) -> tuple[Fit, ...]:
    """Search from each start; the best fit comes first.

    What a last step may change decides nothing: of fits that are as good, the first
    that was begun is the best.
    """
    fits = [_fit(patterns, start, max_iterations) for start in starts]
    highest = max(fit.log_likelihood for fit in fits)
    least = highest - TOLERANCE * abs(highest)
    best = next(fit for fit in fits if fit.log_likelihood >= least)
    return (best, *(fit for fit in fits if fit is not best))


def _fit(patterns: Patterns, start: Start, max_iterations: int) -> Fit:
    comparisons = patterns.comparisons
    names = [RANDOM, *patterns.blocks]
    pairs, block = _joined([patterns.random, *patterns.blocks.values()], comparisons)
    is_random = block == 0
    strangers = {
        c.name: _stranger(c, patterns.random.by_level(c), patterns.pair_total)
        for c in comparisons
    }
    matches = {c.name: _exact(c, start.match) for c in comparisons}
    households = {
        c.name: _household(c, _exact(c, start.household), strangers[c.name])
        for c in comparisons
    }
    once = 1 / patterns.record_count
    shares = np.array([(once, once, 1 - 2 * once), *[BLOCK_START] * (len(names) - 1)])
    last, step, has_converged = -np.inf, 0, False
    while step < max_iterations and not has_converged:
        step += 1
        posterior, log_likelihood = posteriors(
            pairs, comparisons, (matches, households, strangers), np.log(shares)[block]
        )
        expected = posterior * pairs.counts[:, None]
        shares = _shares(expected, block, len(names))
        of_blocks = np.where(is_random[:, None], 0.0, posterior)
        of_random = np.where(is_random, posterior[:, STRANGER], 0.0)
        for c in comparisons:
            strangers[c.name] = (
                _share(pairs.by_level(c, of_blocks[:, STRANGER]))
                if c.is_common_among_strangers
                else _stranger(c, pairs.by_level(c, of_random), patterns.pair_total)
            )
            matches[c.name] = _share(pairs.by_level(c, of_blocks[:, MATCH]))
            households[c.name] = _household(
                c,
                _share(pairs.by_level(c, of_blocks[:, HOUSEHOLD])),
                strangers[c.name],
            )
        has_converged = abs(log_likelihood - last) < TOLERANCE * abs(log_likelihood)
        last = log_likelihood
    return Fit(
        start,
        (matches, households, strangers),
        dict(zip(names, shares, strict=True)),
        last,
        step,
        has_converged,
    )


def _joined(
    parts: Sequence[PatternCounts], comparisons: Sequence[Comparison]
) -> tuple[PatternCounts, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    levels = {
        c.name: np.concatenate([part.levels[c.name] for part in parts])
        for c in comparisons
    }
    counts = np.concatenate([part.counts for part in parts])
    block = np.repeat(np.arange(len(parts)), [len(part.counts) for part in parts])
    return PatternCounts(levels, counts), block


def _shares(expected: Floats, block: np.ndarray, count: int) -> Floats:
    sums = np.stack([np.bincount(block, of, count) for of in expected.T], axis=1)
    shares = sums / np.maximum(sums.sum(axis=1, keepdims=True), SMALLEST_SHARE)
    at_least: Floats = np.maximum(shares, SMALLEST_SHARE)
    return at_least


def _exact(comparison: Comparison, probability: float) -> Floats:
    rest = (1 - probability) / (comparison.size - 1)
    return np.array([*[rest] * (comparison.size - 1), probability])


def _share(counts: Floats) -> Floats:
    share: Floats = counts + CLASS_PSEUDO_COUNT
    share /= share.sum()
    return share


def _stranger(comparison: Comparison, counts: Floats, pair_total: int) -> Floats:
    if comparison.is_flag:
        return np.full(comparison.size, 1 / comparison.size)
    share: Floats = counts + STRANGER_PSEUDO_COUNT
    if comparison.is_identifier:
        # Random pairs are too few to see two strangers with one identifier.
        share[-1] = share[:-1].sum() / (pair_total - 1)
    share /= share.sum()
    return share


def _household(comparison: Comparison, own: Floats, stranger: Floats) -> Floats:
    if comparison.is_common_in_household:
        return own
    twins = np.zeros(comparison.size)
    twins[-1] = comparison.twin_share
    return (1 - comparison.twin_share) * stranger + twins
