"""Sums what buyers spent after a date by the codes they held on it.

What came after a date is revenue to date at a later date less revenue to date at this
one. No order is read, so warehouse and served file give the same, and nothing that made
a code can be part of its outcome. It is net of refunds made in the period, under
today's identities.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import numpy as np

from segmentation.train.power.equal_tiers import find_cuts, tier_sql
from segmentation.train.power.grid import GRID
from segmentation.train.power.layers import RFM_GRID, Layer
from segmentation.train.power.origins import Period
from segmentation.train.power.panel import (
    BUYERS,
    CUSTOMERS,
    MEMBERSHIPS,
    SCORES,
    Panel,
    day,
)
from segmentation.train.power.variance import GROUPS, TOTALS, Code, Sums

WINSORISED_ABOVE = 0.99
# Over everybody, then over those who were buyers all through the earlier period.
_SUMS = (
    "spend",
    "spend * spend",
    "is_known",
    *(
        f"case when is_known = 1 then {term} else 0 end"
        for term in (
            "spend",
            "spend * spend",
            "spend_before",
            "spend_before * spend_before",
        )
    ),
)
NOT_OBSERVED = "not_observed"
# Equal on all engines: two hexadecimal digits of a hash of the id.
GROUP = "substr(md5(past.customer_id), 1, 2)"
_SPEND = "cast(later.revenue - past.revenue as numeric(18, 2))"
_SPEND_BEFORE = "cast(past.revenue - coalesce(earlier.revenue, 0) as numeric(18, 2))"
_IS_KNOWN = "case when earlier.customer_type = 'buyer' then 1 else 0 end"


def find_cap(panel: Panel, period: Period) -> tuple[int, Decimal]:
    """Count the buyers of a date, and find above what their later spend is cut off.

    Returns:
        Their number, and the 99th percentile of what they spent after the date.
    """
    ((people, cap),) = panel.query(
        f"with followed as ({followed(panel, period, {'spend': _SPEND})}) "
        "select count(*), "
        f"percentile_disc({WINSORISED_ABOVE}) within group (order by spend) "
        "from followed"
    )
    return int(people), Decimal(cap or 0)


def sum_spend(
    panel: Panel, period: Period, cap: Decimal, before: date | None = None
) -> tuple[Sums, Sums, Sums]:
    """Sum spend by layer and code, and by group of customers.

    Args:
        panel: Where to read.
        period: The day of the codes, and the end of what is summed.
        cap: More than this in a period counts as this much.
        before: Start of an earlier period that ends on the day of the codes.

    Returns:
        Sums of what was spent after the day of the codes; the same over those who were
        buyers all through the earlier period; and what these spent in it. A code is a
        pair of layer and code.
    """
    layers = panel.layers()
    codes = {f"{row.name}_code": _code(panel, row, period.start) for row in layers}
    names = ", ".join(codes)
    sets = ", ".join(f"(customer_group, {name})" for name in codes)
    limited = ", ".join(
        f"cast(least({column}, {cap}) as numeric(18, 2)) as {column}"
        for column in ("spend", "spend_before")
    )
    columns = {"spend": _SPEND, "spend_before": "0", "is_known": "0", **codes}
    if before is not None:
        columns |= {"spend_before": _SPEND_BEFORE, "is_known": _IS_KNOWN}
    rows = panel.query(
        f"with followed as ({followed(panel, period, columns, before)}), "
        f"capped as (select customer_group, {names}, is_known, {limited} "
        "from followed) "
        f"select {names}, customer_group, count(*), {', '.join(map(exact_sum, _SUMS))} "
        f"from capped group by grouping sets ({sets})"
    )
    after, known, earlier = [], [], []
    for place, layer in enumerate(layers):
        renamed = GRID if layer.name == RFM_GRID else {}
        for row in rows:
            if row[place] is None:
                continue
            code = (layer.name, renamed.get(row[place], row[place]))
            group, people, total, squares, were_known, *of_known = row[len(layers) :]
            after.append((code, group, people, squares, (total,)))
            known.append((code, group, were_known, of_known[1], (of_known[0],)))
            earlier.append((code, group, were_known, of_known[3], (of_known[2],)))
    return make_sums(after), make_sums(known), make_sums(earlier)


def make_sums(rows: Sequence[tuple[Code, str, float, float, Sequence[float]]]) -> Sums:
    """Arrange rows of code, group, people, sum of squares and sums; equal ones add."""
    codes = tuple(sorted({row[0] for row in rows}))
    places = {code: place for place, code in enumerate(codes)}
    width = len(rows[0][-1]) if rows else 1
    values = np.zeros((GROUPS, len(codes), TOTALS + width))
    if rows:
        groups = [int(row[1], 16) for row in rows]
        columns = [places[row[0]] for row in rows]
        found = np.array([(row[2], row[3], *row[4]) for row in rows], dtype=float)
        np.add.at(values, (groups, columns), found)
    return Sums(codes, values)


def exact_sum(term: str) -> str:
    """Return the SQL of a sum of decimals, which no order of rows changes, as float."""
    return f"cast(sum({term}) as double precision)"


def followed(
    panel: Panel, period: Period, columns: Mapping[str, str], before: date | None = None
) -> str:
    """Return the query of the buyers of a date who can be followed to its end.

    Args:
        panel: Where to read.
        period: The date, and the end.
        columns: SQL by name: of features at the date (`past`), at the end (`later`)
            and `before` (`earlier`), and of memberships at the date (`codes`).
        before: An earlier date, on which a buyer may have been unknown.
    """
    customers = panel.relations[CUSTOMERS]
    listed = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    joined = ""
    if before is not None:
        joined = (
            f"left join {customers} as earlier "
            "on past.customer_id = earlier.customer_id "
            f"and earlier.as_of_date = {day(before)} "
        )
    return (
        f"select {GROUP} as customer_group, {listed} from {customers} as past "
        f"inner join {customers} as later on past.customer_id = later.customer_id "
        f"and later.as_of_date = {day(period.end)} "
        f"inner join {panel.relations[MEMBERSHIPS]} as codes "
        "on past.customer_id = codes.customer_id "
        f"and past.as_of_date = codes.as_of_date {joined}"
        f"where past.as_of_date = {day(period.start)} and {BUYERS}"
    )


def _code(panel: Panel, layer: Layer, on: date) -> str:
    if layer.column is not None:
        return f"coalesce(codes.{layer.column}, '{NOT_OBSERVED}')"
    if layer.name == RFM_GRID:
        scores = " || ".join(f"cast(past.{score} as varchar)" for score in SCORES)
        return f"coalesce({scores}, '{NOT_OBSERVED}')"
    if layer.cut_feature is None:
        raise ValueError(f"Layer {layer.name} says neither a column nor a feature.")
    return tier_sql(layer.cut_feature, find_cuts(panel, layer.cut_feature, on))
