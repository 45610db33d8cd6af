"""What becomes of a segment in a month: counted by hand, and by pandas on many."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest

from model_warehouse import ModelWarehouse, compiled

MODELS = {
    "int_measurement__transitions": "main_restricted",
    "measurement__transitions": "main",
    "int_measurement__segment_months": "main_restricted",
    "measurement__segment_months": "main",
}
VARIABLES = {
    "segmentation_as_of": "2025-08-10",
    "segmentation_dataset": "omnichannel",
    "segmentation_timezone": "UTC",
}
SETS = (
    "primary_segment",
    "value_tier",
    "rfm",
    "lifecycle",
    "behavior",
    "demographic",
    "psychographic",
)
JUNE, JULY, AUGUST = date(2025, 6, 30), date(2025, 7, 31), date(2025, 8, 10)
DATES = (JUNE, JULY, AUGUST)


@pytest.fixture
def warehouse() -> ModelWarehouse:
    found = ModelWarehouse(compiled("segment_months", MODELS, VARIABLES), MODELS)
    dates = pd.DataFrame({"as_of_date": DATES})
    dates["is_current"] = dates["as_of_date"] == AUGUST
    dates["is_month_end"] = dates["as_of_date"] != AUGUST
    found.give("main.features__as_of_dates", dates)
    found.give("main.measurement__orders", orders([]))
    found.give(
        "main_internal.int_features__message_days",
        frame(
            [("mail", "1", JULY, 3)],
            source_system=str,
            source_customer_id=str,
            message_date="date",
            sent_count=int,
        ),
    )
    found.give(
        "main_internal.input__support_tickets",
        frame(
            # Two versions of one ticket.
            [("desk", "1", "t", pd.Timestamp("2025-07-05 10:00"))] * 2,
            source_system=str,
            source_customer_id=str,
            ticket_id=str,
            opened_at="datetime64[us]",
        ),
    )
    found.give(
        "main_identity.identity__customer_map",
        frame(
            [("mail", "1", "b"), ("desk", "1", "b")],
            source_system=str,
            source_customer_id=str,
            customer_id=str,
        ),
    )
    found.give(
        "main_internal.unit_costs",
        frame(
            [
                ("omnichannel", "message", 0.1, date(2025, 1, 1)),
                ("omnichannel", "message", 0.5, date(2025, 7, 31)),
                ("omnichannel", "message", 9.0, date(2025, 9, 1)),
                ("omnichannel", "support_ticket", 4.0, date(2025, 1, 1)),
                ("other", "support_ticket", 99.0, date(2025, 7, 1)),
            ],
            dataset=str,
            item=str,
            cost_amount=float,
            stated_on="date",
        ),
    )
    found.give(
        "main_internal.int_measurement__marketing_costs",
        frame(
            [(date(2025, 7, 1), 8.0), (JUNE, 100.0)],
            cost_date="date",
            cost_amount=float,
        ),
    )
    found.give("main_internal.int_measurement__recoded_customers", recoded([]))
    return found


def frame(rows: list[tuple[Any, ...]], **columns: Any) -> pd.DataFrame:
    """Return rows with columns of these types."""
    made = pd.DataFrame(rows, columns=list(columns))
    for name, kind in columns.items():
        if kind == "date":
            made[name] = pd.to_datetime(made[name]).dt.date
        else:
            made[name] = made[name].astype(kind)
    return made


def orders(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return orders of one customer each, all in the segment that they name."""
    names = ("gross_amount", "discount_amount", "refunded_amount", "revenue_amount")
    made = pd.DataFrame(
        rows,
        columns=[
            "customer_id",
            "order_date",
            "is_order",
            "code",
            *names,
            "margin_amount",
        ],
    )
    made["order_date"] = pd.to_datetime(made["order_date"]).dt.date
    made["is_order"] = made["is_order"].astype(bool)
    for name in (*names, "margin_amount"):
        made[name] = made[name].astype(float)
    for column in SETS:
        made[column] = made["code"].astype(object)
    return made.drop(columns="code")


def members(rows: list[tuple[str, date, str, float, int, float]]) -> pd.DataFrame:
    """Return customers at a date: code, spend, tenure and cost of winning them."""
    return frame(
        rows,
        customer_id=str,
        as_of_date="date",
        code=str,
        revenue_90d=float,
        tenure_days=int,
        acquisition_cost_amount=float,
    )


