"""Whether the hand-written script and the project say the same of the same customers.

The script joins nobody, so those are compared who have one record of the sources that
a column comes from. That none differs says that the bound does the project's work.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

BUYERS = ("omni_shop", "omni_till")
COUNTED = (
    *("order_count", "order_count_30d", "order_count_90d", "order_count_365d"),
    *("revenue", "revenue_30d", "revenue_90d", "revenue_365d", "gross_amount"),
    *("discount_amount", "refunded_amount", "tenure_days", "days_since_last_order"),
    *("first_order_date", "last_order_date"),
)
DIVIDED = (
    *("average_order_value", "discount_share", "gap_variation"),
    *("weekend_order_share", "online_order_share"),
)
VISITED = (
    *("session_count_30d", "session_count_90d", "active_day_count_90d"),
    *("page_count_90d", "last_visit_date"),
)
READ = (
    *("message_sent_count", "message_click_count", "message_sent_count_90d"),
    *("message_open_count_90d", "message_click_count_90d"),
)
USED = ("product_use_count_90d", "product_use_day_count_90d")
EXPECTED = ("probability_alive", "expected_orders_90d", "expected_orders_365d")
# Table of the project, sources, columns, and how far apart two values may be.
COMPARED = (
    ("features__purchases", BUYERS, COUNTED, 0.0),
    ("features__purchases", BUYERS, DIVIDED, 1e-8),
    ("features__engagement", ("omni_web",), VISITED, 0.0),
    ("features__engagement", ("omni_mailing",), READ, 0.0),
    ("features__engagement", ("omni_product",), USED, 0.0),
    ("features__value", BUYERS, EXPECTED, 1e-8),
    ("features__value", BUYERS, ("expected_revenue_365d",), 0.0051),
)


def disagreements(
    warehouse: Path, segments: Path, as_of: date
) -> Iterator[tuple[str, int, int]]:
    """Yield each column with the customers compared and those that differ."""
    with duckdb.connect(str(segments), read_only=True) as connection:
        connection.execute(f"attach '{warehouse}' as project (read_only)")
        for table, sources, columns, apart in COMPARED:
            for column in columns:
                found, differing = connection.execute(
                    f"""
                    with single as (
                        select
                            customer_id,
                            min(source_system) as source_system,
                            min(source_customer_id) as record
                        from project.main_identity.identity__customer_map
                        where list_contains(?, source_system)
                        group by customer_id
                        having count(*) = 1
                    )
                    select count(*), count(*) filter ({_differs(column, apart)})
                    from single
                    inner join segments as own using (source_system, record)
                    inner join project.main.{table} as theirs using (customer_id)
                    where
                        theirs.as_of_date = ?
                        and {_is_told(table, column)}
                    """,
                    [list(sources), as_of],
                ).fetchall()[0]
                yield column, found, differing


def _is_told(table: str, column: str) -> str:
    # The project expects nothing of who objected to profiling; the script asks nobody.
    return f"theirs.{column} is not null" if table == "features__value" else "true"


def _differs(column: str, apart: float) -> str:
    if not apart:
        return f"own.{column} is distinct from theirs.{column}"
    return (
        f"(own.{column} is null) <> (theirs.{column} is null) "
        f"or abs(own.{column} - theirs.{column}) > {apart}"
    )
