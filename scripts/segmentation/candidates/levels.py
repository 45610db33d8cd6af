"""Turns a feature into a few levels, and says what they add to what is known."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segmentation.train.arrays import Floats

Texts = NDArray[np.str_]
Flags = NDArray[np.bool_]

LEVELS = 5  # of a number, as many people each
MOST_WORDS = 8
LEAST_SHARE = 0.02
LEAST_DEGREES = 100
UNKNOWN = ""
Z = 1.959963984540054


@dataclass(frozen=True)
class Added:
    """What a candidate adds to the cells of what is known already.

    Attributes:
        p_value: Of the F test in the half that looks.
        share: Of the variance within cells, in the other half, what the first half's
            effects predict; below zero when they mislead.
        low: Lower end of its interval of 95%.
        high: Upper end.
    """

    p_value: float
    share: float
    low: float
    high: float


def levels(values: Sequence[Any]) -> Texts | None:
    """Return the level of each value, empty where it is not known.

    Numbers are cut at their fifths, equal values stay together; of words the rarer ones
    are one level. Null when there are not two levels.
    """
    known = np.array([value not in (None, "unknown") for value in values], dtype=bool)
    kept = [value for value, is_known in zip(values, known, strict=True) if is_known]
    if not kept:
        return None
    found = np.full(len(values), UNKNOWN, dtype="<U80")
    if all(_is_number(value) for value in kept):
        numbers = np.array(kept, dtype=float)
        cuts = np.unique(np.quantile(numbers, np.arange(1, LEVELS) / LEVELS))
        found[known] = np.searchsorted(cuts, numbers, side="left").astype(str)
    else:
        words = [str(value) for value in kept]
        common = {
            word
            for word, count in Counter(words).most_common(MOST_WORDS)
            if count >= LEAST_SHARE * len(words)
        }
        found[known] = [word if word in common else "other" for word in words]
    return found if len(np.unique(found[known])) > 1 else None


def dummies(found: Texts) -> Floats:
    """Return a column of zeros and ones for each level but the first."""
    return np.asarray(found[:, None] == np.unique(found)[None, 1:], dtype=float)


def added(
    outcome: Floats, cells: Texts, design: Floats, is_first: Flags
) -> Added | None:
    """Measure what a design adds to the means of cells: least squares on both.

    Both are taken as differences from the mean of their cell (Frisch and Waugh, 1933),
    so that only what cells do not say is left.

    Args:
        outcome: Shape (customers,).
        cells: Name of the cell of each, shape (customers,).
        design: Shape (customers, columns).
        is_first: Whether a customer is in the half that looks.

    Returns:
        Nothing when a half is too small or has nothing to explain.
    """
    left, right = _within(outcome[is_first], cells[is_first], design[is_first])
    kept = right.std(axis=0) > 0
    columns = int(kept.sum())
    degrees = len(left) - len(np.unique(cells[is_first])) - columns
    before = float((left**2).sum())
    if not columns or degrees < LEAST_DEGREES or before <= 0:
        return None
    slopes = np.zeros(right.shape[1])
    slopes[kept] = np.linalg.lstsq(right[:, kept], left, rcond=None)[0]
    after = float(((left - right @ slopes) ** 2).sum())
    ratio = (before - after) / columns / (after / degrees)
    p_value = f_tail(ratio, columns, degrees)
    left, right = _within(outcome[~is_first], cells[~is_first], design[~is_first])
    squares = left**2
    total = float(squares.sum())
    if len(left) < LEAST_DEGREES or total <= 0:
        return None
    gains = squares - (left - right @ slopes) ** 2
    share = float(gains.sum()) / total
    # Error of a ratio of two sums over the same customers (Cochran, 1977).
    error = float(np.sqrt(np.square(gains - share * squares).sum())) / total
    return Added(p_value, share, share - Z * error, share + Z * error)


def f_tail(ratio: float, columns: int, degrees: int) -> float:
    """Return how likely an F is above a ratio, by the normal of Paulson (1942).

    Far out it says up to three times too much, which errs on the safe side.
    """
    root = max(ratio, 0.0) ** (1 / 3)
    one, two = 2 / (9 * columns), 2 / (9 * degrees)
    normal = ((1 - two) * root - (1 - one)) / math.sqrt(two * root**2 + one)
    return math.erfc(normal / math.sqrt(2)) / 2


def _is_number(value: object) -> bool:
    # Decimals are what engines return for money, and no Real.
    return not isinstance(value, (bool, str)) and (
        isinstance(value, Real) or hasattr(value, "as_tuple")
    )


def _within(outcome: Floats, cells: Texts, design: Floats) -> tuple[Floats, Floats]:
    """Return outcome and design less the means of their cells."""
    _, place = np.unique(cells, return_inverse=True)
    people = np.bincount(place)
    left = outcome - (np.bincount(place, outcome) / people)[place]
    right = design.copy()
    for column in range(right.shape[1]):
        means = np.bincount(place, right[:, column]) / people
        right[:, column] -= means[place]
    return left, right
