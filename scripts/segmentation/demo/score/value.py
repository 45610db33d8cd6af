"""Scores what is expected of customers: the section `value`.

Compared are scores at the last date with the process that made the orders: whether
somebody still is a customer, at what rate they order while they are, and how soon a
prospect orders for the first time. Only customers who are one person count.
"""

from collections.abc import Sequence
from pathlib import Path

from segmentation.demo.score.contestants import MAP
from segmentation.demo.score.people import ONE_PERSON, find_people
from segmentation.demo.score.ranks import area_under_curve, rank_correlation
from segmentation.demo.score.results import Measure, Section, Value
from segmentation.demo.score.warehouse import TRUTH_SCHEMA, Warehouse

SECTION = "value"
TRUTH_TABLES = ("records", "lifetimes", "prospects")
FEATURES = "features__customers"
MEASURES = (
    Measure("alive_customer_count", "still a customer, customers"),
    Measure("alive_auc", "still a customer, area under curve"),
    Measure("alive_share", "still a customer, true share"),
    Measure("alive_expected_share", "still a customer, expected share"),
    Measure("alive_brier_score", "still a customer, Brier score"),
    Measure("orders_rank_correlation", "expected orders, rank correlation"),
    Measure("prospect_count", "first order, prospects"),
    Measure("first_order_rank_correlation", "first order, rank correlation"),
)


def score_value(warehouse: Warehouse, _rivals: Sequence[Path]) -> Section:
    """Compare scores with the process behind the orders.

    Args:
        warehouse: A warehouse with the truth.
        _rivals: Not used: they say who is who, and nothing of value.
    """
    features, customers = warehouse.built(FEATURES), warehouse.built(MAP)
    if features is None or customers is None:
        note = f"Value is left out: found no table {FEATURES} in {warehouse.name}."
        return Section(SECTION, {}, MEASURES, {}, (note,))
    warehouse.require_truth(TRUTH_TABLES)
    find_people(warehouse, customers)
    connection = warehouse.connection
    current = f"as_of_date = (select max(as_of_date) from {features})"
    # Who dropped out on a later day was a customer on this one.
    alive = (
        "lifetimes.dropped_out_at is null "
        "or cast(lifetimes.dropped_out_at as date) > features.as_of_date"
    )
    buyers = (
        f"from {features} as features inner join {ONE_PERSON} as people "
        f"using (customer_id) inner join {TRUTH_SCHEMA}.lifetimes as lifetimes "
        f"using (person_id) where {current} and probability_alive is not null"
    )
    prospects = (
        f"from {features} as features inner join {ONE_PERSON} as people "
        f"using (customer_id) inner join {TRUTH_SCHEMA}.prospects as prospects "
        f"using (person_id) where {current} and order_count = 0"
    )
    count, auc = area_under_curve(
        connection, f"select probability_alive as found, {alive} as truth {buyers}"
    )
    [(share, expected, brier)] = connection.execute(
        f"select avg(case when {alive} then 1 else 0 end), avg(probability_alive), "
        f"avg(power(probability_alive - case when {alive} then 1 else 0 end, 2)) "
        f"{buyers}"
    ).fetchall()
    _, orders = rank_correlation(
        connection,
        "select expected_orders_90d as found, "
        f"case when {alive} then weekly_rate else 0 end as truth {buyers}",
    )
    prospect_count, first_orders = rank_correlation(
        connection,
        "select first_order_probability_90d as found, daily_hazard as truth "
        f"{prospects}",
    )
    values: dict[str, Value] = {
        "alive_customer_count": count,
        "alive_auc": auc,
        "alive_share": share,
        "alive_expected_share": expected,
        "alive_brier_score": brier,
        "orders_rank_correlation": orders,
        "prospect_count": prospect_count,
        "first_order_rank_correlation": first_orders,
    }
    [(persons,)] = connection.execute(
        f"select count(*) from {TRUTH_SCHEMA}.lifetimes"
    ).fetchall()
    notes = () if count else ("No value parameters are published for this company.",)
    return Section(
        SECTION, {"persons who ordered": persons}, MEASURES, {"project": values}, notes
    )
