"""A small panel with known spend and codes, for tests of `segment train power`."""

import csv
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import md5
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import duckdb

from segmentation.train.power import Panel

if TYPE_CHECKING:
    import psycopg2.extensions

DATES = (date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31))
TIERS = ("platinum", "gold", "silver", "bronze", "basic", "dormant")
SHARES = (0.05, 0.15, 0.30, 0.50, 0.75, 1.0)


@dataclass(frozen=True)
class Row:
    """A customer at a date. `later` is what nobody can know at it: the next quarter."""

    customer_id: str
    as_of_date: date
    customer_type: str
    is_profiled: bool
    revenue: float
    revenue_90d: float
    recency_score: int
    frequency_monetary_score: int
    primary_segment: str
    value_tier: str
    lifecycle: str
    behavior: str
    demographic: str
    psychographic: str
    rfm: str
    pace: float
    later: float


FEATURES = (
    "customer_id",
    "as_of_date",
    "customer_type",
    "is_profiled",
    "revenue",
    "revenue_90d",
    "recency_score",
    "frequency_monetary_score",
)
CODES = (
    "customer_id",
    "as_of_date",
    "primary_segment",
    "value_tier",
    "lifecycle",
    "behavior",
    "demographic",
    "psychographic",
    "rfm",
)
SCHEMA = {
    "features__as_of_dates": (
        "as_of_date date, is_current boolean, is_month_end boolean"
    ),
    "features__customers": (
        "customer_id text, as_of_date date, customer_type text, is_profiled boolean, "
        "revenue numeric(18, 2), revenue_90d numeric(18, 2), recency_score bigint, "
        "frequency_monetary_score bigint"
    ),
    "segments__memberships": (
        "customer_id text, as_of_date date, primary_segment text, value_tier text, "
        "lifecycle text, behavior text, demographic text, psychographic text, rfm text"
    ),
    "segments__definitions": (
        "segment_set text, segment_code text, value_order bigint"
    ),
}

OUTCOME_SCHEMA = {
    "identity__customer_map": (
        "source_system text, source_customer_id text, customer_id text"
    ),
    "int_features__purchase_movements": (
        "source_system text, source_customer_id text, order_id text, "
        "effective_date date, is_placement boolean"
    ),
    "input__order_lines": (
        "source_system text, order_id text, line_id text, product_id text, "
        "net_amount numeric(18, 2), updated_at timestamp, is_deleted boolean"
    ),
    "int_features__products": "source_system text, product_id text, category text",
    "input__campaigns": "source_system text, campaign_id text, started_at timestamp",
    "input__campaign_exposures": (
        "source_system text, source_customer_id text, campaign_id text, "
        "assigned_at timestamp, exposed_at timestamp"
    ),
    "input__campaign_responses": (
        "source_system text, source_customer_id text, campaign_id text, "
        "responded_at timestamp"
    ),
}


def make_rows(customers: int = 1200, seed: int = 1) -> list[Row]:
    """Return customers whose spend varies around a pace of their own."""
    drawn = random.Random(seed)
    spent, paces = {}, {}
    for number in range(customers):
        pace = drawn.lognormvariate(4, 1)
        quarters = [round(pace * drawn.uniform(0.3, 1.7), 2) for _ in range(5)]
        if drawn.random() < 0.2:
            last = drawn.randint(1, 4)
            quarters[last:] = [0.0] * (5 - last)
        spent[f"c{number:05d}"] = quarters
        paces[f"c{number:05d}"] = pace
    stated = {key: drawn.choice("abcd") for key in spent}
    rows = []
    for place, day in enumerate(DATES):
        ranked = sorted(spent, key=lambda key: (-spent[key][place], key))
        for rank, key in enumerate(ranked):
            quarters = spent[key]
            share = rank / len(ranked)
            tier = next(t for t, s in zip(TIERS, SHARES, strict=True) if share < s)
            number = int(key[1:])
            rows.append(
                Row(
                    customer_id=key,
                    as_of_date=day,
                    customer_type="prospect" if number % 40 == 7 else "buyer",
                    is_profiled=number % 30 != 11,
                    revenue=round(sum(quarters[: place + 1]), 2),
                    revenue_90d=quarters[place],
                    recency_score=drawn.randint(1, 5),
                    frequency_monetary_score=5 - int(share * 5),
                    primary_segment="best" if tier in TIERS[:2] else "other",
                    value_tier=tier,
                    lifecycle="active" if quarters[place] else "lapsed",
                    behavior=drawn.choice(["top_up", "stock_up", "explorer"]),
                    demographic=stated[key] if number % 3 else "not_observed",
                    psychographic=drawn.choice("vwxyz"),
                    rfm="one",
                    pace=paces[key],
                    later=quarters[place + 1],
                )
            )
    return rows


def changed(rows: Sequence[Row], **how: Callable[[Row], Any]) -> list[Row]:
    """Return rows with columns computed anew from each."""
    return [
        replace(row, **{name: make(row) for name, make in how.items()}) for row in rows
    ]