def recoded(rows: list[tuple[str, date, date, str]]) -> pd.DataFrame:
    made = frame(rows, customer_id=str, as_of_date="date", closes_on="date", code=str)
    for column in SETS:
        made[column] = made["code"]
    return made


def give_members(warehouse: ModelWarehouse, rows: pd.DataFrame) -> None:
    memberships = rows[["customer_id", "as_of_date"]].copy()
    for column in SETS:
        memberships[column] = rows["code"]
    warehouse.give("main.segments__memberships", memberships)
    warehouse.give("main.features__customers", rows.drop(columns="code"))
    # Each customer is a cohort of one.
    cohorts = rows[["as_of_date", "customer_id"]].copy()
    cohorts["first_campaign_id"] = rows["customer_id"]
    cohorts["first_order_month"] = JUNE
    warehouse.give("main_internal.int_features__purchases", cohorts)
    costs = cohorts.drop(columns="customer_id")
    costs = costs.rename(columns={"first_order_month": "cohort_month"})
    costs["exact_amount"] = rows["acquisition_cost_amount"]
    warehouse.give("main_internal.int_features__acquisition_costs", costs)


def month(warehouse: ModelWarehouse, code: str, day: date) -> dict[str, Any]:
    """Return the exact row of a segment in the month that a date closes."""
    rows = warehouse.rows("int_measurement__segment_months")
    rows = rows[(rows["segment_set"] == "rfm") & (rows["segment_code"] == code)]
    rows = rows[pd.to_datetime(rows["closes_on"]).dt.date == day]
    found: dict[str, Any]
    (found,) = rows.to_dict("records")
    return found


FEW = [
    ("a", JUNE, "gold", 100.0, 200, 9.0),
    ("b", JUNE, "gold", 120.0, 200, 9.0),
    ("a", JULY, "bronze", 40.0, 231, 9.0),
    ("b", JULY, "gold", 150.0, 231, 9.0),
    ("c", JULY, "basic", 20.0, 10, 5.0),
    ("a", AUGUST, "bronze", 0.0, 241, 9.0),
    ("b", AUGUST, "gold", 150.0, 241, 9.0),
    ("c", AUGUST, "basic", 20.0, 20, 5.0),
]


def test_new_parameters_are_told_from_moves(warehouse: ModelWarehouse) -> None:
    """New cuts take a from gold to silver, from where a moves to bronze."""
    give_members(warehouse, members(FEW))
    given = [("a", JUNE, JULY, "silver"), ("b", JUNE, JULY, "gold")]
    warehouse.give("main_internal.int_measurement__recoded_customers", recoded(given))
    warehouse.run()
    gold = month(warehouse, "gold", JULY)
    silver = month(warehouse, "silver", JULY)
    bronze = month(warehouse, "bronze", JULY)
    basic = month(warehouse, "basic", JULY)
    assert (gold["opening_count"], gold["recoded_out_count"]) == (2, 1)
    assert (gold["moved_out_count"], gold["closing_count"]) == (0, 1)
    assert (gold["opening_amount"], gold["recoded_out_amount"]) == (220, 100)
    assert (gold["grown_count"], gold["grown_amount"]) == (1, 30)
    assert gold["closing_amount"] == 150
    assert (silver["recoded_in_count"], silver["moved_out_count"]) == (1, 1)
    assert (silver["opening_count"], silver["closing_count"]) == (0, 0)
    assert (bronze["moved_in_count"], bronze["moved_in_amount"]) == (1, 40)
    assert (basic["new_count"], basic["new_amount"]) == (1, 20)
    # First ordered ten days before the end of a month of 31.
    assert (basic["acquired_count"], basic["acquired_amount"]) == (1, 5)
    assert (gold["acquired_count"], bronze["acquired_count"]) == (0, 0)
    # Of the 8 that July cost; the 100 of 30 June belong to June.
    assert month(warehouse, "unallocated", JULY)["acquired_amount"] == 3


