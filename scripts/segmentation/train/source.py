"""Reads the pattern counts of the last build from the warehouse."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from segmentation.connections import (
    duckdb_path,
    open_duckdb,
    open_postgres,
    warehouse_name,
)
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.train.errors import (
    PatternsMissingError,
    PatternsUnreadableError,
    SeveralPatternsError,
)
from segmentation.train.patterns import COLUMNS, Patterns, patterns_from_rows

TABLE = "int_identity__patterns"
DATES = "features__as_of_dates"

Query = Callable[[str], list[Any]]


def read_patterns(profile: Profile) -> tuple[Patterns, date | None]:
    """Read the pattern counts and the as-of date of the build, null if it has none.

    Raises:
        SegmentationError: The warehouse does not open, or has no such counts.
    """
    schema = str(profile.output.get("schema", "main"))
    with _opened(profile) as query:
        table = _built(query, TABLE, schema)
        if table is None:
            raise PatternsMissingError(warehouse_name(profile), TABLE)
        lacking = [name for name in COLUMNS if name not in _columns(query, table)]
        if lacking:
            found = f"no {', '.join(lacking)}"
            raise PatternsUnreadableError(found, f"the columns {', '.join(COLUMNS)}")
        listed = ", ".join(COLUMNS)
        # The order of rows decides the last digits of a sum.
        rows = query(f"select {listed} from {quoted(*table)} order by {listed}")
        dates = _built(query, DATES, schema)
        found_dates = (
            query(f"select as_of_date from {quoted(*dates)} where is_current")
            if dates is not None
            else []
        )
    return patterns_from_rows(rows), found_dates[0][0] if found_dates else None


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
        raise PatternsMissingError(str(path), TABLE)
    with open_duckdb(profile, read_only=True) as session:
        yield lambda sql: session.execute(sql).fetchall()


def _built(query: Query, table: str, schema: str) -> tuple[str, str] | None:
    """Return schema and name of a built table; variables can change the schema."""
    rows = query(
        "select table_schema from information_schema.tables "
        f"where table_catalog = current_database() and table_name = '{table}' "
        "order by 1"
    )
    schemas = [str(row[0]) for row in rows]
    if len(schemas) > 1:
        own = [s for s in schemas if s == schema or s.startswith(f"{schema}_")]
        if len(own) != 1:
            raise SeveralPatternsError(table, schemas)
        schemas = own
    return (schemas[0], table) if schemas else None


def _columns(query: Query, table: tuple[str, str]) -> set[str]:
    schema, name = (part.replace("'", "''") for part in table)
    rows = query(
        "select column_name from information_schema.columns "
        "where table_catalog = current_database() "
        f"and table_schema = '{schema}' and table_name = '{name}'"
    )
    return {str(row[0]) for row in rows}
