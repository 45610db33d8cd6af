"""Finds the recorded tables of a warehouse and reads the files of an export."""

from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from segmentation.connections import duckdb_path
from segmentation.fingerprint import quoted
from segmentation.ledger.errors import DamagedExportError, NoLedgerError
from segmentation.ledger.manifest import ExportedTable, hash_of
from segmentation.profiles import Profile
from segmentation.release.decision import RELEASES
from segmentation.warehouse_tables import find_schemas

Columns = tuple[tuple[str, str], ...]


def recorded_tables(connection: DuckDBPyConnection, profile: Profile) -> dict[str, str]:
    """Return the quoted name of each table of the ledger schema; views are derived.

    Raises:
        NoLedgerError: dbt has not created the tables yet.
        SegmentationError: The releases lie in several schemas.
    """

    def query(sql: str, *values: object) -> list[Any]:
        return connection.execute(sql, values or None).fetchall()

    schema = find_schemas(query, [RELEASES], profile).get(RELEASES)
    if schema is None:
        raise NoLedgerError(duckdb_path(profile))
    found = query(
        "select table_name from information_schema.tables where table_catalog = "
        "current_database() and table_schema = ? and table_type = 'BASE TABLE' "
        "order by table_name",
        schema,
    )
    return {str(name): quoted(schema, str(name)) for (name,) in found}


def columns_of(connection: DuckDBPyConnection, relation: str) -> Columns:
    """Name and type of each column, in order."""
    described = connection.execute(f"describe select * from {relation}").fetchall()
    return tuple((str(name), str(kind)) for name, kind, *_ in described)


def parquet(path: Path) -> str:
    """SQL that reads a Parquet file as a relation."""
    literal = str(path).replace("'", "''")
    return f"read_parquet('{literal}')"


def check_file(
    connection: DuckDBPyConnection, folder: Path, table: ExportedTable
) -> None:
    """Compare the file of a table with what the manifest says of it.

    Raises:
        DamagedExportError: It is missing, or has other bytes, columns or rows.
    """
    path = folder / table.file
    if not path.is_file():
        raise DamagedExportError(path, "no file", f"{table.row_count} rows")
    found_hash = hash_of(path)
    if found_hash != table.content_hash:
        raise DamagedExportError(
            path, f"bytes of hash {found_hash}", table.content_hash
        )
    try:
        columns = columns_of(connection, parquet(path))
        [(row_count,)] = connection.execute(
            f"select count(*) from {parquet(path)}"
        ).fetchall()
    except duckdb.Error as error:
        raise DamagedExportError(path, str(error), "a Parquet file") from error
    if columns != table.columns:
        raise DamagedExportError(path, _listed(columns), _listed(table.columns))
    if row_count != table.row_count:
        raise DamagedExportError(path, f"{row_count} rows", f"{table.row_count} rows")


def _listed(columns: Columns) -> str:
    return "the columns " + ", ".join(f"{name} ({kind})" for name, kind in columns)
