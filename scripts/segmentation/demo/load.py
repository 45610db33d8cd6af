"""Write the raw tables of a demo data set, all of them or none."""

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from segmentation.connections import open_duckdb, open_postgres, warehouse_name
from segmentation.demo.errors import LoadFailedError, RawTableChangedError
from segmentation.demo.load_spark import load_spark
from segmentation.demo.raw_data import RawData, RawTable, check_files
from segmentation.profiles import Profile

if TYPE_CHECKING:
    import psycopg2.extensions

POSTGRES_TYPES = {
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
}
# Neither occurs in the data, so that an empty text and a missing one stay apart.
CSV_NULL = r"\N"

Advance = Callable[[str, float], None]


def load_raw_data(sets: Sequence[RawData], profile: Profile, advance: Advance) -> None:
    """Replace the raw tables of data sets in the profile's warehouse.

    Rows are written as delivered and in one transaction: a reader sees the old tables
    or the new ones, and a second load leaves the same rows.

    Args:
        sets: The data sets on disk, all loaded or none.
        profile: Where to load it: DuckDB, PostgreSQL or Spark, where each table
            is replaced in a transaction of its own.
        advance: Called with a table's name and the number of rows just written.

    Raises:
        DataFileChangedError: the files are not those that the tables describe.
        RawTableChangedError: PostgreSQL holds such a table with other columns.
        LoadFailedError: the warehouse refused.
    """
    for data in sets:
        check_files(data)
    if profile.adapter == "postgres":
        _load_postgres(sets, profile, advance)
    elif profile.adapter == "spark":
        load_spark(sets, profile, advance)
    else:
        _load_duckdb(sets, profile, advance)


def _load_duckdb(sets: Sequence[RawData], profile: Profile, advance: Advance) -> None:
    with open_duckdb(profile) as connection:
        current = "any table"
        try:
            connection.begin()
            for data, table in _listed(sets):
                current = f"{data.schema}.{table.name}"
                connection.execute(f"create schema if not exists {data.schema}")
                connection.execute(
                    f"create or replace table {current} as {data.select(table)}"
                )
                advance(table.name, table.row_count)
            connection.commit()
        except duckdb.Error as error:
            raise LoadFailedError(
                warehouse_name(profile), current, str(error)
            ) from error


def _load_postgres(sets: Sequence[RawData], profile: Profile, advance: Advance) -> None:
    with (
        open_postgres(profile) as connection,
        tempfile.TemporaryDirectory(prefix="segmentation_demo_") as folder,
    ):
        import psycopg2

        current = "any table"
        try:
            with connection.cursor() as cursor:
                for data, table in _listed(sets):
                    current = f"{data.schema}.{table.name}"
                    cursor.execute(f"create schema if not exists {data.schema}")
                    _create_empty(cursor, data.schema, table)
                    file = Path(folder) / f"{table.name}.csv"
                    _write_csv(data, table, file)
                    _copy(cursor, current, table, file, advance)
                    file.unlink()
                    # Planning without statistics makes the first build several times
                    # slower, and autovacuum comes too late for it.
                    cursor.execute(f"analyze {current}")
        except psycopg2.Error as error:
            raise LoadFailedError(
                warehouse_name(profile), current, str(error)
            ) from error


def _listed(sets: Sequence[RawData]) -> Iterator[tuple[RawData, RawTable]]:
    return ((data, table) for data in sets for table in data.tables)


def _create_empty(
    cursor: "psycopg2.extensions.cursor", schema: str, table: RawTable
) -> None:
    """Create or empty the table; dropping it would drop the staging views with it."""
    columns = {name: POSTGRES_TYPES[kind] for name, kind in table.columns.items()}
    cursor.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = %s and table_name = %s order by ordinal_position",
        (schema, table.name),
    )
    found: Mapping[str, str] = dict(cursor.fetchall())
    if not found:
        listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        cursor.execute(f"create table {schema}.{table.name} ({listed})")
    elif found != columns:
        raise RawTableChangedError(f"{schema}.{table.name}", found, columns)
    else:
        cursor.execute(f"truncate {schema}.{table.name}")


def _write_csv(data: RawData, table: RawTable, file: Path) -> None:
    path = str(file).replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy ({data.select(table)}) to '{path}' "
            f"(format csv, header false, delimiter ',', nullstr '{CSV_NULL}')"
        )


def _copy(
    cursor: "psycopg2.extensions.cursor",
    relation: str,
    table: RawTable,
    file: Path,
    advance: Advance,
) -> None:
    rows_per_byte = table.row_count / max(file.stat().st_size, 1)

    def tell(size: int) -> None:
        advance(table.name, size * rows_per_byte)

    statement = (
        f"copy {relation} ({', '.join(table.columns)}) from stdin "
        f"with (format csv, null '{CSV_NULL}')"
    )
    with _WatchedFile(file, tell) as csv:
        cursor.copy_expert(statement, csv)


class _WatchedFile(io.FileIO):
    """A file that tells how many bytes were read from it."""

    def __init__(self, file: Path, tell: Callable[[int], None]) -> None:
        super().__init__(file)
        self._tell = tell

    def read(self, size: int | None = -1) -> bytes:
        """Read like any file, and tell how much."""
        block = super().read(size)
        self._tell(len(block))
        return block
