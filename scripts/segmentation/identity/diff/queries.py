"""What is asked of the tables that say which records move (moves.py)."""

from collections.abc import Collection, Mapping
from typing import Any

from segmentation.warehouse_tables import Query

LINKED = """
select before_customer_id, after_customer_id, record_count, net_revenue
from diff_links
order by before_customer_id, after_customer_id
"""

# In both, before alone, after alone; customers before and after; records that move.
COUNTS = """
select
    count(before_number + after_number),
    count(case when after_number is null then 1 end),
    count(case when before_number is null then 1 end),
    count(distinct before_customer_id),
    count(distinct after_customer_id),
    count(case when before_customer_id <> after_customer_id then 1 end),
    sum(net_revenue)
from diff_moves
"""

# Edges of one side between records that are one customer there and were none, or are
# none, on the other side, which lacks the edge. Both sides number records in the same
# order, but need not write the ends of an edge in it.
CAUSES = """
with joins as (

    select
        edges.rule_code,
        first_ends.{this}_customer_id as customer_id,
        first_ends.{other}_number as first_number,
        second_ends.{other}_number as second_number
    from {edges} as edges
    inner join diff_moves as first_ends
        on edges.node_a = first_ends.{this}_number
    inner join diff_moves as second_ends
        on edges.node_b = second_ends.{this}_number
    where
        first_ends.{this}_customer_id = second_ends.{this}_customer_id
        and (
            first_ends.{other}_customer_id <> second_ends.{other}_customer_id
            or first_ends.{other}_number is null
            or second_ends.{other}_number is null
        )

),

known as (

    select distinct
        least(node_a, node_b) as low_number,
        greatest(node_a, node_b) as high_number
    from {other_edges}

)

select
    joins.customer_id,
    joins.rule_code,
    joins.first_number is not null and joins.second_number is not null,
    cast(count(*) as bigint)
from joins
left join known
    on
        least(joins.first_number, joins.second_number) = known.low_number
        and greatest(joins.first_number, joins.second_number) = known.high_number
where known.low_number is null
group by 1, 2, 3
order by 1, 2, 3
"""

RECORDS = """
select
    before_customer_id,
    after_customer_id,
    source_system,
    source_customer_id,
    net_revenue
from diff_moves
where before_customer_id in (select before_customer_id from diff_links) {narrowed}
order by source_system, source_customer_id
"""

SOURCES = "select distinct source_system from {table} order by 1"


def causes(query: Query, names: Mapping[str, str], this: str, other: str) -> list[Any]:
    """Return customer, rule, whether both records are known to both sides, and edges.

    Args:
        query: Runs a statement.
        names: SQL names of the tables of both sides.
        this: The side, before or after, that has the edges.
        other: The side that lacks them.
    """
    edges, other_edges = names[f"{this}_edges"], names[f"{other}_edges"]
    return query(
        CAUSES.format(this=this, other=other, edges=edges, other_edges=other_edges)
    )


def records(query: Query, customers: Collection[str] | None) -> list[Any]:
    """Return the records of customers before, or of all that change."""
    narrowed = ""
    if customers is not None:
        listed = ", ".join(
            "'" + customer.replace("'", "''") + "'" for customer in sorted(customers)
        )
        narrowed = f"and before_customer_id in ({listed})" if listed else "and 1 = 0"
    return query(RECORDS.format(narrowed=narrowed))
