"""Looks for people in every table and file after they were erased."""

from dataclasses import dataclass

from segmentation.erase import traces
from segmentation.erase.built import Built, Entity
from segmentation.erase.texts import Hit
from segmentation.fingerprint import quoted
from segmentation.warehouse_tables import Query

# What a word cannot have in it; a cell may hold several, such as a list of consents.
BETWEEN = r"[^\w@.+-]+"


@dataclass(frozen=True)
class Owed:
    """Rows of theirs that a raw table still delivers.

    Attributes:
        entity: Entity of input.
        source_system: Source.
        tables: Raw tables that its staging view reads.
        rows: How many.
    """

    entity: str
    source_system: str
    tables: tuple[str, ...]
    rows: int


def scan_tables(query: Query, built: Built, adapter: str) -> tuple[list[Hit], int]:
    """Look for them in every table but raw ones; return what was found, and how many.

    On DuckDB in all schemas; on a server in those of the project, as others are not its
    own.
    """
    schemas = built.schemas + served_schemas(query, built)
    if adapter == "duckdb":
        schemas = [
            str(name)
            for (name,) in query(
                "select distinct table_schema from information_schema.tables "
                "where table_catalog = current_database()"
            )
            if name not in built.raw_schemas
        ]
    tables = traces.columns_of(query, schemas, traces.TABLE)
    hits = []
    for relation, columns in tables.items():
        if count := _count(query, relation, columns, adapter):
            hits.append(Hit(".".join(traces.split_name(relation)), count))
    return hits, len(tables)


def served_schemas(query: Query, built: Built) -> list[str]:
    """Schemas on PostgreSQL that hold a release, served or kept."""
    known = {*built.schemas, *built.raw_schemas}
    rows = query(
        "select table_schema from information_schema.tables where table_catalog = "
        "current_database() and table_name = '_release' order by table_schema"
    )
    return [str(name) for (name,) in rows if name not in known]


def still_delivered(query: Query, built: Built) -> list[Owed]:
    """List where the company's own tables still have rows of theirs."""
    found = []
    for entity in built.entities:
        for source_system, view in sorted(entity.staging.items()):
            [(count,)] = query(
                f"select count(*) from {view} where {_delivered(entity)}"
            )
            if count:
                tables = entity.raw[source_system]
                found.append(Owed(entity.name, source_system, tables, int(count)))
    return found


def _delivered(entity: Entity) -> str:
    conditions = [_pair("source_customer_id", traces.RECORDS)]
    if entity.has_orders:
        conditions.append(_pair("order_id", traces.ORDERS))
    conditions += [
        f"trim(cast({name} as text)) in (select value from {traces.IDS})"
        for name in entity.personal
    ]
    return " or ".join(conditions)


def _pair(column: str, table: str) -> str:
    return f"(source_system, trim(cast({column} as text))) in (select * from {table})"


def _count(query: Query, relation: str, columns: traces.Columns, adapter: str) -> int:
    conditions = [traces.is_about_them(columns)]
    conditions += [
        f"{quoted(name)} in (select value from {traces.WORDS})"
        for name in columns.texts
    ]
    condition = " or ".join(each for each in conditions if each)
    if not condition:
        return 0
    [(count,)] = query(f"select count(*) from {relation} where {condition}")
    if count or not columns.texts:
        return int(count)
    cells = ", ".join(quoted(name) for name in columns.texts)
    words = (
        f"unnest(string_split_regex(concat_ws(' ', {cells}), '{BETWEEN}'))"
        if adapter == "duckdb"
        else f"regexp_split_to_table(concat_ws(' ', {cells}), '{BETWEEN}')"
    )
    [(count,)] = query(
        f"select count(*) from (select {words} as word from {relation}) as cells "
        f"where word in (select value from {traces.WORDS})"
    )
    return int(count)
