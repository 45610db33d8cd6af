"""Judges every candidate in one half of the customers, and again in the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from segmentation.candidates.levels import (
    UNKNOWN,
    Added,
    Flags,
    Texts,
    added,
    dummies,
    levels,
)
from segmentation.train.arrays import Floats

ALPHA = 0.05
MIN_KNOWN = 400


@dataclass(frozen=True)
class People:
    """Customers at a past date, and what they did after it.

    Attributes:
        past: That date.
        latest: The as-of date, at which the outcomes end.
        cells: Primary segment and value tier of each, shape (customers,).
        is_first: Whether they are in the half that looks, shape (customers,).
        outcomes: What they did, by name; not a number where not observed.
        features: Values of candidates by name, one for each customer.
        providers: Of bought values, the provider and the names of its attributes.
    """

    past: date
    latest: date
    cells: Texts
    is_first: Flags
    outcomes: Mapping[str, Floats]
    features: Mapping[str, Sequence[Any]]
    providers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A feature that no rule uses.

    Attributes:
        name: Column of `features__customers`, or attribute and its provider.
        coverage: Share of customers of whom it is known.
        outcome: What it tells most of.
        added: What it adds, beyond segment and value tier.
        is_found: Whether it is beyond chance among all candidates, in both halves.
        describes: Whether it is one that describes people and decides nothing.
    """

    name: str
    coverage: float
    outcome: str
    added: Added
    is_found: bool
    describes: bool = False


@dataclass(frozen=True)
class Provider:
    """What bought values are worth.

    Attributes:
        name: The provider.
        attributes: What it delivers.
        coverage: Share of customers of whom it says anything.
        added: What all of it adds for them, by outcome.
        cost: What it was paid, where said.
        cost_per_customer: The same for each customer of whom it says anything.
    """

    name: str
    attributes: tuple[str, ...]
    coverage: float
    added: Mapping[str, Added]
    cost: float | None = None
    cost_per_customer: float | None = None


@dataclass(frozen=True)
class Found:
    """All candidates, those that tell most first."""

    past: date
    latest: date
    customers: int
    tested: int
    candidates: tuple[Candidate, ...]
    providers: tuple[Provider, ...]


def judge(
    people: People,
    costs: Mapping[str, float] | None = None,
    describing: frozenset[str] = frozenset(),
) -> Found:
    """Measure every candidate and every provider.

    A candidate is found where its F test holds by Holm (1979) at 5% over all candidates
    and outcomes in one half, and what was learned there surely predicts the other.

    Args:
        people: The customers.
        costs: What providers were paid.
        describing: Names that describe people and decide nothing.
    """
    tests: list[tuple[str, str, float, Added]] = []
    for name, values in people.features.items():
        found = levels(values)
        if found is None or (found != UNKNOWN).sum() < MIN_KNOWN:
            continue
        is_known = found != UNKNOWN
        measured = _measured(people, dummies(found[is_known]), is_known)
        coverage = float(is_known.mean())
        tests += [(name, outcome, coverage, each) for outcome, each in measured.items()]
    holding = _holm([each.p_value for *_, each in tests])
    is_found = [
        holds and each.low > 0 for holds, (*_, each) in zip(holding, tests, strict=True)
    ]
    best: dict[str, Candidate] = {}
    for (name, outcome, coverage, each), holds in zip(tests, is_found, strict=True):
        row = Candidate(name, coverage, outcome, each, holds, name in describing)
        if name not in best or _order(row) < _order(best[name]):
            best[name] = row
    return Found(
        people.past,
        people.latest,
        len(people.cells),
        len(tests),
        tuple(sorted(best.values(), key=_order)),
        tuple(_provider(people, name, costs or {}) for name in people.providers),
    )


def _measured(people: People, design: Floats, is_known: Flags) -> dict[str, Added]:
    """Measure each outcome over those of whom the design is known.

    Args:
        people: All customers.
        design: Of those of whom it is known, shape (known, columns).
        is_known: Which they are, shape (customers,).
    """
    measured = {}
    for name, values in people.outcomes.items():
        observed = ~np.isnan(values[is_known])
        if observed.sum() < MIN_KNOWN:
            continue
        each = added(
            values[is_known][observed],
            people.cells[is_known][observed],
            design[observed],
            people.is_first[is_known][observed],
        )
        if each is not None:
            measured[name] = each
    return measured


def _provider(people: People, name: str, costs: Mapping[str, float]) -> Provider:
    """Measure all attributes of a provider at once, what it leaves open as a level."""
    attributes = people.providers[name]
    is_known = np.array(
        [
            any(value is not None for value in row)
            for row in zip(*(people.features[each] for each in attributes), strict=True)
        ],
        dtype=bool,
    )
    found = [levels(people.features[each]) for each in attributes]
    parts = [dummies(each[is_known]) for each in found if each is not None]
    measured = {}
    if parts and is_known.sum() >= MIN_KNOWN:
        measured = _measured(people, np.hstack(parts), is_known)
    cost, covered = costs.get(name), int(is_known.sum())
    return Provider(
        name,
        tuple(attribute.removesuffix(f" ({name})") for attribute in attributes),
        float(is_known.mean()),
        measured,
        cost,
        cost / covered if cost is not None and covered else None,
    )


def _order(row: Candidate) -> tuple[bool, float, float, str, str]:
    return (
        not row.is_found,
        -row.added.share * row.coverage,
        row.added.p_value,
        row.name,
        row.outcome,
    )


def _holm(p_values: list[float]) -> list[bool]:
    """Return which hold at 5% over all of them (Holm, 1979)."""
    order = np.argsort(p_values, kind="stable")
    holding = [False] * len(p_values)
    for rank, place in enumerate(order):
        if p_values[place] > ALPHA / (len(p_values) - rank):
            break
        holding[place] = True
    return holding
