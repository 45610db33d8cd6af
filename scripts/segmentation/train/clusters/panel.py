"""What training reads: customers at three dates, a quarter or more apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from segmentation.train.arrays import Floats


@dataclass(frozen=True)
class Period:
    """Customers at a date, and what they did in the quarter after it.

    Attributes:
        logs: Logarithms of their inputs, shape (customers, features); not a number
            where unknown.
        outcomes: Logarithms of what came after, shape (customers, outcomes).
    """

    logs: Floats
    outcomes: Floats


@dataclass(frozen=True)
class Panel:
    """Customers in the order of their keys.

    Attributes:
        features: Names of the inputs.
        dates: The earlier date, the one before, and the training date.
        earlier: From which weights are learned.
        before: On which the number of clusters is judged, and clusters start.
        logs: Logarithms of the inputs at the training date, shape (customers,
            features).
        spend: Spend of the last 90 days at that date, shape (customers,).
    """

    features: tuple[str, ...]
    dates: tuple[date, date, date]
    earlier: Period
    before: Period
    logs: Floats
    spend: Floats

    def only(self, columns: Sequence[int]) -> "Panel":
        """Return the panel with some of its features."""
        chosen = list(columns)
        return replace(
            self,
            features=tuple(self.features[column] for column in chosen),
            earlier=replace(self.earlier, logs=self.earlier.logs[:, chosen]),
            before=replace(self.before, logs=self.before.logs[:, chosen]),
            logs=self.logs[:, chosen],
        )


def every_so_many(count: int, most: int) -> slice:
    """Return which of so many rows to take, so that at most so many are."""
    return slice(None, None, max(1, -(-count // most)))


def standardised(outcomes: Floats) -> Floats:
    """Return the outcomes that vary, each with mean 0 and deviation 1."""
    deviations = outcomes.std(axis=0)
    varied = deviations > 1e-9
    kept = outcomes[:, varied]
    scaled: Floats = (kept - kept.mean(axis=0)) / deviations[varied]
    return np.asarray(scaled, dtype=np.float64)
