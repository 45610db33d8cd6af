"""Sums what buyers did after a date other than spend, by value tier and behaviour.

Read from the warehouse: which campaigns reached somebody and what they bought is not
served.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from segmentation.train.power.origins import Period
from segmentation.train.power.panel import CUSTOMERS, MEMBERSHIPS, Panel, day
from segmentation.train.power.spend import exact_sum, followed, make_sums
from segmentation.train.power.variance import Sums

MAP = "identity__customer_map"
MOVEMENTS = "int_features__purchase_movements"
LINES = "input__order_lines"
PRODUCTS = "int_features__products"
CAMPAIGNS = "input__campaigns"
EXPOSURES = "input__campaign_exposures"
RESPONSES = "input__campaign_responses"
OUTCOME_TABLES = (
    MAP,
    MOVEMENTS,
    LINES,
    PRODUCTS,
    CAMPAIGNS,
    EXPOSURES,
    RESPONSES,
)
CATEGORIES = 10
_PAIR = {
    "customer_id": "past.customer_id",
    "tier": "codes.value_tier",
    "behavior": "codes.behavior",
}


def has_pairs(panel: Panel) -> bool:
    """Whether buyers have a tier and a behaviour."""
    return panel.has(MEMBERSHIPS, "value_tier", "behavior")


def find_categories(panel: Panel, period: Period) -> Sequence[str]:
    """Return the categories that sold most after a date, at most ten."""
    rows = panel.query(
        f"with {_bought(panel, period)} select category, sum(amount) as total "
        "from bought group by category having sum(amount) > 0 "
        f"order by total desc, category limit {CATEGORIES}"
    )
    return [category for category, _ in rows]


def sum_categories(panel: Panel, period: Period, categories: Sequence[str]) -> Sums:
    """Sum the shares of categories in what buyers bought after a date.

    Args:
        panel: Where to read.
        period: The date of the codes, and the end.
        categories: Categories to tell apart; all others are one.
    """
    amounts = "".join(
        f", sum(case when category = ? then amount else 0 end) as amount_{place}"
        for place in range(len(categories))
    )
    shares = "".join(
        f", cast(amount_{place} / total as numeric(12, 9)) as share_{place}"
        for place in range(len(categories))
    )
    names = [f"share_{place}" for place in range(len(categories))]
    rest = " - ".join(["1", *names])
    squares = " + ".join(f"{name} * {name}" for name in [*names, f"({rest})"])
    totals = ", ".join(exact_sum(name) for name in [*names, rest])
    rows = panel.query(
        f"with followed as ({followed(panel, period, _PAIR)}), "
        f"{_bought(panel, period)}, "
        f"baskets as (select customer_id, sum(amount) as total{amounts} from bought "
        "group by customer_id having sum(amount) > 0), "
        f"shares as (select tier, behavior, customer_group{shares} from followed "
        "inner join baskets on followed.customer_id = baskets.customer_id) "
        "select tier, behavior, customer_group, count(*), "
        f"{exact_sum(squares)}, {totals} from shares "
        "group by tier, behavior, customer_group",
        *categories,
    )
    return _paired(rows)


def sum_responses(panel: Panel, period: Period) -> Sums:
    """Count who responded to a campaign that reached them after a date.

    Times are UTC and days local, so the first two days are left out: nothing that was
    known on the date can count. Where a source never records an exposure, assignment,
    or else the campaign's start, stands for it. The shop that credits a response need
    not be the source that reached somebody: campaign and customer tell.
    """
    first, last = period.start + timedelta(2), period.end + timedelta(1)
    relations = panel.relations
    rows = panel.query(
        f"with followed as ({followed(panel, period, _PAIR)}), "
        "starts as (select source_system, campaign_id, max(started_at) as started_at "
        f"from {relations[CAMPAIGNS]} group by source_system, campaign_id), "
        "assigned as (select exposures.source_system, exposures.source_customer_id, "
        "exposures.campaign_id, case when max(exposures.exposed_at) over "
        "(partition by exposures.source_system) is not null then exposures.exposed_at "
        "else coalesce(exposures.assigned_at, starts.started_at) end as reached_at "
        f"from {relations[EXPOSURES]} as exposures left join starts "
        "on exposures.source_system = starts.source_system "
        "and exposures.campaign_id = starts.campaign_id), "
        "responded as (select distinct map.customer_id, responses.campaign_id "
        f"from {relations[RESPONSES]} as responses "
        f"inner join {relations[MAP]} as map "
        "on responses.source_system = map.source_system "
        "and responses.source_customer_id = map.source_customer_id "
        f"where {_within('responses.responded_at', first, last)}), "
        "reached as (select map.customer_id, max(case when responded.campaign_id "
        "is null then 0 else 1 end) as outcome from assigned "
        f"inner join {relations[MAP]} as map "
        "on assigned.source_system = map.source_system "
        "and assigned.source_customer_id = map.source_customer_id "
        "left join responded on map.customer_id = responded.customer_id "
        "and assigned.campaign_id = responded.campaign_id "
        f"where {_within('assigned.reached_at', first, last)} "
        "group by map.customer_id) "
        "select tier, behavior, customer_group, count(*), sum(outcome), sum(outcome) "
        "from followed inner join reached "
        "on followed.customer_id = reached.customer_id "
        "group by tier, behavior, customer_group"
    )
    return _paired(rows)


def has_clicks(panel: Panel) -> bool:
    """Whether messages are counted."""
    return panel.has(CUSTOMERS, "message_sent_count", "message_click_count")


def sum_clicks(panel: Panel, period: Period) -> Sums:
    """Count who clicked in a message, of those who were sent one after a date."""
    clicked = (
        "case when coalesce(later.message_click_count, 0) "
        "> coalesce(past.message_click_count, 0) then 1 else 0 end"
    )
    columns = {**_PAIR, "outcome": clicked}
    rows = panel.query(
        f"with followed as ({followed(panel, period, columns)} "
        "and coalesce(later.message_sent_count, 0) "
        "> coalesce(past.message_sent_count, 0)) "
        "select tier, behavior, customer_group, count(*), sum(outcome), sum(outcome) "
        "from followed group by tier, behavior, customer_group"
    )
    return _paired(rows)


def _paired(rows: Sequence[tuple[Any, ...]]) -> Sums:
    return make_sums(
        [
            ((tier, behavior), group, people, squares, totals)
            for tier, behavior, group, people, squares, *totals in rows
        ]
    )


def _within(column: str, first: date, last: date) -> str:
    return f"{column} >= {day(first)} and {column} < {day(last)}"


def _bought(panel: Panel, period: Period) -> str:
    """Return what customers bought after a date by category, in its last version."""
    relations = panel.relations
    return (
        "ordered as (select distinct source_system, source_customer_id, order_id "
        f"from {relations[MOVEMENTS]} where is_placement "
        f"and effective_date > {day(period.start)} "
        f"and effective_date <= {day(period.end)}), "
        "versions as (select ordered.source_customer_id, lines.source_system, "
        "lines.product_id, lines.net_amount, "
        "coalesce(lines.is_deleted, false) as is_deleted, row_number() over ("
        "partition by lines.source_system, lines.order_id, lines.line_id "
        "order by coalesce(lines.updated_at, cast('1900-01-01' as timestamp)) desc) "
        f"as version_rank from {relations[LINES]} as lines inner join ordered "
        "on lines.source_system = ordered.source_system "
        "and lines.order_id = ordered.order_id), "
        "bought as (select map.customer_id, "
        "coalesce(products.category, 'unknown') as category, "
        "sum(case when versions.net_amount > 0 then versions.net_amount else 0 end) "
        f"as amount from versions inner join {relations[MAP]} as map "
        "on versions.source_system = map.source_system "
        "and versions.source_customer_id = map.source_customer_id "
        f"left join {relations[PRODUCTS]} as products "
        "on versions.source_system = products.source_system "
        "and versions.product_id = products.product_id "
        "where versions.version_rank = 1 and not versions.is_deleted "
        "group by map.customer_id, coalesce(products.category, 'unknown'))"
    )
