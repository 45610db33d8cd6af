"""Sums what one scan found to what holds at each point of a grid."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product

from segmentation.rules.conditions import Varied


@dataclass(frozen=True)
class Group:
    """Customers who are alike in all that a grid asks.

    Attributes:
        places: Where they lie among the values of each condition.
        answers: Which conditions are met, in this row.
        before: Code by set by the rules as they stand.
        after: Code by set with these answers.
        reachable: Those who can be reached, by channel.
        revenue_90d: Their spend of 90 days; null where the data do not cover them.
        expected_revenue_365d: What is expected of them; null where nothing is known.
        customers: How many they are.
    """

    places: tuple[int, ...]
    answers: tuple[bool, ...]
    before: Mapping[str, str]
    after: Mapping[str, str]
    reachable: Mapping[str, int]
    revenue_90d: Decimal | None
    expected_revenue_365d: Decimal | None
    customers: int


@dataclass
class Tally:
    """Customers of a code.

    Attributes:
        segment_set: The set.
        code: The code.
        customers: How many have it.
        entering: Those of them who have another by the rules as they stand.
        leaving: Those who have it by the rules as they stand, and no longer.
        revenue_90d: What they spent in 90 days, as far as the data cover them.
        expected_revenue_365d: What is expected of them, as far as anything is.
        reachable: Those who can be reached, by channel.
    """

    segment_set: str
    code: str
    customers: int = 0
    entering: int = 0
    leaving: int = 0
    revenue_90d: Decimal | None = None
    expected_revenue_365d: Decimal | None = None
    reachable: dict[str, int] = field(default_factory=dict)

    def add(self, group: Group, *, is_entering: bool) -> None:
        """Count customers who have the code."""
        self.customers += group.customers
        self.entering += group.customers if is_entering else 0
        self.revenue_90d = _plus(self.revenue_90d, group.revenue_90d)
        self.expected_revenue_365d = _plus(
            self.expected_revenue_365d, group.expected_revenue_365d
        )
        for channel, count in group.reachable.items():
            self.reachable[channel] = self.reachable.get(channel, 0) + count


def _plus(known: Decimal | None, more: Decimal | None) -> Decimal | None:
    """Return the sum of what is known; null where nothing is."""
    return known if more is None else (known or Decimal(0)) + more


@dataclass(frozen=True)
class Point:
    """A point of the grid.

    Attributes:
        values: What the conditions compare with.
        tallies: By set and code, in that order.
    """

    values: tuple[Decimal, ...]
    tallies: tuple[Tally, ...]


def is_met(place: int, at: int, operator: str, count: int) -> bool:
    """Whether a customer meets a condition at a value of the grid.

    Args:
        place: Where the customer lies, as the macro `grid_place` says.
        at: Number of the value, from 0, among rising ones.
        operator: How the feature is compared.
        count: Number of values.
    """
    if operator == "equals":
        return place == at + 1
    if operator == "not_equals":
        return place not in (-1, at + 1)
    # What is at least some values is at least the smallest of them.
    if operator in ("at_least", "above"):
        return place > at
    return place >= count - at


def points(groups: Sequence[Group], varied: Sequence[Varied]) -> Iterator[Point]:
    """Yield each point of the grid, the last condition varying fastest."""
    for numbers in product(*(range(len(each.values)) for each in varied)):
        values = tuple(
            each.values[at] for each, at in zip(varied, numbers, strict=True)
        )
        yield Point(values, tallies(_at(groups, varied, numbers), stands=False))


def standing(groups: Iterable[Group], conditions: int) -> tuple[Tally, ...]:
    """Return what holds by the rules as they stand, from the rows of one answer."""
    once = (True,) * conditions
    return tallies((each for each in groups if each.answers == once), stands=True)


def _at(
    groups: Iterable[Group], varied: Sequence[Varied], numbers: Sequence[int]
) -> Iterator[Group]:
    for group in groups:
        met = tuple(
            is_met(place, at, each.condition.operator, len(each.values))
            for place, at, each in zip(group.places, numbers, varied, strict=True)
        )
        if met == group.answers:
            yield group


def tallies(groups: Iterable[Group], *, stands: bool) -> tuple[Tally, ...]:
    """Return the codes of some groups, each customer among them once."""
    found: dict[tuple[str, str], Tally] = {}

    def tally(segment_set: str, code: str) -> Tally:
        return found.setdefault((segment_set, code), Tally(segment_set, code))

    for group in groups:
        codes = group.before if stands else group.after
        for segment_set, code in codes.items():
            old = group.before[segment_set]
            tally(segment_set, code).add(group, is_entering=old != code)
            if old != code:
                tally(segment_set, old).leaving += group.customers
    return tuple(found[key] for key in sorted(found))