def table_rows(rows: Sequence[Row]) -> dict[str, list[list[object]]]:
    """Return the rows of each table."""
    return {
        "features__as_of_dates": [[day, day == DATES[-1], True] for day in DATES],
        "features__customers": [[getattr(r, name) for name in FEATURES] for r in rows],
        "segments__memberships": [[getattr(r, name) for name in CODES] for r in rows],
        "segments__definitions": [
            *(["value_tier", tier, place + 1] for place, tier in enumerate(TIERS)),
            ["value_tier", "not_profiled", None],
        ],
    }


def write_csv(file: Path, rows: Sequence[Sequence[object]]) -> Path:
    """Write rows as engines read them."""
    with file.open("w", newline="") as lines:
        csv.writer(lines).writerows(rows)
    return file


def outcome_rows(rows: Sequence[Row]) -> dict[str, list[list[object]]]:
    """Return orders, campaigns and responses of each customer in the last quarters.

    Who is `top_up` buys tea for half of it, others for a tenth; the rest is bread.
    Every other customer is reached by a campaign a quarter; who is `explorer` responds.
    """
    customers = sorted({row.customer_id for row in rows})
    at = {(row.customer_id, row.as_of_date): row.behavior for row in rows}
    tables: dict[str, list[list[object]]] = {name: [] for name in OUTCOME_SCHEMA}
    tables["int_features__products"] = [["s", "p1", "tea"], ["s", "p2", "bread"]]
    for day in DATES[:3]:
        name = f"campaign {day}"
        tables["input__campaigns"].append(["s", name, f"{day} 00:00:00"])
        for key in customers:
            behavior = at[key, day]
            order, bought_on = f"{key}-{day}", day + timedelta(40)
            tea = 50 if behavior == "top_up" else 10
            tables["int_features__purchase_movements"].append(
                ["s", f"r-{key}", order, bought_on, True]
            )
            for line, product, amount in ((1, "p1", tea), (2, "p2", 100 - tea)):
                tables["input__order_lines"].append(
                    ["s", order, line, product, amount, None, False]
                )
            if int(key[1:]) % 2:
                reached = f"{day + timedelta(10)} 12:00:00"
                tables["input__campaign_exposures"].append(
                    ["s", f"r-{key}", name, None, reached]
                )
                if behavior == "explorer":
                    tables["input__campaign_responses"].append(
                        ["s", f"r-{key}", name, f"{day + timedelta(20)} 12:00:00"]
                    )
    tables["identity__customer_map"] = [["s", f"r-{key}", key] for key in customers]
    return tables


def fill(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Sequence[Sequence[object]]],
    folder: Path,
) -> None:
    """Write tables into the schema `main`."""
    for table, content in tables.items():
        columns = (SCHEMA | OUTCOME_SCHEMA)[table]
        connection.execute(f"create or replace table {table} ({columns})")
        file = write_csv(folder / f"{table}.csv", content)
        connection.execute(
            f"copy {table} from '{file}' (format csv, auto_detect false)"
        )


def fill_postgres(
    connection: "psycopg2.extensions.connection",
    tables: Mapping[str, Sequence[Sequence[object]]],
    folder: Path,
) -> None:
    """Write the same tables into the first schema of the search path."""
    cursor = connection.cursor()
    for table, content in tables.items():
        cursor.execute(f"create table {table} ({(SCHEMA | OUTCOME_SCHEMA)[table]})")
        with write_csv(folder / f"{table}.csv", content).open() as lines:
            cursor.copy_expert(f"copy {table} from stdin (format csv)", lines)
        cursor.execute(f"analyze {table}")


def open_panel(connection: duckdb.DuckDBPyConnection) -> Panel:
    """Return all tables of a connection."""
    columns: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from information_schema.columns"
    ).fetchall():
        columns.setdefault(table, set()).add(column)
    return Panel(
        lambda sql, *values: connection.execute(sql, list(values) or None).fetchall(),
        {table: table for table in columns},
        columns,
    )


# Code (null: not to be judged), whether a buyer, and revenue to date of each customer.
Known = dict[str, tuple[str | None, bool, float]]


def share_by_customer(known: Mapping[date, Known], dates: Sequence[date]) -> float:
    """Calculate the share of later spend that codes explain, customer by customer.

    Args:
        known: What is known of each customer at each date.
        dates: Quarter ends, the oldest first; judged from the second on.
    """

    def spent(start: date, end: date) -> list[tuple[str, str | None, float]]:
        return [
            (key, code, round(float(known[end][key][2]) - float(revenue), 2))
            for key, (code, is_buyer, revenue) in known[start].items()
            if is_buyer
        ]

    def half(key: str) -> int:
        return int(md5(key.encode()).hexdigest()[:2], 16) % 2

    model = reference = 0.0
    for start, middle, end in zip(dates, dates[1:], dates[2:], strict=False):
        learned, judged = spent(start, middle), spent(middle, end)
        values = sorted(value for _, _, value in learned)
        # The smallest value that 99% of values do not exceed.
        cap = values[-(-len(values) * 99 // 100) - 1]
        for side in (0, 1):
            means: dict[str, list[float]] = defaultdict(list)
            for key, code, value in learned:
                if code is not None and half(key) != side:
                    means[code].append(min(value, cap))
            average = fmean(value for found in means.values() for value in found)
            for key, code, value in judged:
                if code is not None and half(key) == side:
                    mean = fmean(means.get(code, [average]))
                    model += (min(value, cap) - mean) ** 2
                    reference += (min(value, cap) - average) ** 2
    return 1 - model / reference
