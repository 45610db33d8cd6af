"""Reads the review band and the records that it asks about from the warehouse."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from segmentation.connections import (
    duckdb_path,
    open_duckdb,
    open_postgres,
    warehouse_name,
)
from segmentation.fingerprint import quoted
from segmentation.identity.review_errors import ReviewMissingError, SeveralReviewsError
from segmentation.profiles import Profile

# The columns that name a pair, as in the seed, and what helps to decide.
PAIR = (
    "source_system",
    "source_customer_id",
    "other_source_system",
    "other_source_customer_id",
)
MEASURES = ("match_probability", "is_joined", "revenue_at_stake")
FIELDS = ("first_name", "last_name", "birth_date", "address", "email", "phone")

Record = tuple[str, str]
Query = Callable[[str], list[Any]]


def read_band(profile: Profile, limit: int) -> list[tuple[Any, ...]]:
    """Read the first pairs of the review band.

    Returns:
        One row per pair: `PAIR`, `MEASURES`, then for each of `FIELDS` the value of the
        one record and that of the other.

    Raises:
        SegmentationError: The warehouse does not open, or has no review band.
    """
    tables = ("identity__review_pairs", "int_identity__records")
    described = ("int_identity__current_records", "int_identity__compared_records")
    with _opened(profile) as query:
        pairs, records, current, compared = (
            _table(query, profile, table) for table in (*tables, *described)
        )
        # A guest has no record of customers, but an address or number of its orders.
        values = {
            field: f"coalesce({{0}}_record.{field}, {{0}}_compared.{field})"
            if field in ("email", "phone")
            else f"{{0}}_record.{field}"
            for field in FIELDS
        }
        shown = [value.format(side) for value in values.values() for side in _SIDES]
        listed = [f"pairs.{column}" for column in (*PAIR, *MEASURES)] + shown
        joins = " ".join(
            f"inner join {records} as {side}_number "
            f"on pairs.{prefix}source_system = {side}_number.source_system "
            f"and pairs.{prefix}source_customer_id = {side}_number.source_customer_id "
            f"left join {compared} as {side}_compared "
            f"on {side}_number.record_number = {side}_compared.record_number "
            f"left join {current} as {side}_record "
            f"on {side}_number.source_system = {side}_record.source_system "
            f"and {side}_number.source_customer_id = {side}_record.source_customer_id"
            for side, prefix in _SIDES.items()
        )
        return query(
            f"select {', '.join(listed)} from {pairs} as pairs {joins} "
            f"order by pairs.review_rank limit {limit}"
        )


def read_known(profile: Profile, records: Collection[Record]) -> set[Record]:
    """Return those of the records that the last build knows.

    Raises:
        SegmentationError: The warehouse does not open, or has no records.
    """
    keys = sorted({key for _, key in records})
    with _opened(profile) as query:
        table = _table(query, profile, "int_identity__records")
        if not keys:
            return set()
        listed = ", ".join(_literal(key) for key in keys)
        rows = query(
            f"select source_system, source_customer_id from {table} "
            f"where source_customer_id in ({listed})"
        )
    return {(str(system), str(key)) for system, key in rows} & set(records)


_SIDES = {"one": "", "two": "other_"}


@contextmanager
def _opened(profile: Profile) -> Iterator[Query]:
    if profile.adapter == "postgres":
        with open_postgres(profile) as connection:
            cursor = connection.cursor()

            def fetch(sql: str) -> list[Any]:
                cursor.execute(sql)
                return list(cursor.fetchall())

            yield fetch
        return
    path = duckdb_path(profile)
    if not path.exists():
        raise ReviewMissingError(str(path), "identity__review_pairs")
    with open_duckdb(profile, read_only=True) as session:
        yield lambda sql: session.execute(sql).fetchall()


def _table(query: Query, profile: Profile, table: str) -> str:
    """Return a built table with its schema, which variables can change."""
    rows = query(
        "select table_schema from information_schema.tables "
        f"where table_catalog = current_database() and table_name = {_literal(table)} "
        "order by 1"
    )
    schemas = [str(row[0]) for row in rows]
    if not schemas:
        raise ReviewMissingError(warehouse_name(profile), table)
    if len(schemas) > 1:
        schema = str(profile.output.get("schema", "main"))
        own = [s for s in schemas if s == schema or s.startswith(f"{schema}_")]
        if len(own) != 1:
            raise SeveralReviewsError(table, schemas)
        schemas = own
    return quoted(schemas[0], table)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
