"""Share of variance that codes explain, of people and a period they did not learn from.

Everything is calculated from sums by group of customers and code, so that intervals of
a million customers cost what those of a thousand do. Customers fall into 256 groups by
a hash of their id.
Even groups are judged by means learned from odd ones and the reverse: nobody's own
earlier spend is part of the mean they are judged by. Intervals come from drawing groups
with replacement; as groups are random, that is as good as drawing customers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from segmentation.train.arrays import Floats

GROUPS = 256
DRAWS = 1000
SEED = 20170930

# Names of two divisions: a layer and its code, or a value tier and a behaviour.
Code = tuple[str, str]
PEOPLE, SQUARES, TOTALS = 0, 1, 2


@dataclass(frozen=True)
class Sums:
    """Sums of an outcome by group of customers and code.

    Attributes:
        codes: Code of each column.
        values: Shape (groups, codes, 2 + dimensions of the outcome): customers, sum of
            squares over all dimensions, and the sum of each dimension.
    """

    codes: tuple[Code, ...]
    values: Floats

    @property
    def people(self) -> int:
        """Number of customers."""
        return round(float(self.values[..., PEOPLE].sum()))

    def arranged(self, codes: Sequence[Code]) -> "Sums":
        """Return columns for these codes: zeros where new, others left out."""
        groups, _, width = self.values.shape
        values = np.zeros((groups, len(codes), width))
        places = {code: place for place, code in enumerate(self.codes)}
        for place, code in enumerate(codes):
            if code in places:
                values[:, place] = self.values[:, places[code]]
        return Sums(tuple(codes), values)


@dataclass(frozen=True)
class Drawn:
    """Sums of the customers that were drawn.

    Attributes:
        people: Customers, shape (draws, codes).
        squares: Sums of squares, shape (draws, codes).
        totals: Sums, shape (draws, codes, dimensions).
    """

    people: Floats
    squares: Floats
    totals: Floats

    def at(self, places: Sequence[int]) -> "Drawn":
        """Return the columns at some places."""
        return Drawn(
            self.people[:, places], self.squares[:, places], self.totals[:, places]
        )


# Predictions, shape (draws, codes, dimensions), from what was learned.
Model = Callable[[Drawn], Floats]


@dataclass(frozen=True)
class Errors:
    """Squared errors of a model and of what it is compared with, shape (draws,)."""

    model: Floats
    reference: Floats

    def __add__(self, other: "Errors") -> "Errors":
        """Add the errors of other people or of another origin."""
        return Errors(self.model + other.model, self.reference + other.reference)

    @property
    def explained(self) -> Floats:
        """One minus the ratio of the errors; no number where nothing varies."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self.model / self.reference
        return np.where(self.reference > 0, 1 - ratio, np.nan)


class Draws:
    """How often each group is drawn.

    The first draw takes each group once: its result is the estimate itself.
    """

    def __init__(
        self, groups: int = GROUPS, draws: int = DRAWS, seed: int = SEED
    ) -> None:
        random = np.random.Generator(np.random.PCG64(seed))
        drawn = random.multinomial(groups, np.full(groups, 1 / groups), size=draws)
        weights = np.vstack([np.ones(groups), drawn])
        self._halves = tuple(weights[:, half::2].copy() for half in (0, 1))

    def sample(self, sums: Sums) -> "Sample":
        """Return the sums of each half of the customers, for each draw."""
        return Sample(sums.codes, *(self._half(sums, half) for half in (0, 1)))

    def _half(self, sums: Sums, half: int) -> Drawn:
        values = sums.values[half::2]
        weights = self._halves[half]
        found = (weights @ values.reshape(len(values), -1)).reshape(
            len(weights), *values.shape[1:]
        )
        return Drawn(found[..., PEOPLE], found[..., SQUARES], found[..., TOTALS:])


@dataclass(frozen=True)
class Sample:
    """What was drawn of even and of odd groups, a column per code."""

    codes: tuple[Code, ...]
    even: Drawn
    odd: Drawn

    def held(self) -> tuple[Code, ...]:
        """Codes that somebody holds."""
        people = self.even.people[0] + self.odd.people[0]
        return tuple(self.codes[place] for place in np.flatnonzero(people))

    def at(self, codes: Sequence[Code]) -> "Sample":
        """Return the columns of some codes."""
        places = [self.codes.index(code) for code in codes]
        return Sample(tuple(codes), self.even.at(places), self.odd.at(places))


def judge(learned: Sample, applied: Sample, model: Model, reference: Model) -> Errors:
    """Predict each half of the customers from what the other half taught.

    Args:
        learned: Customers to learn from.
        applied: Customers to predict; the same codes in the same order.
        model: What is judged.
        reference: What it is compared with.
    """
    even = errors_of(learned.odd, applied.even, model, reference)
    odd = errors_of(learned.even, applied.odd, model, reference)
    return even + odd


def errors_of(learned: Drawn, applied: Drawn, model: Model, reference: Model) -> Errors:
    """Return the squared errors of predictions that were learned from other sums."""
    return Errors(
        _squared_error(model(learned), applied),
        _squared_error(reference(learned), applied),
    )


def by_nothing(learned: Drawn) -> Floats:
    """Predict the mean of everybody."""
    people = learned.people.sum(axis=1)[:, None, None]
    overall = _mean(learned.totals.sum(axis=1, keepdims=True), people)
    return np.broadcast_to(overall, learned.totals.shape)


def by_code(learned: Drawn) -> Floats:
    """Predict the mean of the code; that of everybody for a code nobody held."""
    people = learned.people[:, :, None]
    return np.where(people > 0, _mean(learned.totals, people), by_nothing(learned))


def _mean(totals: Floats, people: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        mean: Floats = totals / people
    return mean


def _squared_error(predicted: Floats, found: Drawn) -> Floats:
    error: Floats = (
        found.squares
        - 2 * (predicted * found.totals).sum(axis=2)
        + (predicted**2).sum(axis=2) * found.people
    ).sum(axis=1)
    return error
