"""Which of two measures tells the spend of the next quarter apart in tiers."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from segmentation.train.arrays import Booleans, Floats, Integers

WINSORISED_AT = 0.99


class TierMeasure(StrEnum):
    """What the value tiers cut."""

    SPEND = "spend_90d"
    EXPECTED = "expected_value"


@dataclass(frozen=True)
class TierComparison:
    """What tiers of each measure explained of later spend.

    Attributes:
        spend: Share of the variance explained by tiers of the last 90 days' spend.
        expected: The same by tiers of expected value.
        customers: Customers compared.
    """

    spend: float
    expected: float
    customers: int

    @property
    def winner(self) -> TierMeasure:
        """Expected value where it explains more, else the plain rule."""
        if self.expected > self.spend:
            return TierMeasure.EXPECTED
        return TierMeasure.SPEND


def compare_tiers(
    spend_90d: Floats,
    expected_value: Floats,
    later_spend: Floats,
    top_shares: Sequence[float],
) -> TierComparison:
    """Cut customers by both measures and compare with what they spent afterwards.

    Args:
        spend_90d: Spend of the 90 days before, shape (customers,).
        expected_value: What the model expected.
        later_spend: Spend of the period after.
        top_shares: Shares of customers from the top at which tiers end, rising.
    """
    outcome = np.minimum(later_spend, np.quantile(later_spend, WINSORISED_AT))
    is_dormant = spend_90d <= 0
    return TierComparison(
        explained(tiers_of(spend_90d, is_dormant, top_shares), outcome),
        explained(tiers_of(expected_value, is_dormant, top_shares), outcome),
        int(outcome.size),
    )


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
