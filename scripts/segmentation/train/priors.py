"""How many of all pairs of records are one person's, and how many a household's."""

from dataclasses import dataclass

import numpy as np

from segmentation.comparisons import SHARED_BLOCKS
from segmentation.train.expectation import Fit
from segmentation.train.likelihood import HOUSEHOLD, MATCH, STRANGER, log_table
from segmentation.train.patterns import Patterns

TOLERANCE = 1e-9
MAX_ITERATIONS = 500
SMALLEST_SHARE = 1e-15


@dataclass(frozen=True)
class Priors:
    """Shares of the classes in all pairs of records.

    Attributes:
        match: Pairs of one person.
        household: Pairs of two persons of one household.
        ratio: Matches per household pair in the blocks of shared identifiers; null if
            there are none.
    """

    match: float
    household: float
    ratio: float | None

    @property
    def stranger(self) -> float:
        """All other pairs."""
        return 1 - self.match - self.household


def find_priors(patterns: Patterns, fit: Fit) -> Priors:
    """Find the shares that the posteriors of the candidates add up to.

    Pairs that are no candidates count as strangers. Blocking finds households less
    surely than matches, so there are at least as many of them to a match as among the
    pairs of shared identifiers.
    """
    candidates = patterns.candidates
    logs = np.zeros((len(candidates.counts), 3))
    for comparison in patterns.comparisons:
        table = log_table(comparison, fit.classes)
        logs += table[candidates.levels[comparison.name]]
    likelihood = np.exp(logs[:, [MATCH, HOUSEHOLD]] - logs[:, [STRANGER]])
    ratio = _ratio(fit)
    match = household = 1 / patterns.record_count
    for _ in range(MAX_ITERATIONS):
        weighted = likelihood * (match, household)
        posterior = weighted / (weighted.sum(axis=1, keepdims=True) + 1)
        expected = (posterior * candidates.counts[:, None]).sum(axis=0)
        next_match, next_household = (float(x) for x in expected / patterns.pair_total)
        next_match = max(next_match, SMALLEST_SHARE)
        next_household = max(next_household, SMALLEST_SHARE)
        if ratio is not None:
            next_household = max(next_household, next_match / ratio)
        is_found = abs(next_match - match) < TOLERANCE * match
        match, household = next_match, next_household
        if is_found:
            break
    return Priors(match, household, ratio)


def _ratio(fit: Fit) -> float | None:
    """Return matches per household pair, as if each pair had the identifier."""
    matches, households, _ = fit.classes
    logs = [
        np.log(shares[MATCH] / shares[HOUSEHOLD])
        + np.log(households[block][-1] / matches[block][-1])
        for block, shares in fit.shares.items()
        if block in SHARED_BLOCKS and block in matches
    ]
    return float(np.exp(np.mean(logs))) if logs else None
