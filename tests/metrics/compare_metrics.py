"""Asks MetricFlow for the metrics of the project and compares them with the tables.

Run after `make build`, from the folder of the project: `make test-metrics`.
"""

import argparse
import csv
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

MONTHS = "from measurement__segment_months where segment_set = 'primary' group by 1, 2"
ORDERS = "from measurement__orders group by 1"
# Metric: what groups it, and the same from the table.
COMPARED = {
    **{
        metric: (
            ("segment_month__month_start", "segment_month__segment_code"),
            f"select month, segment_code, {sql} {MONTHS}",
        )
        for metric, sql in {
            "segment_opening_customers": "sum(opening_count)",
            "segment_ordering_customers": "sum(ordering_count)",
            "segment_leaving_customers": "sum(moved_out_count)",
            "segment_orders": "sum(order_count)",
            "segment_revenue": "sum(revenue_amount)",
            "segment_marketing_cost": "sum(marketing_amount)",
            "segment_order_rate": "sum(ordering_count) / nullif(sum(opening_count), 0)",
            "segment_leaving_rate": (
                "sum(moved_out_count) / nullif(sum(opening_count), 0)"
            ),
            "segment_revenue_per_customer": (
                "sum(revenue_amount) / nullif(sum(opening_count), 0)"
            ),
        }.items()
    },
    # Of a stock the last month counts, not the sum of months.
    "segment_closing_customers": (
        ("segment_month__segment_code",),
        (
            "select segment_code, sum(closing_count) from measurement__segment_months "
            "where segment_set = 'primary' and month = "
            "(select max(month) from measurement__segment_months) group by 1"
        ),
    ),
    **{
        metric: (("segment_order__value_tier",), f"select value_tier, {sql} {ORDERS}")
        for metric, sql in {
            "order_revenue": "sum(revenue_amount)",
            "order_discounts": "sum(discount_amount)",
            "order_gross": "sum(gross_amount)",
            "orders_standing": "count(*) filter (where is_order)",
            "order_value_mean": (
                "sum(revenue_amount) / nullif(count(*) filter (where is_order), 0)"
            ),
            "order_discount_share": "sum(discount_amount) / sum(gross_amount)",
        }.items()
    },
}


def asked(command: str, metric: str, groups: tuple[str, ...]) -> dict[object, float]:
    """Return MetricFlow's answer, by group."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answer.csv"
        query = ["query", "--metrics", metric, "--group-by", ",".join(groups)]
        done = subprocess.run(
            [command, *query, "--csv", str(path)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "0"},
        )
        if done.returncode or not path.exists():
            sys.exit(f"MetricFlow gave no answer to {metric}:\n{done.stdout}")
        with path.open(newline="") as file:
            rows = list(csv.reader(file))[1:]
    return {tuple(cell[:10] for cell in row[:-1]): number(row[-1]) for row in rows}


def number(text: object) -> float:
    """Return a number, of which one that is missing is none."""
    return math.nan if text in (None, "") else float(str(text))


def main() -> None:
    """Compare each metric; exit with 1 and say which differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mf", default="mf", help="the command of MetricFlow")
    parser.add_argument("--warehouse", default="warehouse.duckdb")
    arguments = parser.parse_args()
    differing = []
    for metric, (groups, sql) in COMPARED.items():
        found = asked(arguments.mf, metric, groups)
        with duckdb.connect(arguments.warehouse, read_only=True) as connection:
            rows = connection.execute(sql).fetchall()
        expected = {
            tuple(str(c)[:10] for c in row[:-1]): number(row[-1]) for row in rows
        }
        same = found.keys() == expected.keys() and all(
            math.isclose(found[key], value, rel_tol=1e-9)
            or (math.isnan(found[key]) and math.isnan(value))
            for key, value in expected.items()
        )
        print(f"{metric:<30} {len(expected):>4} groups {'equal' if same else 'DIFFER'}")
        if not same:
            differing.append(metric)
    if differing:
        sys.exit(f"{len(differing)} metrics differ: {', '.join(differing)}")


if __name__ == "__main__":
    main()
