"""Turns what was learned into weights in bits, as they are published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from segmentation.comparisons import Comparison
from segmentation.train.arrays import Floats
from segmentation.train.expectation import Fit
from segmentation.train.likelihood import HOUSEHOLD, MATCH, STRANGER, log_table
from segmentation.train.patterns import Patterns
from segmentation.train.priors import Priors

PRIOR = "prior"
DECISION = "threshold"
CAP = 40.0
WEIGHT_DECIMALS = 4
# A level seen in fewer matches says too little of its own.
ENOUGH_PAIRS = 5
# A wrong merge mixes two customers and costs four missed ones, which merely stay
# apart: merging has the smaller expected loss from a probability of 4 / 5 on.
WRONG_MERGE_COST = 4
THRESHOLD = WRONG_MERGE_COST / (WRONG_MERGE_COST + 1)


@dataclass(frozen=True)
class Weight:
    """One row of the published weights; null where it means nothing.

    Attributes:
        comparison: What is compared, `prior` or `threshold`.
        level: Level of the comparison.
        match: Probability of the level for records of one person.
        household: The same for two persons of one household.
        stranger: The same for strangers.
        against_stranger: Bits of evidence for one person against strangers.
        against_household: The same against two of a household.
    """

    comparison: str
    level: int
    match: float
    household: float | None = None
    stranger: float | None = None
    against_stranger: float | None = None
    against_household: float | None = None


@dataclass(frozen=True)
class Expectations:
    """What the weights promise for the candidates at the threshold.

    Attributes:
        matches: Expected number of pairs of one person.
        merged: Pairs at or above the threshold.
        true_merged: Expected number of those that are of one person.
    """

    matches: float
    merged: int
    true_merged: float

    @property
    def false_merged(self) -> float:
        """Expected number of merged pairs that are not of one person."""
        return self.merged - self.true_merged

    @property
    def precision(self) -> float | None:
        """Share of merged pairs that are right; null when none is merged."""
        return self.true_merged / self.merged if self.merged else None

    @property
    def recall(self) -> float | None:
        """Share of the candidates' matches that are merged; null without matches."""
        return self.true_merged / self.matches if self.matches else None


def make_weights(patterns: Patterns, fit: Fit, priors: Priors) -> tuple[Weight, ...]:
    """Return the rows to publish: prior, threshold, then comparisons by level."""
    rows = [
        Weight(
            PRIOR,
            0,
            priors.match,
            priors.household,
            priors.stranger,
            bits(priors.match, priors.stranger),
            bits(priors.match, priors.household),
        ),
        Weight(DECISION, 0, THRESHOLD),
    ]
    expected = matches_by_level(patterns, fit, priors)
    for comparison in patterns.comparisons:
        match, household, stranger = (of[comparison.name] for of in fit.classes)
        for group in _groups(comparison, expected[comparison.name]):
            m, h, u = (float(p[group].sum()) for p in (match, household, stranger))
            rows += [
                Weight(
                    comparison.name,
                    level,
                    float(match[level]),
                    float(household[level]),
                    float(stranger[level]),
                    bits(m, u),
                    bits(m, h),
                )
                for level in group
            ]
    return tuple(rows)


def bits(likely: float, otherwise: float) -> float:
    """Return the capped binary logarithm of a ratio of probabilities."""
    smallest = 2.0**-100
    value = np.log2(max(likely, smallest) / max(otherwise, smallest))
    # Adding zero makes a negative zero positive, which prints alike everywhere.
    return round(float(np.clip(value, -CAP, CAP)), WEIGHT_DECIMALS) + 0.0


def matches_by_level(
    patterns: Patterns, fit: Fit, priors: Priors
) -> Mapping[str, Floats]:
    """Return the expected matches among the candidates, by comparison and level."""
    candidates = patterns.candidates
    shares = (priors.match, priors.household, priors.stranger)
    logs = np.tile(np.log(shares), (len(candidates.counts), 1))
    for comparison in patterns.comparisons:
        table = log_table(comparison, fit.classes)
        logs += table[candidates.levels[comparison.name]]
    against = [logs[:, other] - logs[:, MATCH] for other in (HOUSEHOLD, STRANGER)]
    probability = _probability(*against)
    return {
        comparison.name: candidates.by_level(comparison, probability)
        for comparison in patterns.comparisons
    }


def expect(patterns: Patterns, weights: Sequence[Weight]) -> Expectations:
    """Apply published weights to the candidates and count what they promise."""
    candidates = patterns.candidates
    by_row = {(row.comparison, row.level): row for row in weights}
    prior = by_row[PRIOR, 0]
    shape = len(candidates.counts)
    stranger = np.full(shape, prior.against_stranger)
    household = np.full(shape, prior.against_household)
    for comparison in patterns.comparisons:
        rows = [by_row[comparison.name, level] for level in range(comparison.size)]
        levels = candidates.levels[comparison.name]
        stranger += np.array([*(r.against_stranger for r in rows), 0.0])[levels]
        household += np.array([*(r.against_household for r in rows), 0.0])[levels]
    natural = np.log(2)
    probability = _probability(-household * natural, -stranger * natural)
    is_merged = probability >= by_row[DECISION, 0].match
    counts = candidates.counts
    return Expectations(
        float((counts * probability).sum()),
        round(float(counts[is_merged].sum())),
        float((counts * probability)[is_merged].sum()),
    )


def _probability(household: Floats, stranger: Floats) -> Floats:
    """Return the probability of a match from log odds of the others against it."""
    against = np.logaddexp(household, stranger)
    probability: Floats = np.exp(-np.logaddexp(0, against))
    return probability


def _groups(comparison: Comparison, expected: Floats) -> list[list[int]]:
    """Return levels that share a weight: those too rare join the one beneath."""
    groups = [[0]]
    for level in range(1, comparison.size):
        if comparison.is_ordered and expected[level] < ENOUGH_PAIRS:
            groups[-1].append(level)
        else:
            groups.append([level])
    return groups
