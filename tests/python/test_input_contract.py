"""What becomes of delivered rows, on small cases whose outcome is worked out by hand.

All cases share one build: each has customers of its own, named after it.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import dbtRunner

from dbt_project import NO_TESTS, DbtProject
from shop import Shop, shop_project

MAY, JUNE = "2024-05-31", "2024-06-30"
HOSTILE_ID = "o'hara; drop table x; --"
HOSTILE_EMAIL = "%'; delete from y; --@evil.invalid"
HOSTILE_REGION = 'Zürich\'s "東京" {{ 1/0 }} {% raw %} $1 \\n; drop table main.x; --'
SETTINGS = {
    "segmentation_timezone": "America/New_York",
    "segmentation_quarantine_max_share": 1,
    "segmentation_exclude": [
        {
            "source_system": "shop",
            "source_customer_id": HOSTILE_ID,
            "reason": "a tester's account; drop table z; --",
        },
        {"source_system": "elsewhere", "source_customer_id": "dup", "reason": "not us"},
        {"email_like": "%@Staff.invalid", "reason": "staff"},
        {"email_like": HOSTILE_EMAIL, "reason": "東京"},
    ],
    "segmentation_segments": [
        {
            "code": "hostile",
            "priority": 1,
            "when": [{"feature": "region", "equals": HOSTILE_REGION}],
        },
        {
            "code": "listed",
            "priority": 2,
            "when": [
                {"any": [{"feature": "region", "in": ["O'Brien", "' or 1=1 --"]}]}
            ],
        },
        {
            "code": "known",
            "priority": 3,
            "when": [{"feature": "region", "not_in": ["unknown", "'"]}],
        },
        {
            "code": "bought",
            "priority": 4,
            "when": [{"feature": "order_count", "at_least": 1}],
        },
    ],
}
OUTCOMES = ("kept", "duplicate", "corrected", "excluded", "quarantined")
CASES: list[Callable[[Shop], None]] = []


def case(add_rows: Callable[[Shop], None]) -> Callable[[Shop], None]:
    """Put the rows of a case into the one shop that is built."""
    CASES.append(add_rows)
    return add_rows


@pytest.fixture(scope="module")
def built(
    shop_project_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> DbtProject:
    """The shop of all cases, built without tests, which many cases would fail."""
    shop = Shop()
    for add_rows in CASES:
        add_rows(shop)
    warehouse = tmp_path_factory.mktemp("contract") / "shop.duckdb"
    project = shop_project(shop_project_dir, warehouse, shop, vars=SETTINGS)
    result = project.build(*NO_TESTS)
    assert result.exit_code == 0, result.log
    return project


def md5_of(record: str) -> str:
    """Return the id of a customer whose anchor is this record of the shop."""
    return md5(f"shop/{record}".encode()).hexdigest()


def outcomes(project: DbtProject, entity: str, columns: str, where: str) -> list[Any]:
    """Return the columns and the outcome of delivered rows, in order."""
    return project.query(
        f"select {columns}, row_outcome from main_internal.int_input__{entity} "
        f"where {where} order by all"
    )


def features(
    project: DbtProject, record: str, day: str, *names: str
) -> tuple[Any, ...]:
    """Return features at a day of the customer that a record belongs to."""
    [row] = project.query(
        f"select {', '.join(names)} from main.features__customers "
        "inner join main_identity.identity__customer_map using (customer_id) "
        f"where source_customer_id = '{record}' and as_of_date = date '{day}'"
    )
    return row


def money(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


# Duplicates, corrections, conflicts


@case
def repeated_rows(shop: Shop) -> None:
    def order(name: str, amount: str, day: int | None, store: str = "s1") -> None:
        loaded = None if day is None else f"2024-07-0{day} 00:00:00"
        shop.add(
            "orders",
            source_customer_id="dup",
            order_id=name,
            net_amount=amount,
            loaded_at=loaded,
            store_id=store,
        )

    for day in (1, 3, 2):
        order("same", "10", day)
    for _ in range(2):
        order("same, undated", "10.00", None)
    order("corrected", "10", 1)
    order("corrected", "12", 2)
    order("back again", "10", 1)
    order("back again", "11", 2)
    order("back again", "10", 3)
    order("moved", "10", 1, store="s1")
    order("moved", "10", 2, store="s2")
    order("two amounts", "10", 1)
    order("two amounts", "10.01", 1)
    order("two stores", "10", 1, store="s1")
    order("two stores", "10", 1, store="s2")
    order("undated", "10", None)
    order("undated", "11", None)
    order("late conflict", "10", 1)
    order("late conflict", "11", 2)
    order("late conflict", "12", 2)
    for day in (1, 2):
        shop.add(
            "events",
            source_customer_id="dup",
            event_id="seen",
            loaded_at=f"2024-07-0{day} 00:00:00",
        )


def test_repeated_rows_collapse_correct_or_conflict(built: DbtProject) -> None:
    kept, duplicate, corrected = "kept", "duplicate", "corrected"
    rows = outcomes(
        built,
        "orders",
        "order_id, cast(net_amount as text), store_id, day(loaded_at)",
        "source_customer_id = 'dup'",
    )
    conflicts = [row for row in rows if row[-1] == "quarantined"]
    assert [row for row in rows if row not in conflicts] == [
        ("back again", "10.00", "s1", 1, duplicate),
        ("back again", "10.00", "s1", 3, kept),
        ("back again", "11.00", "s1", 2, corrected),
        ("corrected", "10.00", "s1", 1, corrected),
        ("corrected", "12.00", "s1", 2, kept),
        ("moved", "10.00", "s1", 1, corrected),
        ("moved", "10.00", "s2", 2, kept),
        ("same", "10.00", "s1", 1, duplicate),
        ("same", "10.00", "s1", 2, duplicate),
        ("same", "10.00", "s1", 3, kept),
        ("same, undated", "10.00", "s1", None, duplicate),
        ("same, undated", "10.00", "s1", None, kept),
    ]
    assert sorted(row[0] for row in conflicts) == [
        *["late conflict"] * 3,
        *["two amounts"] * 2,
        *["two stores"] * 2,
        *["undated"] * 2,
    ]
    assert features(built, "dup", JUNE, "order_count", "revenue") == (5, money("52"))
    events = outcomes(built, "events", "event_id", "source_customer_id = 'dup'")
    assert events == [("seen", duplicate), ("seen", kept)]
    # What is counted is what the rows say.
    for entity in ("orders", "events", "customer_records", "consents"):
        counted = built.query(
            "select kept_count, duplicate_count, corrected_count, excluded_count, "
            "quarantined_count, row_count from main.measurement__source_audit "
            f"where entity = '{entity}'"
        )
        found = [row[-1] for row in outcomes(built, entity, "1", "true")]
        assert counted == [
            (
                *(found.count(outcome) for outcome in OUTCOMES),
                len(found),
            )
        ]


def test_passthrough_columns_arrive(built: DbtProject) -> None:
    assert built.query(
        "select order_id, store_id from main_internal.input__orders "
        "where order_id in ('moved', 'same') order by all"
    ) == [("moved", "s2"), ("same", "s1")]


# Versions


@case
def versions(shop: Shop) -> None:
    def order(name: str, amount: str, updated_at: str, **columns: object) -> None:
        shop.add(
            "orders",
            source_customer_id=name,
            order_id=f"{name}-1",
            net_amount=amount,
            updated_at=updated_at,
            **columns,
        )

    order("grows", "10", "2024-03-05 00:00:00")
    order("grows", "30", "2024-06-10 00:00:00")
    order("grows", "99", "2024-07-01 04:00:00")
    order("goes", "10", "2024-03-05 00:00:00")
    order("goes", "10", "2024-06-10 00:00:00", is_deleted="true")
    # Refunds count at each version of the order from the day they were made.
    order("refunded", "50", "2024-03-05 00:00:00")
    order("refunded", "60", "2024-06-10 00:00:00")
    shop.add(
        "order_changes",
        source_customer_id="refunded",
        order_id="refunded-1",
        changed_at="2024-04-01 12:00:00",
        amount="10",
    )
    for region, updated_at in (("North", "2024-03-01"), ("South", "2024-06-10")):
        shop.add(
            "customer_records",
            source_customer_id="grows",
            region=region,
            updated_at=f"{updated_at} 00:00:00",
        )
    for value, observed_at in (("25-34", "2024-01-02"), ("35-44", "2024-06-10")):
        shop.add(
            "customer_attributes",
            source_customer_id="grows",
            attribute_value=value,
            observed_at=f"{observed_at} 12:00:00",
        )


def test_a_past_date_sees_the_version_of_then(built: DbtProject) -> None:
    names = ("order_count", "revenue", "region", "age_band")
    assert features(built, "grows", MAY, *names) == (1, money("10"), "North", "25-34")
    assert features(built, "grows", JUNE, *names) == (1, money("30"), "South", "35-44")
    assert features(built, "goes", MAY, "order_count", "revenue") == (1, money("10"))
    assert features(built, "goes", JUNE, "order_count", "revenue") == (0, money("0"))
    kept = outcomes(built, "orders", "order_id", "source_customer_id = 'grows'")
    assert kept == [("grows-1", "kept")] * 3
    assert built.query(
        "select count(*) from main_internal.input__orders where order_id = 'grows-1'"
    ) == [(2,)], "the version after the as-of date is not seen"


def test_a_refund_counts_from_its_day_whatever_the_version(built: DbtProject) -> None:
    names = ("order_count", "revenue", "refunded_amount")
    assert features(built, "refunded", MAY, *names) == (1, money("40"), money("10"))
    assert features(built, "refunded", JUNE, *names) == (1, money("50"), money("10"))


# Casting

# A day without a time is noon of the local day: midnight UTC would be the day before.
TIMES = {
    "plain": ("2024-03-01 12:00:00", "2024-03-01 12:00:00"),
    "day": ("2024-03-01", "2024-03-01 17:00:00"),
    "utc": ("2024-03-01T12:00:00Z", "2024-03-01 12:00:00"),
    "ahead": ("2024-03-01T12:00:00+02:00", "2024-03-01 10:00:00"),
    "behind": ("2024-03-01 12:00:00-05", "2024-03-01 17:00:00"),
    "fraction": ("2024-03-01 12:00:00.25", "2024-03-01 12:00:00.25"),
}
BAD_TIMES = [
    *("31.12.2023", "2024-02-30", "now", "20240301", "infinity", "-infinity"),
    # A time without an offset, would DuckDB say: ten o'clock.
    "2024-03-05 10: 1:12",
]
AMOUNTS = {" 12.50 ": "12.50", "-3.1": "-3.10", "1e2": "100.00", "0": "0.00"}
BAD_AMOUNTS = ["12,5", "1.234,50", "NaN", "Infinity", "-inf", "$5", "1e30", "10 EUR"]


@case
def casts(shop: Shop) -> None:
    def order(name: str, **columns: object) -> None:
        shop.add("orders", source_customer_id="cast", order_id=name, **columns)

    for name, (delivered, _) in TIMES.items():
        order(f"time {name}", ordered_at=delivered)
    for delivered in BAD_TIMES:
        order(f"time {delivered}", ordered_at=delivered)
    for delivered in [*AMOUNTS, *BAD_AMOUNTS]:
        order(f"amount {delivered}", net_amount=delivered)
    order(" blank ", channel="  ", coupon_code="", tax_amount=" ", net_amount="1")
    for granted in ("true", "FALSE", "0", "maybe"):
        shop.add(
            "consents",
            source_customer_id="cast",
            consent_id=f"consent {granted}",
            is_granted=granted,
            purpose="research",
        )


def test_texts_are_cast_or_set_aside(built: DbtProject) -> None:
    kept = built.query(
        "select order_id, ordered_at, cast(net_amount as text), channel, coupon_code, "
        "tax_amount from main_internal.input__orders where source_customer_id = 'cast'"
    )
    times = {row[0][5:]: row[1] for row in kept if row[0].startswith("time ")}
    assert times == {
        name: datetime.fromisoformat(expected) for name, (_, expected) in TIMES.items()
    }
    amounts = {row[0][7:]: row[2] for row in kept if row[0].startswith("amount")}
    assert amounts == {name.rstrip(): amount for name, amount in AMOUNTS.items()}
    [blank] = [row for row in kept if row[0] == "blank"]
    assert blank[2:] == ("1.00", None, None, None)
    set_aside = built.query(
        "select column_name, reason, delivered_value from "
        "main_internal.input__quarantine where record_key like 'time %' "
        "or record_key like 'amount %' or record_key like 'consent %'"
    )
    assert sorted(set_aside) == sorted(
        [("ordered_at", "unparsable", value) for value in BAD_TIMES]
        + [("net_amount", "unparsable", value) for value in BAD_AMOUNTS]
        + [("is_granted", "unparsable", "maybe")]
    )
    assert built.query(
        "select consent_id, is_granted from main_internal.input__consents "
        "where source_customer_id = 'cast' order by all"
    ) == [("consent 0", False), ("consent FALSE", False), ("consent true", True)]


@pytest.mark.parametrize(
    ("data_type", "expected"),
    [
        ("bigint", {"3": 3, "3.7": None, "3.0": 3, "-4": -4, "x": None, " ": None}),
        ("date", {"2024-02-29": "2024-02-29", "2023-02-29": None, "-infinity": None}),
    ],
)
def test_whole_numbers_and_days_are_cast_or_lost_in_sight(
    built: DbtProject, data_type: str, expected: dict[str, Any]
) -> None:
    cells = [
        "{{ segmentation.try_cast_to(\"'"
        + text
        + "'\", '"
        + data_type
        + "') }} as c"
        + str(number)
        for number, text in enumerate(expected)
    ]
    shown = built.dbt("show", "--inline", "select " + ", ".join(cells))
    assert shown.exit_code == 0, shown.log
    [row] = shown.value.results[0].agate_table.rows
    found = [None if cell is None else str(cell) for cell in row]
    assert found == [None if v is None else str(v) for v in expected.values()]


# Currencies


@case
def currencies(shop: Shop) -> None:
    def order(name: str, ordered_at: str, code: str | None, **amounts: str) -> None:
        shop.add(
            "orders",
            source_customer_id="cur",
            order_id=name,
            ordered_at=ordered_at,
            currency_code=code,
            **amounts,
        )

    # Midnight in New York is 04:00 UTC; the rate of the euro changes on April 1.
    order(
        "last of March",
        "2024-04-01 03:59:59",
        "EUR",
        gross_amount="100",
        discount_amount="9.99",
        net_amount="90.01",
        tax_amount="19",
        shipping_amount="4.95",
        margin_amount="30",
    )
    order("first of April", "2024-04-01 04:00:00", "EUR", net_amount="100")
    order("pounds", "2024-03-15 12:00:00", "GBP", net_amount="10.01")
    order("too early", "2024-03-01 04:59:59", "GBP", net_amount="10")
    order("just in time", "2024-03-01 05:00:00", "GBP", net_amount="10")
    order("francs", "2024-03-15 12:00:00", "CHF", net_amount="10")
    order("home", "2024-03-15 12:00:00", "USD", net_amount="10")
    order("unsaid", "2024-03-15 12:00:00", None, net_amount="10")
    for order_id in ("last of March", "home"):
        shop.add(
            "order_lines",
            source_customer_id="cur",
            order_id=order_id,
            net_amount="40",
            discount_amount="1.5",
        )
        shop.add(
            "order_changes",
            source_customer_id="cur",
            order_id=order_id,
            changed_at="2024-04-20 12:00:00",
            amount="10",
        )


def test_money_is_converted_at_the_rate_of_the_local_day(built: DbtProject) -> None:
    assert built.query(
        "select order_id, cast(net_amount as text) from main_internal.input__orders "
        "where source_customer_id = 'cur' order by all"
    ) == [
        ("first of April", "120.00"),
        ("home", "10.00"),
        ("just in time", "12.55"),
        ("last of March", "99.01"),
        ("pounds", "12.56"),
        ("unsaid", "10.00"),
    ]
    assert built.query(
        "select cast(gross_amount as text), cast(discount_amount as text), "
        "cast(tax_amount as text), cast(shipping_amount as text), "
        "cast(margin_amount as text) from main_internal.input__orders "
        "where order_id = 'last of March'"
    ) == [("110.00", "10.99", "20.90", "5.45", "33.00")]
    assert built.query(
        "select record_key, column_name, reason, delivered_value "
        "from main_internal.input__quarantine where reason = 'no_rate' order by all"
    ) == [
        ("francs", "currency_code", "no_rate", "CHF"),
        ("too early", "currency_code", "no_rate", "GBP"),
    ]


def test_lines_and_changes_take_the_rate_of_their_order(built: DbtProject) -> None:
    assert built.query(
        "select order_id, cast(net_amount as text), cast(discount_amount as text) "
        "from main_internal.input__order_lines where source_customer_id = 'cur' "
        "order by all"
    ) == [("home", "40.00", "1.50"), ("last of March", "44.00", "1.65")]
    assert built.query(
        "select order_id, cast(amount as text) from main_internal.input__order_changes "
        "where source_customer_id = 'cur' order by all"
    ) == [("home", "10.00"), ("last of March", "11.00")]


# Exclusions and hostile values


@case
def excluded_records(shop: Shop) -> None:
    for name, email in (
        ("staff-1", " Ann@STAFF.invalid "),
        ("staff-2", "bo@staff.invalid"),
        ("evil", "x'; delete from y; --@evil.invalid"),
        ("staff-3", "ann@staff.invalid.mail"),
        (HOSTILE_ID, "o.hara@mail.invalid"),
    ):
        shop.add("customer_records", source_customer_id=name, email=email)
        shop.add("orders", source_customer_id=name, order_id=f"order of {name}")
        shop.add("events", source_customer_id=name, event_id=f"event of {name}")


def test_excluded_records_are_counted_and_seen_nowhere(built: DbtProject) -> None:
    gone = ["evil", HOSTILE_ID, "staff-1", "staff-2"]
    assert built.query(
        "select source_customer_id, reason "
        "from main_internal.int_input__excluded_records "
        "where source_system = 'shop' order by all"
    ) == [
        ("evil", "東京"),
        (HOSTILE_ID, "a tester's account; drop table z; --"),
        ("staff-1", "staff"),
        ("staff-2", "staff"),
    ]
    for entity in ("customer_records", "orders", "events"):
        assert built.query(
            "select excluded_count from main.measurement__source_audit "
            f"where entity = '{entity}'"
        ) == [(4,)]
        left = {
            row[0]
            for row in built.query(
                f"select source_customer_id from main_internal.input__{entity}"
            )
        }
        assert "staff-3" in left
        assert not left & set(gone)
    mapped = built.query(
        "select source_customer_id from main_identity.identity__customer_map"
    )
    assert not {row[0] for row in mapped} & set(gone)


@case
def hostile_regions(shop: Shop) -> None:
    for name, region in (
        ("hostile", HOSTILE_REGION),
        ("listed", "O'Brien"),
        ("injected", "' or 1=1 --"),
        ("other", "Z\u00fcrich"),
        ("quote", "'"),
    ):
        shop.add("customer_records", source_customer_id=name, region=region)
    hostile = 'Robert\'); drop table \u30c6\u30b9\u30c8; --\n\t"x" {{ x }}'
    shop.add("orders", source_customer_id=hostile, order_id=hostile)


def test_hostile_values_of_rules_and_rows_are_only_values(built: DbtProject) -> None:
    assert built.query(
        "select source_customer_id, primary_segment from main.segments__customers "
        "inner join main_identity.identity__customer_map using (customer_id) "
        "where source_customer_id in "
        "('hostile', 'listed', 'injected', 'other', 'quote') order by all"
    ) == [
        ("hostile", "hostile"),
        ("injected", "listed"),
        ("listed", "listed"),
        ("other", "known"),
        ("quote", "otherwise"),
    ]
    assert built.query(
        "select rule_text from main.segments__definitions "
        "where segment_set = 'primary' and segment_code = 'hostile'"
    ) == [(f"region is {HOSTILE_REGION}",)]
    assert built.query(
        "select source_customer_id from main_internal.input__orders "
        "where order_id like 'Robert%' and order_id = source_customer_id"
    ) == [('Robert\'); drop table \u30c6\u30b9\u30c8; --\n\t"x" {{ x }}',)]


# Amounts


@case
def orders_by_lines(shop: Shop) -> None:
    def line(order: str, line: str, amount: str | None, **columns: object) -> None:
        shop.add(
            "order_lines",
            source_customer_id="lin",
            order_id=order,
            line_id=line,
            net_amount=amount,
            **columns,
        )

    for order, amounts in {
        "sum": {},
        "gross only": {"gross_amount": "20"},
        "versions": {},
        "stated": {"net_amount": "7", "gross_amount": "9"},
    }.items():
        nothing: dict[str, object] = {"net_amount": None}
        shop.add(
            "orders", source_customer_id="lin", order_id=order, **(nothing | amounts)
        )
    line("sum", "1", "10", discount_amount="1")
    line("sum", "1", "10", discount_amount="1", loaded_at="2024-07-02 00:00:00")
    line("sum", "2", "5.5")
    line("gross only", "1", "15")
    line("versions", "1", "10", updated_at="2024-03-05 00:00:00")
    line("versions", "1", "12", updated_at="2024-03-20 00:00:00")
    line("versions", "2", "3", updated_at="2024-03-05 00:00:00")
    line("versions", "2", "3", updated_at="2024-03-20 00:00:00", is_deleted="true")
    line("versions", "1", "99", updated_at="2024-07-01 04:00:00")
    line("stated", "1", "100", discount_amount="50")


def test_an_order_without_amounts_takes_those_of_its_lines(built: DbtProject) -> None:
    assert built.query(
        "select order_id, cast(gross_amount as text), cast(discount_amount as text), "
        "cast(net_amount as text) from main_internal.input__orders "
        "where source_customer_id = 'lin' order by all"
    ) == [
        ("gross only", "20.00", "5.00", "15.00"),
        ("stated", "9.00", "2.00", "7.00"),
        ("sum", "16.50", "1.00", "15.50"),
        ("versions", "12.00", "0.00", "12.00"),
    ]


@case
def small_orders_and_changes(shop: Shop) -> None:
    def order(name: str, amount: str, number: int = 1) -> None:
        shop.add(
            "orders",
            source_customer_id=name,
            order_id=f"{name}-{number}",
            net_amount=amount,
            gross_amount=amount,
        )

    def change(name: str, kind: str, day: str, amount: str | None) -> None:
        shop.add(
            "order_changes",
            source_customer_id=name,
            order_id=f"{name}-1",
            change_type=kind,
            changed_at=f"{day} 12:00:00",
            amount=amount,
        )

    for number, amount in enumerate(("20", "0", "-5")):
        order("small", amount, number)
    order("parts", "100")
    change("parts", "refunded", "2024-04-01", "30")
    change("parts", "returned", "2024-06-10", "20")
    order("cancels", "40", 1)
    order("cancels", "60", 2)
    change("cancels", "cancelled", "2024-06-05", None)
    change("cancels", "cancelled", "2024-06-06", None)
    order("cancels some", "40")
    change("cancels some", "cancelled", "2024-06-05", "25")
    order("refund first", "50")
    change("refund first", "refunded", "2024-04-01", "10")
    change("refund first", "cancelled", "2024-06-05", None)


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        # order_count, revenue, refunded_amount
        ("small", JUNE, (1, "15", "0")),
        ("parts", MAY, (1, "70", "30")),
        ("parts", JUNE, (1, "50", "50")),
        ("cancels", MAY, (2, "100", "0")),
        ("cancels", JUNE, (1, "60", "40")),
        ("cancels some", JUNE, (0, "15", "25")),
        ("refund first", MAY, (1, "40", "10")),
        ("refund first", JUNE, (0, "0", "50")),
    ],
)
def test_changes_take_back_from_their_day_on(
    built: DbtProject, name: str, day: str, expected: tuple[int, str, str]
) -> None:
    count, revenue, refunded = expected
    names = ("order_count", "revenue", "refunded_amount")
    assert features(built, name, day, *names) == (
        count,
        money(revenue),
        money(refunded),
    )


# Identity


@case
def linked_records(shop: Shop) -> None:
    def record(name: str, day: str = "2024-01-10", **columns: object) -> None:
        created_at = f"{day} 09:00:00"
        shop.add(
            "customer_records",
            source_customer_id=name,
            created_at=created_at,
            **columns,
        )

    def identifier(name: str, kind: str, value: str) -> None:
        shop.add(
            "identifiers",
            source_customer_id=name,
            identifier_type=kind,
            identifier_value=value,
            observed_at="2024-02-01 09:00:00",
        )

    record("mail-1", email=" Kim@Mail.invalid ")
    record("mail-2", "2024-01-09", email="kim@mail.invalid")
    record("phone-1", phone="+1 (555) 010-2000")
    record("phone-2", phone="1 555 0102000")
    # Neither is the first of the chain the anchor, nor the record that has most links.
    record("chain-a", "2024-01-13", email="a.b@mail.invalid")
    record("chain-b", "2024-01-12", email="a.b@mail.invalid", phone="5550103000")
    record("chain-c", "2024-01-11", phone="555-0103-000")
    record("chain-d", "2024-01-14")
    identifier("chain-c", "loyalty_card", "77")
    identifier("chain-d", "loyalty_card", " 77 ")
    for number in (1, 2):
        name = f"apart-{number}"
        record(name, email="info@mail.invalid", phone="000 0000 000")
        identifier(name, "email", "no address")
        identifier(name, "phone", "12345")
    identifier("apart-1", "loyalty_card", "88")
    identifier("apart-2", "login", "88")


@pytest.mark.parametrize(
    ("prefix", "anchors"),
    [
        ("mail", {"mail-1": "mail-2", "mail-2": "mail-2"}),
        ("phone", {"phone-1": "phone-1", "phone-2": "phone-1"}),
        ("chain", {f"chain-{letter}": "chain-c" for letter in "abcd"}),
        ("apart", {"apart-1": "apart-1", "apart-2": "apart-2"}),
    ],
)
def test_shared_identifiers_make_one_customer_of_records(
    built: DbtProject, prefix: str, anchors: dict[str, str]
) -> None:
    ids = {record: md5_of(anchor) for record, anchor in anchors.items()}
    mapped = built.query(
        "select source_customer_id, customer_id "
        "from main_identity.identity__customer_map "
        f"where source_customer_id like '{prefix}-%'"
    )
    assert dict(mapped) == ids
    aliases = built.query(
        "select alias_customer_id, customer_id from main_identity.identity__aliases "
        f"where source_customer_id like '{prefix}-%'"
    )
    assert dict(aliases) == {
        md5_of(record): customer_id
        for record, customer_id in ids.items()
        if md5_of(record) != customer_id
    }


def test_an_undone_link_restores_the_id_and_strangers_change_none(
    shop_project_dir: Path, tmp_path: Path
) -> None:
    def shop_with(bo: str) -> Shop:
        shop = Shop()
        shop.add("customer_records", email="ann@mail.invalid")
        shop.add(
            "customer_records",
            source_customer_id="bo",
            email=bo,
            created_at="2024-02-01 09:00:00",
        )
        return shop

    def customers(shop: Shop) -> dict[str, str]:
        project = shop_project(shop_project_dir, tmp_path / "shop.duckdb", shop)
        result = project.build("--select", "+identity__aliases", *NO_TESTS)
        assert result.exit_code == 0, result.log
        return dict(
            project.query(
                "select source_customer_id, customer_id from "
                "main_identity.identity__customer_map"
            )
        )

    linked = shop_with(bo="ANN@mail.invalid")
    assert customers(linked) == {"ann": md5_of("ann"), "bo": md5_of("ann")}
    undone = shop_with(bo="bo@mail.invalid")
    undone.add("customer_records", source_customer_id="aaa", created_at="2020-01-01")
    undone.add("orders", source_customer_id="ann", ordered_at="2024-06-01 12:00:00")
    assert customers(undone) == {name: md5_of(name) for name in ("aaa", "ann", "bo")}


# Known at


@case
def loaded_later(shop: Shop) -> None:
    def order(name: str, amount: str, loaded_at: str | None) -> None:
        shop.add(
            "orders",
            source_customer_id="known",
            order_id=name,
            ordered_at="2024-03-01 12:00:00",
            net_amount=amount,
            loaded_at=loaded_at,
        )

    order("known", "10", "2024-04-01 12:00:00")
    order("known later", "20", "2024-04-01 12:00:01")
    order("corrected later", "30", "2024-03-02 00:00:00")
    order("corrected later", "33", "2024-05-01 00:00:00")
    order("unsaid when", "40", None)


@pytest.fixture
def known_in_april(
    built: DbtProject, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DbtProject]:
    """The same shop, as it was known at a time; the parse is the same."""
    manifest = built.dbt("parse").value
    known = {"segmentation_known_at": "2024-04-01 12:00:00"}
    with monkeypatch.context() as patch:
        patch.setattr("dbt_project.dbtRunner", partial(dbtRunner, manifest=manifest))
        yield replace(built, vars=SETTINGS | known)


def test_known_at_hides_what_was_loaded_later(known_in_april: DbtProject) -> None:
    query = (
        "select order_id, cast(net_amount as text) from main_internal.input__orders "
        "where source_customer_id = 'known' order by all"
    )
    assert known_in_april.query(query) == [
        ("corrected later", "33.00"),
        ("known", "10.00"),
        ("known later", "20.00"),
        ("unsaid when", "40.00"),
    ]
    result = known_in_april.build("--select", "+input__orders", *NO_TESTS)
    assert result.exit_code == 0, result.log
    assert known_in_april.query(query) == [
        ("corrected later", "30.00"),
        ("known", "10.00"),
        ("unsaid when", "40.00"),
    ]
