"""Tiers of one feature, as many and as large as the value tiers of the date."""

from collections.abc import Mapping
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

NOTHING_TO_CUT = "not_observed"


def tier_sql(feature: str, cuts: Mapping[str, Decimal]) -> str:
    """Return the SQL of the tier of a row of `past`; below all cuts it is the last."""
    if not cuts:
        return f"'{NOTHING_TO_CUT}'"
    *above, last = cuts
    if not above:
        return f"'{last}'"
    rules = " ".join(
        f"when coalesce(past.{feature}, 0) >= {cuts[tier]} then '{tier}'"
        for tier in above
    )
    return f"case {rules} else '{last}' end"


def find_cuts(panel: Panel, feature: str, on: date) -> Mapping[str, Decimal]:
    """Return the least of a feature in tiers as large as the value tiers of a date.

    Tiers have the names of the value tiers, as one that is empty on a date must not
    shift the others.
    """
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
    held = [code for code in order if sizes.get(code)]
    if not held:
        return {}
    places = list(accumulate(int(sizes[code]) for code in held))
    found = dict(
        panel.query(
            f"with ranked as (select coalesce(past.{feature}, 0) as amount, "
            f"row_number() over (order by coalesce(past.{feature}, 0) desc, "
            f"past.customer_id) as place {buyers_of_date}) "
            "select place, amount from ranked "
            f"where place in ({', '.join(map(str, places))})"
        )
    )
    return {
        code: Decimal(found[place]) for code, place in zip(held, places, strict=True)
    }
