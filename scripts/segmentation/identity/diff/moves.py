"""Temporary tables with what moves between two resolutions of the same records.

They end with the session.
"""

from collections.abc import Mapping

from segmentation.warehouse_tables import Query

# One row per record of either side, with its customers and its revenue.
MOVES = """
create temporary table diff_moves as
with before_records as (

    select
        customer_map.source_system,
        customer_map.source_customer_id,
        customer_map.customer_id,
        records.record_number
    from {before_map} as customer_map
    inner join {before_records} as records
        on
            customer_map.source_system = records.source_system
            and customer_map.source_customer_id = records.source_customer_id

),

after_records as (

    select
        customer_map.source_system,
        customer_map.source_customer_id,
        customer_map.customer_id,
        records.record_number
    from {after_map} as customer_map
    inner join {after_records} as records
        on
            customer_map.source_system = records.source_system
            and customer_map.source_customer_id = records.source_customer_id

),

records as (

    select
        coalesce(before_records.source_system, after_records.source_system)
            as source_system,
        coalesce(
            before_records.source_customer_id, after_records.source_customer_id
        ) as source_customer_id,
        before_records.customer_id as before_customer_id,
        after_records.customer_id as after_customer_id,
        before_records.record_number as before_number,
        after_records.record_number as after_number
    from before_records
    full outer join after_records
        on
            before_records.source_system = after_records.source_system
            and before_records.source_customer_id = after_records.source_customer_id

)

select
    records.*,
    coalesce(revenue.revenue, 0) as net_revenue
from records
left join {after_revenue} as revenue
    on
        records.source_system = revenue.source_system
        and records.source_customer_id = revenue.source_customer_id
"""

# One row per pair of a customer before and one after that share records. A customer
# without any record left has no customer after.
LINKS = """
create temporary table diff_links as
with survivors as (

    select distinct before_customer_id
    from diff_moves
    where before_customer_id is not null and after_customer_id is not null

),

pairs as (

    select
        diff_moves.before_customer_id,
        diff_moves.after_customer_id,
        cast(count(*) as bigint) as record_count,
        sum(diff_moves.net_revenue) as net_revenue
    from diff_moves
    left join survivors
        on diff_moves.before_customer_id = survivors.before_customer_id
    where
        diff_moves.before_customer_id is not null
        and (
            diff_moves.after_customer_id is not null
            or survivors.before_customer_id is null
        )
    group by diff_moves.before_customer_id, diff_moves.after_customer_id

),

counted as (

    select
        pairs.*,
        count(*) over (partition by before_customer_id) as after_count,
        count(*) over (partition by after_customer_id) as before_count
    from pairs

)

select
    before_customer_id,
    after_customer_id,
    record_count,
    net_revenue
from counted
where
    after_customer_id is null
    or after_count > 1
    or before_count > 1
    or before_customer_id <> after_customer_id
"""


def prepare(query: Query, names: Mapping[str, str]) -> None:
    """Create the temporary tables.

    Args:
        query: Runs a statement.
        names: SQL names of the tables of both sides.
    """
    query(MOVES.format(**names))
    # A new table has no statistics on PostgreSQL, and plans guess one row.
    query("analyze diff_moves")
    query(LINKS)
    query("analyze diff_links")
