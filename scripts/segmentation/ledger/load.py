"""Appends an export to the recorded tables of a warehouse: `segment ledger import`."""

from collections.abc import Mapping
from pathlib import Path

from duckdb import DuckDBPyConnection

from segmentation.connections import duckdb_path, open_duckdb
from segmentation.fingerprint import quoted
from segmentation.ledger.errors import (
    LedgerContradictsError,
    NoLedgerError,
    UnknownRecordError,
)
from segmentation.ledger.manifest import ExportedTable, read_manifest
from segmentation.ledger.prefix import check_beginning, selection
from segmentation.ledger.tables import (
    check_file,
    columns_of,
    parquet,
    recorded_tables,
)
from segmentation.profiles import Profile

ADVICE = (
    "Nothing was imported. Import into a warehouse whose ledger is empty or an "
    "earlier state of the export."
)


def import_ledger(profile: Profile, folder: Path) -> dict[str, int]:
    """Append the rows of an export that the warehouse does not have yet.

    All tables are checked before the first row is written, in the same transaction.

    Args:
        profile: The warehouse, whose ledger must be the beginning of the exported one.
        folder: The export.

    Returns:
        Number of rows appended to each table of the export.

    Raises:
        LedgerError: The export is damaged, holds what the warehouse has no place for,
            or contradicts what it has recorded; nothing was written.
        SegmentationError: The warehouse cannot be opened.
    """
    manifest = read_manifest(folder)
    warehouse = duckdb_path(profile)
    if not warehouse.exists():
        raise NoLedgerError(warehouse)
    with open_duckdb(profile) as connection:
        for table in manifest.tables:
            check_file(connection, folder, table)
        connection.begin()
        try:
            names = recorded_tables(connection, profile)
            _check_known(connection, names, manifest.tables)
            _check_whole(connection, names, manifest.tables)
            added = {
                table.table: _added(connection, names[table.table], folder, table)
                for table in manifest.tables
            }
            for table in manifest.tables:
                _append(connection, names[table.table], folder, table)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
    return added


def _check_known(
    connection: DuckDBPyConnection,
    names: Mapping[str, str],
    tables: tuple[ExportedTable, ...],
) -> None:
    for table in tables:
        if table.table not in names:
            raise UnknownRecordError(
                f"the table {table.table}", f"only {', '.join(names)}"
            )
        known = dict(columns_of(connection, names[table.table]))
        for name, kind in table.columns:
            if name not in known:
                found = f"the column {table.table}.{name}"
                raise UnknownRecordError(found, f"only {', '.join(known)}")
            if known[name] != kind:
                found = f"{table.table}.{name} as {kind}"
                raise UnknownRecordError(found, f"it as {known[name]}")


def _check_whole(
    connection: DuckDBPyConnection,
    names: Mapping[str, str],
    tables: tuple[ExportedTable, ...],
) -> None:
    """Refuse when the warehouse recorded something in a table that was not exported."""
    exported = {table.table for table in tables}
    for table, name in names.items():
        if table not in exported:
            [(count,)] = connection.execute(f"select count(*) from {name}").fetchall()
            if count:
                found = f"the warehouse has {count} rows and the export no such table"
                raise LedgerContradictsError(table, found, ADVICE)


def _added(
    connection: DuckDBPyConnection, name: str, folder: Path, table: ExportedTable
) -> int:
    columns = [column for column, _ in columns_of(connection, name)]
    return check_beginning(
        connection,
        table.table,
        selection(columns, columns, name),
        _exported(columns, folder, table),
        columns,
        ADVICE,
    )


def _append(
    connection: DuckDBPyConnection, name: str, folder: Path, table: ExportedTable
) -> None:
    columns = [column for column, _ in columns_of(connection, name)]
    listed = ", ".join(quoted(column) for column in columns)
    connection.execute(
        f"insert into {name} ({listed}) select * from ("
        f"({_exported(columns, folder, table)}) except all "
        f"({selection(columns, columns, name)}))"
    )


def _exported(columns: list[str], folder: Path, table: ExportedTable) -> str:
    known = [column for column, _ in table.columns]
    return selection(columns, known, parquet(folder / table.file))
