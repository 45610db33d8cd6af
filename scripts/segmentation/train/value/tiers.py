"""Which measure tells the spend of the next quarter apart in tiers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from segmentation.train.arrays import Booleans, Floats, Integers

WINSORISED_AT = 0.99
RESAMPLES = 1_000
SEED = 5


class TierMeasure(StrEnum):
    """What the value tiers cut."""

    SPEND = "spend_90d"
    EXPECTED = "expected_value"
    COMBINED = "combined_spend"


@dataclass(frozen=True)
class TierComparison:
    """What tiers of each measure explained of later spend.

    Attributes:
        explained: Share of the variance explained, by measure.
        more: Central 95% of the best trained measure's share less that of the last 90
            days' spend, over resampled customers (percentile bootstrap; Efron and
            Tibshirani, 1993).
        customers: Customers compared.
    """

    explained: Mapping[TierMeasure, float]
    more: tuple[float, float]
    customers: int

    @property
    def best_trained(self) -> TierMeasure:
        """The measure that explains most of those that need training."""
        trained = [each for each in self.explained if each is not TierMeasure.SPEND]
        return max(trained, key=lambda measure: self.explained[measure])

    @property
    def winner(self) -> TierMeasure:
        """A trained measure where it explains more, else the plain rule."""
        best = self.best_trained
        if self.explained[best] > self.explained[TierMeasure.SPEND]:
            return best
        return TierMeasure.SPEND


def compare_tiers(
    measures: Mapping[TierMeasure, Floats],
    later_spend: Floats,
    top_shares: Sequence[float],
) -> TierComparison:
    """Cut customers by each measure and compare with what they spent afterwards.

    Args:
        measures: What was known or expected before, each of shape (customers,); spend
            of the last 90 days is one of them.
        later_spend: Spend of the period after.
        top_shares: Shares of customers from the top at which tiers end, rising.
    """
    # Resamples name rows by number: the same ones whatever order they come in.
    order = np.lexsort((later_spend, *measures.values()))
    outcome = np.minimum(later_spend, np.quantile(later_spend, WINSORISED_AT))[order]
    is_dormant = measures[TierMeasure.SPEND][order] <= 0
    tiers = {
        name: tiers_of(measure[order], is_dormant, top_shares)
        for name, measure in measures.items()
    }
    found = {name: explained(each, outcome) for name, each in tiers.items()}
    point = TierComparison(found, (0.0, 0.0), int(outcome.size))
    best, plain = tiers[point.best_trained], tiers[TierMeasure.SPEND]
    generator = np.random.default_rng(SEED)
    more = []
    for _ in range(RESAMPLES):
        rows = generator.integers(0, outcome.size, outcome.size)
        more.append(
            explained(best[rows], outcome[rows]) - explained(plain[rows], outcome[rows])
        )
    low, high = np.quantile(more, [0.025, 0.975])
    return replace(point, more=(float(low), float(high)))


def tiers_of(
    measure: Floats, is_dormant: Booleans, top_shares: Sequence[float]
) -> Integers:
    """Return tiers from 0, the highest, as the warehouse cuts them.

    A cut belongs to the tier above it; of cuts that coincide the lowest counts; who
    spent nothing is in the last, below all.
    """
    values = np.sort(measure)
    places = [
        max(int(np.ceil((1 - share) * values.size)) - 1, 0) for share in top_shares
    ]
    cuts = values[places]
    tiers = np.full(measure.size, len(top_shares))
    for tier in reversed(range(len(top_shares))):
        is_lowest = tier == len(top_shares) - 1 or cuts[tier] > cuts[tier + 1]
        if is_lowest:
            tiers[measure >= cuts[tier]] = tier
    tiers[is_dormant] = len(top_shares)
    return tiers


def explained(groups: Integers, outcome: Floats) -> float:
    """Return the share of the outcome's variance that lies between groups."""
    total = float(((outcome - outcome.mean()) ** 2).sum())
    if total == 0:
        return 0.0
    counts = np.bincount(groups)
    sums = np.bincount(groups, weights=outcome)
    means = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
    return float((counts * (means - outcome.mean()) ** 2).sum()) / total
