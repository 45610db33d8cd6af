"""What training found."""

from dataclasses import dataclass
from datetime import date

from segmentation.train.expectation import Fit
from segmentation.train.patterns import Patterns
from segmentation.train.priors import Priors
from segmentation.train.weights import Expectations, Weight


@dataclass(frozen=True)
class Training:
    """Weights that passed every gate, and where they come from.

    Attributes:
        dataset: Data set they are for.
        as_of: As-of date of the build; null if it has none.
        patterns: Counts that they were learned from.
        fits: What each search found, the best first.
        priors: Shares of the classes in all pairs.
        weights: Rows to publish.
        expectations: What they promise for the candidates.
    """

    dataset: str
    as_of: date | None
    patterns: Patterns
    fits: tuple[Fit, ...]
    priors: Priors
    weights: tuple[Weight, ...]
    expectations: Expectations

    @property
    def best(self) -> Fit:
        """The fit that the weights come from."""
        return self.fits[0]

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The main figures, by name."""
        patterns, expected = self.patterns, self.expectations
        per_record = self.priors.match * patterns.record_count
        return (
            ("data as of", self.as_of.isoformat() if self.as_of else "not recorded"),
            ("records", f"{patterns.record_count:,}"),
            ("pairs of records", f"{patterns.pair_total:,}"),
            ("random pairs", f"{patterns.random.total:,}"),
            ("candidate pairs", f"{patterns.candidates.total:,}"),
            ("matches per record", f"{per_record:.4f}"),
            ("expected matches among candidates", f"{expected.matches:,.0f}"),
            ("pairs merged at the threshold", f"{expected.merged:,}"),
            ("expected false merges", f"{expected.false_merged:,.1f}"),
            ("expected precision", _share(expected.precision)),
            ("expected recall", _share(expected.recall)),
        )


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"
