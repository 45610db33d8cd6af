"""Compares the identities of the last build with those of the dry run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from segmentation.identity.diff.cases import (
    Case,
    Link,
    Record,
    Total,
    cases,
    causes_of,
    totals,
)
from segmentation.identity.diff.errors import OtherDataError
from segmentation.identity.diff.moves import prepare
from segmentation.identity.diff.queries import (
    COUNTS,
    LINKED,
    SOURCES,
    causes,
    records,
)
from segmentation.warehouse_tables import Query

LISTED = 20


@dataclass(frozen=True)
class Difference:
    """What would change.

    Attributes:
        before_as_of: Date of the last build; null when it did not get that far.
        after_as_of: Date of the project as it stands.
        currency: Currency of every revenue.
        records_both: Records that both know.
        records_before: Records that only the last build knows.
        records_after: Records that only the project as it stands knows.
        records_moved: Records that both know, under another customer id.
        customers_before: Customers of the last build.
        customers_after: Customers as the project stands.
        customers_changed: Customers of the last build that are in a case.
        revenue: Revenue of all records.
        revenue_changed: Revenue of the cases.
        totals: Sums by kind.
        case_count: All cases.
        cases: Those listed, most revenue first, with their records and causes.
        notes: What else differs, in sentences.
    """

    before_as_of: date | None
    after_as_of: date
    currency: str
    records_both: int
    records_before: int
    records_after: int
    records_moved: int
    customers_before: int
    customers_after: int
    customers_changed: int
    revenue: Decimal
    revenue_changed: Decimal
    totals: tuple[Total, ...]
    case_count: int
    cases: tuple[Case, ...]
    notes: tuple[str, ...]

    @property
    def customer_share(self) -> float:
        """Share of the customers before that change."""
        return self.customers_changed / max(self.customers_before, 1)

    @property
    def revenue_share(self) -> float | None:
        """Share of all revenue that customers that change have; null without any."""
        return float(self.revenue_changed / self.revenue) if self.revenue else None


def compare(
    query: Query,
    names: Mapping[str, str],
    settings: Mapping[str, Any],
    before_as_of: date | None,
    *,
    list_all: bool,
) -> Difference:
    """Compare both sides.

    Args:
        query: Runs a statement in one session.
        names: SQL names of the tables of both sides.
        settings: Settings of the project as it stands.
        before_as_of: Date of the last build.
        list_all: Whether to list all cases and not the largest.

    Raises:
        OtherDataError: The two have no source in common.
    """
    before, after = (
        [str(row[0]) for row in query(SOURCES.format(table=names[f"{side}_map"]))]
        for side in ("before", "after")
    )
    if not set(before) & set(after):
        raise OtherDataError(before, after)
    prepare(query, names)
    [(both, lost, added, customers_before, customers_after, moved, revenue)] = query(
        COUNTS
    )
    found = cases(
        Link(old, new, count, Decimal(amount))
        for old, new, count, amount in query(LINKED)
    )
    after_as_of = date.fromisoformat(settings["as_of"])
    return Difference(
        before_as_of=before_as_of,
        after_as_of=after_as_of,
        currency=settings["currency"],
        records_both=both,
        records_before=lost,
        records_after=added,
        records_moved=moved,
        customers_before=customers_before,
        customers_after=customers_after,
        customers_changed=sum(len(case.before) for case in found),
        revenue=Decimal(revenue),
        revenue_changed=sum((case.revenue for case in found), Decimal(0)),
        totals=tuple(totals(found)),
        case_count=len(found),
        cases=_explained(query, names, found if list_all else found[:LISTED], list_all),
        notes=tuple(_notes(before_as_of, after_as_of, lost, added)),
    )


def _explained(
    query: Query, names: Mapping[str, str], listed: Sequence[Case], list_all: bool
) -> tuple[Case, ...]:
    """Return the cases with their records and causes."""
    if not listed:
        return ()
    wanted = {customer for case in listed for customer in case.before}
    of_customer: dict[str, list[Record]] = {}
    for before, after, source, name, revenue in records(
        query, None if list_all else wanted
    ):
        record = Record(source, name, before, after, Decimal(revenue))
        of_customer.setdefault(before, []).append(record)
    joined = _rules(causes(query, names, "after", "before"))
    parted = _rules(causes(query, names, "before", "after"))
    return tuple(
        replace(
            case,
            causes=causes_of(case, joined, parted),
            records=tuple(
                record for customer in case.before for record in of_customer[customer]
            ),
        )
        for case in listed
    )


def _rules(rows: Iterable[tuple[str, str, bool, int]]) -> dict[str, dict[str, int]]:
    """Return the edges by customer and rule.

    Edges between records that both sides know say more than those to others: only
    without any do the others count.
    """
    found: dict[tuple[str, bool], dict[str, int]] = {}
    for customer, rule, is_known, count in rows:
        found.setdefault((customer, is_known), {})[rule] = count
    return {
        customer: rules
        for (customer, is_known), rules in found.items()
        if is_known or (customer, True) not in found
    }


def _notes(before: date | None, after: date, lost: int, added: int) -> Iterator[str]:
    if before is not None and before != after:
        yield (
            f"The last build stands at {before}, the project at {after}: days of data "
            "differ, not only rules. To compare rules alone give --vars "
            f"'segmentation_as_of: \"{before}\"'."
        )
    if lost or added:
        yield (
            f"{lost:,} records are in the last build alone and {added:,} in the "
            "project as it stands alone: data or their mapping differ, not only rules."
        )
