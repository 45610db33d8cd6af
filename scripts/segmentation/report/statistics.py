"""Intervals from sums, without any numeric library."""

import math
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True)
class Interval:
    """An estimate with the bounds of its 95% interval."""

    low: float
    middle: float
    high: float


def student_quantile(probability: float, degrees: int) -> float:
    """Quantile of Student's t by its expansion in 1 / degrees.

    Source: Abramowitz and Stegun 1964, formula 26.7.5; within 0.001 of the table from
    9 degrees of freedom on, the fewest that a published cell can have.

    Args:
        probability: Lower tail probability, above 0 and below 1.
        degrees: Degrees of freedom, at least 1.
    """
    z = NormalDist().inv_cdf(probability)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / math.pow(degrees, i) for i, term in enumerate(terms, 1))


def mean_interval(count: int, total: float, squares: float) -> Interval | None:
    """95% interval of a mean from count, sum and sum of squares; two values or more."""
    if count < 2:
        return None
    mean = total / count
    variance = max(squares - count * mean * mean, 0.0) / (count - 1)
    half = student_quantile(0.975, count - 1) * math.sqrt(variance / count)
    return Interval(mean - half, mean, mean + half)


def wilson_interval(successes: int, count: int) -> Interval | None:
    """95% interval of a rate (Wilson 1927); one trial or more."""
    if count < 1:
        return None
    z = NormalDist().inv_cdf(0.975)
    rate = successes / count
    centre = (rate + z * z / (2 * count)) / (1 + z * z / count)
    spread = math.sqrt(rate * (1 - rate) / count + z * z / (4 * count * count))
    half = z * spread / (1 + z * z / count)
    return Interval(max(centre - half, 0.0), rate, min(centre + half, 1.0))
