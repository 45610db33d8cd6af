"""How much the inputs of clusters are distributed otherwise than before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentation.train.arrays import Floats

BINS = 10
MIN_PSI = 0.10
FALSE_RATE = 0.01
DRAWS = 20_000


@dataclass(frozen=True)
class Shift:
    """How much an input is distributed otherwise than before.

    Attributes:
        feature: Name of the input.
        psi: Population stability index over tenths of the values before; unknown is a
            bin of its own.
        chance: Share of draws without a change whose index is as large.
        is_alarm: Above .10, and not by chance (Benjamini and Hochberg, 1995).
    """

    feature: str
    psi: float
    chance: float
    is_alarm: bool


def find_shifts(
    features: Sequence[str], base: Floats, now: Floats, random: np.random.Generator
) -> tuple[Shift, ...]:
    """Compare the inputs of customers at two dates.

    Args:
        features: Names of the inputs.
        base: Their logarithms before, shape (customers, features); nan where unknown.
        now: The same of the customers that are compared, as many or not.
        random: For draws without a change.
    """
    found, chances = [], []
    for before, after in zip(base.T, now.T, strict=True):
        edges = np.unique(np.nanquantile(before, np.arange(1, BINS) / BINS))
        counts = [
            np.bincount(
                np.where(
                    np.isnan(values),
                    len(edges) + 1,
                    np.searchsorted(edges, values, side="left"),
                ),
                minlength=len(edges) + 2,
            ).astype(np.float64)
            for values in (before, after)
        ]
        index = float(psi(*counts))
        pooled = (counts[0] + counts[1]) / (len(before) + len(after))
        drawn = psi(
            random.multinomial(len(before), pooled, DRAWS).astype(np.float64),
            random.multinomial(len(after), pooled, DRAWS).astype(np.float64),
        )
        found.append(index)
        chances.append(float((1 + (drawn >= index).sum()) / (1 + DRAWS)))
    return tuple(
        Shift(feature, index, chance, is_real and index > MIN_PSI)
        for feature, index, chance, is_real in zip(
            features, found, chances, rejected(chances, FALSE_RATE), strict=True
        )
    )


def psi(base: Floats, now: Floats) -> Floats:
    """Return the population stability index of counts, shape (..., bins).

    Half a customer is added to each bin, so that an empty one is no infinity.
    """
    before, after = (
        (counts + 0.5) / (counts + 0.5).sum(axis=-1, keepdims=True)
        for counts in (base, now)
    )
    index: Floats = ((after - before) * np.log(after / before)).sum(axis=-1)
    return index


def rejected(chances: Sequence[float], rate: float) -> list[bool]:
    """Return which hypotheses fall at a false discovery rate (Benjamini, Hochberg)."""
    order = np.argsort(chances)
    ranks = np.arange(1, len(chances) + 1)
    below = np.asarray(chances)[order] <= rate * ranks / len(chances)
    count = int(ranks[below].max()) if below.any() else 0
    flags = np.zeros(len(chances), dtype=bool)
    flags[order[:count]] = True
    return [bool(flag) for flag in flags]
