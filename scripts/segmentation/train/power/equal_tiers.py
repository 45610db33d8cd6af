"""Tiers of one feature, as many and as large as the value tiers of the date."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate

from segmentation.train.power.layers import VALUE_TIER
from segmentation.train.power.panel import (
    BUYERS,
    CUSTOMERS,
    DEFINITIONS,
    MEMBERSHIPS,
    Panel,
    day,
)


def tier_sql(feature: str, cuts: Sequence[Decimal]) -> str:
    """Return the SQL of the tier of a row of `past`."""
    if not cuts:
        return "'1'"
    rules = " ".join(
        f"when coalesce(past.{feature}, 0) >= {cut} then '{place}'"
        for place, cut in enumerate(cuts, start=1)
    )
    return f"case {rules} else '{len(cuts) + 1}' end"


def find_cuts(panel: Panel, feature: str, on: date) -> Sequence[Decimal]:
    """Return cuts of a feature that make tiers as large as the value tiers."""
    order = [
        code
        for (code,) in panel.query(
            f"select segment_code from {panel.relations[DEFINITIONS]} "
            f"where segment_set = '{VALUE_TIER}' and value_order is not null "
            "order by value_order, segment_code"
        )
    ]
    buyers_of_date = (
        f"from {panel.relations[CUSTOMERS]} as past "
        f"inner join {panel.relations[MEMBERSHIPS]} as codes "
        "on past.customer_id = codes.customer_id "
        "and past.as_of_date = codes.as_of_date "
        f"where past.as_of_date = {day(on)} and {BUYERS}"
    )
    sizes = dict(
        panel.query(
            f"select codes.{VALUE_TIER}, count(*) {buyers_of_date} "
            f"group by codes.{VALUE_TIER}"
        )
    )
    places = list(dict.fromkeys(accumulate(sizes.get(code, 0) for code in order[:-1])))
    places = [place for place in places if place > 0]
    if not places:
        return ()
    rows = panel.query(
        f"with ranked as (select coalesce(past.{feature}, 0) as amount, row_number() "
        f"over (order by coalesce(past.{feature}, 0) desc, past.customer_id) as place "
        f"{buyers_of_date}) select distinct amount from ranked "
        f"where place in ({', '.join(map(str, places))}) order by amount desc"
    )
    return [Decimal(amount) for (amount,) in rows]
