"""What is known of layers at one origin."""

from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.train.arrays import Floats
from segmentation.train.power.variance import (
    Code,
    Draws,
    Errors,
    Sample,
    Sums,
    by_code,
    by_nothing,
    judge,
)


@dataclass(frozen=True)
class Evidence:
    """Spend by code, all with the same codes.

    Attributes:
        learned: Spend of the period before the origin, by the codes at its start.
        judged: Spend after the origin, by the codes at it.
        known: The same, of those who were buyers all through the period before.
        before: What these spent in the period before, by the codes at the origin.
    """

    learned: Sample
    judged: Sample
    known: Sample
    before: Sample

    @classmethod
    def of(cls, learned: Sums, judged: Sequence[Sums], draws: Draws) -> "Evidence":
        """Draw customers from sums.

        Args:
            learned: Sums at the start of the earlier period.
            judged: Sums at the origin, as `sum_spend` returns them.
            draws: Which customers.
        """
        codes = tuple(sorted({*learned.codes, *judged[0].codes}))
        return cls(*(draws.sample(s.arranged(codes)) for s in (learned, *judged)))

    def at(self, codes: Sequence[Code]) -> "Evidence":
        """Return what is known of some codes."""
        return Evidence(
            self.learned.at(codes),
            self.judged.at(codes),
            self.known.at(codes),
            self.before.at(codes),
        )

    def errors(self) -> Errors:
        """Return errors after the origin of what was learned before it."""
        return judge(self.learned, self.judged, by_code, by_nothing)

    def lead(self) -> Floats:
        """Return how much more of the future the codes explain than of the past.

        Both as it would be with the means of the very period, learned from the other
        half of the customers: what is compared is what the codes know. Who came in the
        course of the earlier period is left out, as it shows a part of their spend.

        Returns:
            Difference of shares of variance, shape (draws,).
        """
        after = judge(self.known, self.known, by_code, by_nothing)
        before = judge(self.before, self.before, by_code, by_nothing)
        return after.explained - before.explained
