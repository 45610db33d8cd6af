"""Finds the customers that are meant, and all records of each."""

from collections.abc import Iterable
from dataclasses import dataclass

from segmentation.erase.built import Built
from segmentation.erase.errors import NobodyFoundError, SeveralFoundError
from segmentation.erase.key import digest
from segmentation.erase.request import CUSTOMER, IDENTIFIER, RECORD, Wanted
from segmentation.warehouse_tables import Query

# As in the macro identifier_digest.
FOLDED = (
    "case when {kind} = 'phone' then regexp_replace({value}, '[^0-9]', '', 'g') "
    "else lower(trim({value})) end"
)


@dataclass(frozen=True)
class Subject:
    """A customer who is to be erased.

    Attributes:
        customer_id: Their id today.
        records: Source and record of each of their source records.
        own_ids: Id that each record would give a customer as its anchor.
    """

    customer_id: str
    records: tuple[tuple[str, str], ...]
    own_ids: tuple[str, ...]


def find_subjects(
    query: Query, built: Built, wanted: Iterable[Wanted], key: bytes
) -> list[Subject]:
    """Return the customers that are meant, each once, by their ids.

    Raises:
        NobodyFoundError: Somebody who is meant is not there.
        SeveralFoundError: An identifier belongs to several customers.
        NotBuiltError: Nothing was built yet.
    """
    found = {_customer(query, built, each, key) for each in wanted}
    return [_subject(query, built, customer_id) for customer_id in sorted(found)]


def _customer(query: Query, built: Built, wanted: Wanted, key: bytes) -> str:
    customer_map = built.relation("identity__customer_map")
    if wanted.kind == RECORD:
        rows = query(
            f"select customer_id from {customer_map} "
            "where source_system = ? and source_customer_id = ?",
            wanted.name,
            wanted.value,
        )
    elif wanted.kind == CUSTOMER:
        rows = query(
            f"select customer_id from {customer_map} where customer_id = ? union "
            f"select customer_id from {built.relation('identity__aliases')} "
            "where alias_customer_id = ?",
            wanted.value,
            wanted.value,
        )
    else:
        folded = FOLDED.format(kind="cast(? as text)", value="cast(? as text)")
        kind = wanted.name.lower()
        rows = query(
            "select distinct map.customer_id from "
            f"({carried_values(built)}) as carried inner join {customer_map} as map "
            "on carried.source_system = map.source_system "
            "and carried.source_customer_id = map.source_customer_id "
            f"where carried.kind = ? and carried.value = {folded}",
            kind,
            *(kind, wanted.value, wanted.value),
        )
    customers = sorted(str(customer_id) for (customer_id,) in rows)
    if not customers:
        raise NobodyFoundError(str(wanted), _whether_erased(query, built, wanted, key))
    if len(customers) > 1:
        raise SeveralFoundError(str(wanted), customers)
    return customers[0]


def carried_values(built: Built) -> str:
    """SQL with every identifier that a record delivered, as tombstones fold it."""
    parts = []
    columns = "source_system, source_customer_id"
    for entity in built.entities:
        if entity.name == "customer_records":
            parts += [
                f"select {columns}, '{kind}' as kind, "
                f"{FOLDED.format(kind=repr(kind), value=kind)} as value "
                f"from {entity.relation} where {kind} is not null"
                for kind in ("email", "phone")
            ]
        elif entity.name == "identifiers":
            kind = "lower(trim(identifier_type))"
            parts.append(
                f"select {columns}, {kind} as kind, "
                f"{FOLDED.format(kind=kind, value='identifier_value')} as value "
                f"from {entity.relation} where identifier_value is not null"
            )
    return " union all ".join(parts)


def _whether_erased(query: Query, built: Built, wanted: Wanted, key: bytes) -> str:
    if wanted.kind == CUSTOMER:
        return ""
    name, value = wanted.name, wanted.value
    if wanted.kind == IDENTIFIER:
        name = name.lower()
        only_digits = "".join(each for each in value if each in "0123456789")
        value = only_digits if name == "phone" else value.strip(" ").lower()
    rows = query(
        f"select erasure_id from {built.relation('input__tombstones')} "
        "where digest = ?",
        digest(key, wanted.kind, name, value),
    )
    return f", who was erased by {rows[0][0]}" if rows else ""


def _subject(query: Query, built: Built, customer_id: str) -> Subject:
    rows = query(
        "select source_system, source_customer_id, own_customer_id "
        f"from {built.relation('identity__customer_map')} where customer_id = ? "
        "order by source_system, source_customer_id",
        customer_id,
    )
    return Subject(
        customer_id,
        tuple((str(system), str(record)) for system, record, _ in rows),
        tuple(str(own_id) for _, _, own_id in rows),
    )
