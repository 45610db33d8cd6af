"""The customers that raw rows of a shop must become, found without the warehouse.

expected = joined_exactly(shop, [])  # when nothing but exact identifiers joins records
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import md5
from typing import Any

from scipy.cluster.hierarchy import DisjointSet

from identity_world_rows import EVENT_TIMES
from shop import Shop

Record = str
Customers = dict[Record, str]


def first_seen(shop: Shop) -> dict[Record, str]:
    """Return when each record was first seen, by its load where nothing is dated."""
    events, loads = defaultdict(list), defaultdict(list)
    for entity, time in EVENT_TIMES.items():
        for row in shop.rows[entity]:
            events[row["source_customer_id"]].append(row[time])
            loads[row["source_customer_id"]].append(row["loaded_at"])
    return {
        record: min(filter(None, times), default=min(loads[record]))
        for record, times in events.items()
    }


def anchored(groups: Mapping[Record, Any], seen: Mapping[Record, str]) -> Customers:
    """Return the id of each record's customer: that of the record first seen."""
    members = defaultdict(list)
    for record, group in groups.items():
        members[group].append((seen[record], record))
    return {
        record: md5(f"shop/{min(members[group])[1]}".encode()).hexdigest()
        for record, group in groups.items()
    }


def joined_exactly(shop: Shop, pairs: Iterable[tuple[Record, Record]]) -> Customers:
    """Return the customers that exact identifiers and these pairs make of all records.

    A pair of which one record does not exist joins nothing.
    """
    seen = first_seen(shop)
    records = DisjointSet(seen)
    holders: dict[tuple[str, str], Record] = {}
    for row in shop.rows["identifiers"]:
        value = (row["identifier_type"], row["identifier_value"])
        records.merge(
            holders.setdefault(value, row["source_customer_id"]),
            row["source_customer_id"],
        )
    for one, other in pairs:
        if one in seen and other in seen:
            records.merge(one, other)
    return anchored({record: records[record] for record in seen}, seen)
