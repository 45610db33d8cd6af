"""A baseline: records with an equal identifier are one customer, without exception.

No value is blocked, no limit holds and nothing is normalised but case, blanks and what
is no digit of a telephone number. It shows what care is worth.
"""

from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

TABLES = ("input__customer_records", "input__identifiers")

Numbers = npt.NDArray[np.int64]

_RECORDS = """
create or replace temp table exact_key_records as
select
    row_number() over () - 1 as number,
    source_system,
    source_customer_id
from (
    select source_system, source_customer_id from {records}
    union
    select source_system, source_customer_id from {identifiers}
)
"""

_KEYS = """
create or replace temp table exact_keys as
with delivered as (

    select source_system, source_customer_id, 'email' as kind, email as value
    from {records}
    where email is not null
    union all
    select source_system, source_customer_id, 'phone' as kind, phone as value
    from {records}
    where phone is not null
    union all
    select source_system, source_customer_id, identifier_type, identifier_value
    from {identifiers}
    where identifier_value is not null

)

select
    records.number,
    delivered.kind,
    case
        when delivered.kind = 'phone'
            then regexp_replace(delivered.value, '[^0-9]', '', 'g')
        else lower(trim(delivered.value))
    end as key
from delivered
inner join exact_key_records as records
    on
        delivered.source_system = records.source_system
        and delivered.source_customer_id = records.source_customer_id
"""

# A star per key; all pairs of a key that many share would not fit anywhere.
_EDGES = """
with centres as (

    select kind, key, min(number) as number
    from exact_keys
    where key <> ''
    group by kind, key
    having min(number) <> max(number)

)

select distinct
    centres.number as first,
    keys.number as second
from centres
inner join exact_keys as keys on centres.kind = keys.kind and centres.key = keys.key
where centres.number <> keys.number
"""


def join_exact_keys(
    connection: duckdb.DuckDBPyConnection, records: str, identifiers: str
) -> str:
    """Write the baseline's answer into a temporary table.

    Args:
        connection: Open connection to the warehouse.
        records: SQL name of `input__customer_records`.
        identifiers: SQL name of `input__identifiers`.

    Returns:
        SQL name of the table: a customer per record.
    """
    for statement in (_RECORDS, _KEYS):
        connection.execute(statement.format(records=records, identifiers=identifiers))
    [(count,)] = connection.execute("select count(*) from exact_key_records").fetchall()
    edges: dict[str, Any] = connection.execute(_EDGES).fetchnumpy()
    labels = {
        "number": np.arange(count),
        "customer_id": components(edges["first"], edges["second"], count),
    }
    connection.register("exact_key_labels", labels)
    connection.execute(
        """
        create or replace temp table exact_key_customers as
        select records.source_system, records.source_customer_id, labels.customer_id
        from exact_key_records as records
        inner join exact_key_labels as labels on records.number = labels.number
        """
    )
    connection.unregister("exact_key_labels")
    connection.execute("drop table exact_keys")
    return "temp.exact_key_customers"


def components(first: Numbers, second: Numbers, count: int) -> Numbers:
    """Return the smallest node that each node is connected with.

    Each round hooks the root of an edge's end to the smaller root at the other end and
    then points every node at its root (after Shiloach and Vishkin 1982).

    Args:
        first: One end of each edge, from 0 to count - 1.
        second: The other end, of the same length.
        count: Number of nodes.
    """
    roots = np.arange(count, dtype=np.int64)
    while True:
        ends = roots[first], roots[second]
        if np.array_equal(*ends):
            return roots
        smaller = np.minimum(*ends)
        for end in ends:
            np.minimum.at(roots, end, smaller)
        while not np.array_equal(roots, roots[roots]):
            roots = roots[roots]
