"""Counts who moves between the codes of two builds of the same customers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from segmentation.warehouse_tables import Query

# A row per customer and date with another code in some set.
_MOVES = """
create temporary table rule_moves as
select
    before.customer_id,
    before.as_of_date,
    {columns},
    features.revenue_90d,
    features.expected_revenue_365d
from {before} as before
inner join {after} as after
    on
        before.customer_id = after.customer_id
        and before.as_of_date = after.as_of_date
inner join {features} as features
    on
        before.customer_id = features.customer_id
        and before.as_of_date = features.as_of_date
where {differs}
"""
_MOVERS = """
select
    as_of_date,
    before_{column},
    after_{column},
    count(*),
    sum(revenue_90d),
    sum(expected_revenue_365d)
from rule_moves
where before_{column} <> after_{column}
group by as_of_date, before_{column}, after_{column}
"""
_SIZES = """
select as_of_date, {column}, count(*)
from {table}
group by as_of_date, {column}
"""
_TOTALS = """
select count(*), coalesce(sum(revenue_90d), 0)
from {table}
where as_of_date = ?
"""


@dataclass(frozen=True)
class Mover:
    """Customers who go from one code to another at a date.

    Attributes:
        as_of_date: The date.
        segment_set: The set.
        before: Code in the last build.
        after: Code by the rules as they stand.
        customers: How many.
        revenue_90d: What they spent in the 90 days to the date; null where the data do
            not cover them.
        expected_revenue_365d: What is expected of them in the year after it, as far as
            anything is; null where of nobody.
    """

    as_of_date: date
    segment_set: str
    before: str
    after: str
    customers: int
    revenue_90d: Decimal | None
    expected_revenue_365d: Decimal | None


@dataclass(frozen=True)
class Size:
    """Customers with a code at a date, in the last build and by the rules."""

    as_of_date: date
    segment_set: str
    code: str
    before: int
    after: int


@dataclass(frozen=True)
class Total:
    """Customers and their revenue of 90 days at the as-of date.

    Attributes:
        customers: All of them.
        revenue_90d: Theirs.
        moved: Those whose code of any set changes.
        revenue_moved: Theirs.
    """

    customers: int
    revenue_90d: Decimal
    moved: int
    revenue_moved: Decimal


def prepare(
    query: Query, before: str, after: str, features: str, columns: Iterable[str]
) -> None:
    """Create the temporary table of moves; it ends with the session.

    Args:
        query: Runs a statement.
        before: SQL name of the memberships of the last build.
        after: The same of the rules as they stand.
        features: SQL name of the features of the last build.
        columns: Membership columns, one per set.
    """
    names = list(columns)
    listed = ",\n    ".join(
        f"{side}.{name} as {side}_{name}"
        for name in names
        for side in ("before", "after")
    )
    differs = " or ".join(f"before.{name} <> after.{name}" for name in names)
    query(
        _MOVES.format(
            columns=listed,
            before=before,
            after=after,
            features=features,
            differs=differs,
        )
    )


def set_of(column: str) -> str:
    """Return the set of a membership column."""
    return column.removesuffix("_segment")


def movers(query: Query, columns: Iterable[str]) -> list[Mover]:
    """Return the movers, newest date first, sets as listed, most customers first."""
    found = []
    for place, column in enumerate(columns):
        for day, old, new, count, revenue, expected in query(
            _MOVERS.format(column=column)
        ):
            found.append(
                (
                    place,
                    Mover(
                        day,
                        set_of(column),
                        old,
                        new,
                        int(count),
                        None if revenue is None else Decimal(revenue),
                        None if expected is None else Decimal(expected),
                    ),
                )
            )
    found.sort(
        key=lambda pair: (
            -pair[1].as_of_date.toordinal(),
            pair[0],
            -pair[1].customers,
            pair[1].before,
            pair[1].after,
        )
    )
    return [mover for _, mover in found]


def sizes(query: Query, before: str, after: str, columns: Iterable[str]) -> list[Size]:
    """Return the customers of each code, newest date first, sets as listed."""
    found = []
    for column in columns:
        counts: dict[tuple[date, str], list[int]] = {}
        for side, table in enumerate((before, after)):
            for day, code, count in query(_SIZES.format(column=column, table=table)):
                counts.setdefault((day, code), [0, 0])[side] = int(count)
        found += [
            Size(day, set_of(column), code, *pair)
            for (day, code), pair in sorted(counts.items())
        ]
    return sorted(found, key=lambda each: -each.as_of_date.toordinal())


def total(query: Query, names: Mapping[str, str], day: date) -> Total:
    """Return all customers of a date and those who move at it."""
    [(customers, revenue)] = query(
        _TOTALS.format(table=names["features__customers"]), day
    )
    [(moved, revenue_moved)] = query(_TOTALS.format(table="rule_moves"), day)
    return Total(customers, Decimal(revenue), moved, Decimal(revenue_moved))