def test_orders_and_contacts_count_for_the_segment_before_them(
    warehouse: ModelWarehouse,
) -> None:
    give_members(warehouse, members(FEW))
    one = {"gross_amount": 60, "discount_amount": 10, "refunded_amount": 20}
    given = [
        {"customer_id": "b", "order_date": date(2025, 7, 1), "is_order": True}
        | {"code": "gold", "revenue_amount": 30, "margin_amount": 6}
        | one,
        {"customer_id": "b", "order_date": JULY, "is_order": False}
        | {"code": "gold", "revenue_amount": 0, "margin_amount": None}
        | one,
        {"customer_id": "x", "order_date": date(2025, 7, 9), "is_order": True}
        | {"code": "unassigned", "revenue_amount": 7, "margin_amount": 1}
        | one,
    ]
    warehouse.give("main.measurement__orders", orders(given))
    warehouse.run()
    gold = month(warehouse, "gold", JULY)
    assert (gold["ordering_count"], gold["order_total"]) == (1, 1)
    assert (gold["revenue_total"], gold["refunded_total"]) == (30, 40)
    assert (gold["margin_total"], gold["margin_revenue_total"]) == (6, 30)
    assert (gold["message_total"], gold["ticket_total"]) == (3, 1)
    # The statement of 31 July counts for July, that of September for nobody yet.
    assert (gold["message_cost"], gold["ticket_cost"]) == (0.5, 4.0)
    stranger = month(warehouse, "unassigned", JULY)
    assert (stranger["revenue_total"], stranger["opening_count"]) == (7, 0)
    assert month(warehouse, "gold", AUGUST)["order_total"] == 0


def test_pandas_counts_the_same_flows(warehouse: ModelWarehouse) -> None:
    """Four thousand customers who move at random, some recoded, some new."""
    generator = np.random.default_rng(5)
    count, codes = 4_000, np.array(["one", "two", "three"])
    joined = generator.integers(0, 3, count)
    drawn = codes[generator.integers(0, 3, (count, 3))]
    spent = generator.integers(0, 500, (count, 3)).astype(float)
    rows = [
        (f"p{who}", day, drawn[who, number], spent[who, number], 100, 1.0)
        for who in range(count)
        for number, day in enumerate(DATES)
        if number >= joined[who]
    ]
    panel = members(rows)
    give_members(warehouse, panel)
    warehouse.run()
    wide = panel.pivot_table(
        index="customer_id", columns="as_of_date", values="code", aggfunc="first"
    )
    exact = warehouse.rows("int_measurement__transitions")
    exact = exact[exact["segment_set"] == "primary"]
    for opens, closes in ((JUNE, JULY), (JULY, AUGUST), (JUNE, AUGUST)):
        expected = wide.groupby([opens, closes], dropna=False).size()
        of_pair = exact[
            (pd.to_datetime(exact["opens_on"]).dt.date == opens)
            & (pd.to_datetime(exact["closes_on"]).dt.date == closes)
        ]
        found = of_pair.set_index(["opening_code", "closing_code"])["customer_count"]
        for (was, became), number in expected.items():
            if isinstance(became, str):
                assert found[(was if isinstance(was, str) else None, became)] == number
    months = warehouse.rows("int_measurement__segment_months")
    for kind in ("count", "amount"):
        bridge = (
            months[f"opening_{kind}"]
            - months[f"recoded_out_{kind}"]
            + months[f"recoded_in_{kind}"]
            - months[f"moved_out_{kind}"]
            - months[f"gone_{kind}"]
            + months[f"moved_in_{kind}"]
            + months[f"new_{kind}"]
        )
        if kind == "amount":
            bridge += months["grown_amount"] - months["shrunk_amount"]
        assert (bridge == months[f"closing_{kind}"]).all()
    shared = warehouse.rows("measurement__segment_months")
    both = shared.merge(months, on=["segment_set", "segment_code", "month"])
    counts = both["moved_in_count_x"]
    assert (counts % 5 == 0).all()
    assert (counts - both["moved_in_count_y"]).abs().max() <= 2


def test_few_are_told_of_nowhere(warehouse: ModelWarehouse) -> None:
    give_members(warehouse, members(FEW))
    warehouse.run()
    rows = warehouse.rows("measurement__segment_months")
    gold = rows[(rows["segment_code"] == "gold") & (rows["segment_set"] == "rfm")]
    assert gold["opening_count"].isna().all()
    assert gold["opening_amount"].isna().all()
    # That nobody left may be said.
    assert gold["gone_count"].eq(0).all()
    assert warehouse.rows("measurement__transitions")["customer_count"].isna().all()
