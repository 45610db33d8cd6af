"""Groups what changed into cases: merges, splits, and customers regrouped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

MERGE = "merge"
SPLIT = "split"
REGROUPED = "regrouped"
RENAMED = "other id"
GONE = "gone"
KINDS = (MERGE, SPLIT, REGROUPED, RENAMED, GONE)

Side = tuple[str, str]


@dataclass(frozen=True)
class Link:
    """Records that a customer before and a customer after share.

    Attributes:
        before: Customer before.
        after: Customer after; null when none of its records is left.
        records: How many records.
        revenue: Their revenue.
    """

    before: str
    after: str | None
    records: int
    revenue: Decimal


@dataclass(frozen=True)
class Record:
    """A record of a case.

    Attributes:
        source_system: Its source.
        source_customer_id: Its name there.
        before: Its customer before.
        after: Its customer after; null when no source delivers it any more.
        revenue: Its revenue.
    """

    source_system: str
    source_customer_id: str
    before: str
    after: str | None
    revenue: Decimal


@dataclass(frozen=True)
class Case:
    """Customers before and after that share records, and no other does.

    Attributes:
        kind: One of KINDS.
        before: Customers before.
        after: Customers after.
        record_count: Records that they share.
        revenue: Revenue of those.
        causes: Why, a phrase each; filled in for cases that are listed.
        records: Their records; filled in likewise.
    """

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    record_count: int
    revenue: Decimal
    causes: tuple[str, ...] = ()
    records: tuple[Record, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Total:
    """What the cases of one kind add up to."""

    kind: str
    cases: int
    before: int
    after: int
    records: int
    revenue: Decimal


def cases(links: Iterable[Link]) -> list[Case]:
    """Return the connected parts of the links, those with most revenue first."""
    parents: dict[Side, Side] = {}

    def root(side: Side) -> Side:
        parents.setdefault(side, side)
        while parents[side] != side:
            parents[side] = parents[parents[side]]
            side = parents[side]
        return side

    known = list(links)
    for link in known:
        first = root(("before", link.before))
        if link.after is not None:
            parents[root(("after", link.after))] = first
    parts: dict[Side, list[Link]] = {}
    for link in known:
        parts.setdefault(root(("before", link.before)), []).append(link)
    found = [_case(part) for part in parts.values()]
    return sorted(
        found,
        key=lambda case: (-case.revenue, KINDS.index(case.kind), case.before),
    )


def _case(links: Sequence[Link]) -> Case:
    before = tuple(sorted({link.before for link in links}))
    after = tuple(sorted({link.after for link in links if link.after is not None}))
    return Case(
        kind=_kind(len(before), len(after)),
        before=before,
        after=after,
        record_count=sum(link.records for link in links),
        revenue=sum((link.revenue for link in links), Decimal(0)),
    )


def _kind(before: int, after: int) -> str:
    if not after:
        return GONE
    if before > 1:
        return REGROUPED if after > 1 else MERGE
    return SPLIT if after > 1 else RENAMED


def totals(found: Sequence[Case]) -> list[Total]:
    """Return what the cases of each kind add up to; a kind without any is left out."""
    summed = []
    for kind in KINDS:
        of_kind = [case for case in found if case.kind == kind]
        if of_kind:
            summed.append(
                Total(
                    kind=kind,
                    cases=len(of_kind),
                    before=sum(len(case.before) for case in of_kind),
                    after=sum(len(case.after) for case in of_kind),
                    records=sum(case.record_count for case in of_kind),
                    revenue=sum((case.revenue for case in of_kind), Decimal(0)),
                )
            )
    return summed


def causes_of(
    case: Case,
    joined: Mapping[str, Mapping[str, int]],
    parted: Mapping[str, Mapping[str, int]],
) -> tuple[str, ...]:
    """Say why, in phrases.

    Args:
        case: The case.
        joined: By customer after, the rules of new edges between its parts, with the
            number of edges.
        parted: By customer before, the rules of edges that are gone.
    """
    if case.kind == GONE:
        return ("no source delivers its records",)
    if case.kind == RENAMED:
        return ("another record is its first",)
    phrases = [
        *_phrases("new", case.after, joined),
        *_phrases("gone", case.before, parted),
    ]
    return tuple(phrases) or ("other pairs of its component",)


def _phrases(
    what: str, customers: Iterable[str], rules: Mapping[str, Mapping[str, int]]
) -> list[str]:
    summed: dict[str, int] = {}
    for customer in customers:
        for rule, count in rules.get(customer, {}).items():
            summed[rule] = summed.get(rule, 0) + count
    largest = sorted(summed.items(), key=lambda item: (-item[1], item[0]))
    return [f"{what}: {rule} ({count:,})" for rule, count in largest]
