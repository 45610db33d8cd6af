"""Finds records by name or number."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from segmentation.identity.errors import (
    RecordFormError,
    RecordUnknownError,
    SourceUnknownError,
)
from segmentation.identity.tables import IdentityTables
from segmentation.identity.why.answers import Record

SPELLINGS = 3
MOST_EDITS = 3

_SELECT = """
    select
        records.record_number,
        records.source_system,
        records.source_customer_id,
        customers.customer_id,
        components.label,
        clusters.cluster
    from {int_identity__records} as records
    inner join {identity__customer_map} as customers
        on
            records.source_system = customers.source_system
            and records.source_customer_id = customers.source_customer_id
    left join {int_identity__components} as components
        on records.record_number = components.node
    left join {int_identity__clusters} as clusters
        on records.record_number = clusters.node
"""


def named_records(tables: IdentityTables, names: Sequence[str]) -> list[Record]:
    """Return the records with these names, SOURCE/ID.

    Raises:
        RecordFormError: A name has no slash.
        SourceUnknownError: No record comes from the source.
        RecordUnknownError: The source has no such record.
    """
    keys = []
    for name in names:
        source, slash, record = name.partition("/")
        if not (source and slash and record):
            raise RecordFormError(name)
        keys.append((source, record))
    places = " or ".join(
        ["records.source_system = ? and records.source_customer_id = ?"] * len(keys)
    )
    values = [value for key in keys for value in key]
    found = {
        (record.source_system, record.source_customer_id): record
        for record in _records(tables.rows(f"{_SELECT} where {places}", *values))
    }
    for key in keys:
        if key not in found:
            _refuse(tables, *key)
    return [found[key] for key in keys]


def numbered_records(
    tables: IdentityTables, numbers: Iterable[int], known: Sequence[Record]
) -> Mapping[int, Record]:
    """Return records by their numbers; those already known are not read again."""
    found = {record.record_number: record for record in known}
    missing = sorted(set(numbers) - found.keys())
    if missing:
        rows = tables.rows(f"{_SELECT} where records.record_number = any(?)", missing)
        found |= {record.record_number: record for record in _records(rows)}
    return found


def without_comparison(
    tables: IdentityTables, records: Sequence[Record]
) -> tuple[Record, ...]:
    """Return those of the records that have nothing to compare."""
    numbers = [record.record_number for record in records]
    compared = {
        number
        for (number,) in tables.rows(
            "select record_number from {int_identity__compared_records} "
            "where record_number = any(?)",
            numbers,
        )
    }
    return tuple(record for record in records if record.record_number not in compared)


def _records(rows: Iterable[Any]) -> list[Record]:
    return [Record(*row) for row in rows]


def _refuse(tables: IdentityTables, source: str, record: str) -> None:
    sources = sorted(
        str(known)
        for (known,) in tables.rows(
            "select distinct source_system from {int_identity__records}"
        )
    )
    if source not in sources:
        raise SourceUnknownError(source, sources)
    near = tables.rows(
        f"""
        with distances as (

            select
                record_number,
                source_customer_id,
                {tables.edit_distance}(
                    left(lower(source_customer_id), 63), left(lower(?), 63)
                ) as edits
            from {{int_identity__records}}
            where source_system = ?

        )

        select source_customer_id
        from distances
        where edits <= {MOST_EDITS}
        order by edits, record_number
        limit {SPELLINGS}
        """,
        record,
        source,
    )
    raise RecordUnknownError(source, record, [str(spelt) for (spelt,) in near])
