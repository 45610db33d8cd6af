"""Records what a release says of customers, as the difference to the one before.

Codes at the date a release stands at have no date in the ledger: it moves on with every
release, and a customer whose codes stay would otherwise cost two rows a night. A date
that leaves the panel costs none either: it is no longer among the release's dates, and
what was last said of it waits there in case it comes back.
"""

from datetime import date

from segmentation.release.ledger import Ledger
from segmentation.release.served import Release
from segmentation.warehouse_tables import Query

# What `segments__memberships` says of a customer at a date.
CODES = (
    "primary_segment",
    "value_tier",
    "rfm",
    "lifecycle",
    "behavior",
    "demographic",
    "psychographic",
    "behavior_origin",
)


def record_memberships(
    query: Query, ledger: Ledger, release: Release, memberships: str
) -> None:
    """Append the dates of a release and the memberships that changed with it.

    One date at a time: memory follows the number of customers, not the history.

    Args:
        query: Warehouse, inside a transaction.
        ledger: Tables to append to; their last release is the one before.
        release: The release.
        memberships: Quoted relation with its memberships.
    """
    dates = query(
        f"select as_of_date, count(*) from {memberships} "
        "group by as_of_date order by as_of_date"
    )
    for as_of_date, customer_count in dates:
        query(
            f"insert into {ledger.dates} (run_id, customer_count, as_of_date) "
            "values (?, ?, ?)",
            release.run_id,
            customer_count,
            as_of_date,
        )
        _record_date(query, ledger, release, memberships, as_of_date)


def _record_date(
    query: Query, ledger: Ledger, release: Release, memberships: str, as_of_date: date
) -> None:
    said_of = None if as_of_date == release.as_of_date else as_of_date
    codes = ", ".join(CODES)
    differs = " or ".join(f"held.{code} is distinct from said.{code}" for code in CODES)
    query(
        f"insert into {ledger.memberships} "
        f"(run_id, customer_id, change_type, {codes}, as_of_date, released_at) "
        "with recorded as ("
        f"select customer_id, change_type, {codes}, row_number() over ("
        "partition by customer_id order by released_at desc) as recency_rank "
        f"from {ledger.memberships} "
        f"where as_of_date {'is null' if said_of is None else '= ?'}), "
        "said as (select * from recorded "
        "where recency_rank = 1 and change_type <> 'removed'), "
        f"held as (select customer_id, {codes} from {memberships} "
        "where as_of_date = ?) "
        "select cast(? as text), coalesce(held.customer_id, said.customer_id), "
        "case when said.customer_id is null then 'added' "
        "when held.customer_id is null then 'removed' else 'changed' end, "
        f"{', '.join(f'held.{code}' for code in CODES)}, "
        "cast(? as date), cast(? as timestamp) "
        "from held full join said on held.customer_id = said.customer_id "
        f"where held.customer_id is null or said.customer_id is null or {differs}",
        *([] if said_of is None else [said_of]),
        as_of_date,
        release.run_id,
        said_of,
        release.released_at,
    )
