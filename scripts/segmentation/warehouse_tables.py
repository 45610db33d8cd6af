"""Reads tables of a build from the warehouse of a profile, on either engine."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from segmentation.connections import duckdb_path, open_duckdb, open_postgres
from segmentation.errors import SegmentationError
from segmentation.profiles import Profile

if TYPE_CHECKING:
    import psycopg2.extensions


class Query(Protocol):
    """Returns all rows of a statement; each question mark takes one of the values."""

    def __call__(self, sql: str, *values: object) -> list[Any]:
        """Run the query."""


class SeveralTablesError(SegmentationError):
    """A table of the build exists in more than one schema."""

    def __init__(self, table: str, schemas: Iterable[str]) -> None:
        super().__init__(
            f"Found {table} in the schemas {', '.join(schemas)}; expected one. Drop "
            "those that no build writes any more, or choose another target with "
            "--target."
        )


@contextmanager
def open_query(profile: Profile, *, read_only: bool = True) -> Iterator[Query | None]:
    """Open the warehouse; null when the DuckDB file does not exist yet.

    Raises:
        SegmentationError: It cannot be opened, or is of another kind.
    """
    if profile.adapter == "postgres":
        with open_postgres(profile) as connection:
            yield postgres_query(connection)
        return
    if not duckdb_path(profile).exists():
        yield None
        return
    with open_duckdb(profile, read_only=read_only) as session:
        yield lambda sql, *values: session.execute(sql, values or None).fetchall()


def postgres_query(connection: "psycopg2.extensions.connection") -> Query:
    """Return the function that runs statements in the connection's transaction."""
    cursor = connection.cursor()

    def fetch(sql: str, *values: object) -> list[Any]:
        cursor.execute(sql.replace("?", "%s"), values or None)
        return list(cursor.fetchall()) if cursor.description else []

    return fetch


def find_schemas(
    query: Query, tables: Iterable[str], profile: Profile
) -> dict[str, str]:
    """Return the schema of each table that was built; variables can change it.

    Raises:
        SeveralTablesError: One lies in several schemas.
    """
    found: dict[str, list[str]] = {}
    for table, schema in query(
        "select table_name, table_schema from information_schema.tables "
        "where table_catalog = current_database() and table_name = any(?) "
        "order by table_schema",
        list(tables),
    ):
        found.setdefault(str(table), []).append(str(schema))
    base = str(profile.output.get("schema", "main"))
    return {table: _only(table, schemas, base) for table, schemas in found.items()}


def find_columns(query: Query, schema: str, table: str) -> set[str]:
    """Return the names of the columns of a table."""
    rows = query(
        "select column_name from information_schema.columns where table_catalog = "
        "current_database() and table_schema = ? and table_name = ?",
        schema,
        table,
    )
    return {str(column) for (column,) in rows}


def _only(table: str, schemas: list[str], base: str) -> str:
    if len(schemas) == 1:
        return schemas[0]
    own = [s for s in schemas if s == base or s.startswith(f"{base}_")]
    if len(own) != 1:
        raise SeveralTablesError(table, schemas)
    return own[0]
