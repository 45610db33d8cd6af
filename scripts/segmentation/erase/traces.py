"""Rows that are about somebody, found in any table by what they hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segmentation.erase.plan import Plan
from segmentation.fingerprint import quoted
from segmentation.warehouse_tables import Query

RECORDS, ORDERS = "erasure_records", "erasure_orders"
IDS, WORDS, NUMBERS = "erasure_ids", "erasure_words", "erasure_numbers"
TABLE, VIEW = "BASE TABLE", "VIEW"
IS_THEIRS = f"(source_system, source_customer_id) in (select * from {RECORDS})"
_CHUNK = 500
_TEXTS = {"character varying", "text", "varchar"}


@dataclass(frozen=True)
class Columns:
    """Columns of a table by what may be looked for in them.

    Attributes:
        texts: Columns of texts.
        numbers: Columns of whole numbers.
        names: All columns.
    """

    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    names: tuple[str, ...]


def give_traces(query: Query, plan: Plan) -> None:
    """Create temporary tables with what identifies the rows of a plan."""
    for table, columns, rows in (
        (RECORDS, "source_system text, source_customer_id text", plan.records),
        (ORDERS, "source_system text, order_id text", plan.orders),
        (IDS, "value text", [(each,) for each in plan.ids]),
        (WORDS, "value text", [(each,) for each in (*plan.ids, *plan.words)]),
        (NUMBERS, "value bigint", [(each,) for each in plan.numbers]),
    ):
        query(f"drop table if exists {table}")
        query(f"create temporary table {table} ({columns})")
        _insert(query, table, rows)


def take_traces(query: Query) -> None:
    """Drop the temporary tables."""
    for table in (RECORDS, ORDERS, IDS, WORDS, NUMBERS):
        query(f"drop table if exists {table}")


def columns_of(query: Query, schemas: Sequence[str], kind: str) -> dict[str, Columns]:
    """Return the columns of each table, or view, of some schemas, by quoted name."""
    rows = query(
        "select columns.table_schema, columns.table_name, columns.column_name, "
        "lower(columns.data_type) from information_schema.columns as columns "
        "inner join information_schema.tables as tables "
        "on columns.table_catalog = tables.table_catalog "
        "and columns.table_schema = tables.table_schema "
        "and columns.table_name = tables.table_name "
        "where tables.table_catalog = current_database() "
        "and tables.table_schema = any(?) and tables.table_type = ? "
        "order by columns.table_schema, columns.table_name, columns.ordinal_position",
        list(schemas),
        kind,
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for schema, table, name, data_type in rows:
        found.setdefault(quoted(schema, table), []).append((str(name), str(data_type)))
    return {
        relation: Columns(
            tuple(name for name, data_type in columns if data_type in _TEXTS),
            tuple(name for name, data_type in columns if data_type == "bigint"),
            tuple(name for name, _ in columns),
        )
        for relation, columns in found.items()
    }


def is_about_them(columns: Columns) -> str | None:
    """Condition on the rows that are about somebody; null where none can be.

    Rows that name one of their records, orders, ids, addresses or record numbers. What
    others may have too, such as a name, is no reason to remove a row.
    """
    found = []
    names = set(columns.names)
    if {"source_system", "source_customer_id"} <= names:
        found.append(_in("source_system", "source_customer_id", RECORDS))
    if {"source_system", "order_id"} <= names:
        found.append(_in("source_system", "order_id", ORDERS))
    found += [f'"{name}" in (select value from {IDS})' for name in columns.texts]
    found += [f'"{name}" in (select value from {NUMBERS})' for name in columns.numbers]
    return " or ".join(found) or None


def split_name(relation: str) -> tuple[str, str]:
    """Return schema and table of a quoted name."""
    schema, table = relation[1:-1].split('"."')
    return schema.replace('""', '"'), table.replace('""', '"')


def _in(source: str, key: str, table: str) -> str:
    return f"({source}, {key}) in (select * from {table})"


def _insert(query: Query, table: str, rows: Sequence[Sequence[object]]) -> None:
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        places = ", ".join(f"({', '.join('?' * len(row))})" for row in chunk)
        query(f"insert into {table} values {places}", *_flat(chunk))


def _flat(rows: Iterable[Iterable[object]]) -> list[object]:
    return [value for row in rows for value in row]
