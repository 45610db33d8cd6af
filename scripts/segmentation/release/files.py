"""Writes, replaces and reads the served DuckDB files."""

import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import astuple
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from segmentation.fingerprint import fingerprint, quoted
from segmentation.release.served import (
    ACTIVATION,
    RELEASE_COLUMNS,
    RELEASE_TABLE,
    Release,
    ServedSet,
    ServedTable,
    TouchedRows,
)

# The oldest format in use: readers with DuckDB 1.5 can open the file.
STORAGE_VERSION = "v1.5.0"
OWNER_ONLY = 0o600
NEXT_ALIAS = "segmentation_next"
SERVED_ALIAS = "segmentation_served"
# Above this share of its rows a table is copied whole.
MOST_TOUCHED = 0.5


def write_next(
    connection: DuckDBPyConnection, path: Path, served: ServedSet, release: Release
) -> Path:
    """Write the next version of a file beside the one readers have open.

    It starts as a copy of that one where rows of some tables stay as they are.

    Args:
        connection: Connection to the warehouse.
        path: Where readers open the file.
        served: What to write.
        release: Its row for `_release`.

    Returns:
        Path of the complete file, closed and flushed to disk.

    Raises:
        duckdb.Error: A table cannot be read or the disk is full; nothing is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    next_path = path.with_name(f"{path.name}.next-{release.run_id}")
    options = f"storage_version '{STORAGE_VERSION}', recovery_mode no_wal_writes"
    kept = _tables_to_keep(connection, path, served)
    try:
        if kept:
            next_path.touch(mode=OWNER_ONLY)
            shutil.copyfile(path, next_path)
        with attached(connection, next_path, NEXT_ALIAS, options):
            # Before any row is written, and without a log file beside it.
            set_mode(next_path, path, served.role)
            _drop_tables(connection, kept)
            for table in served.tables:
                _write_table(connection, table, kept.get(table.name))
            _write_release(connection, release)
            connection.execute(f"checkpoint {NEXT_ALIAS}")
        flush(next_path)
    except BaseException:
        next_path.unlink(missing_ok=True)
        raise
    return next_path


def link_next(source: Path, path: Path) -> Path:
    """Give a finished file a second name beside a path that it is to replace.

    Where the file system has no hard links it is copied.
    """
    next_path = path.with_name(f"{path.name}.next-link")
    next_path.unlink(missing_ok=True)
    try:
        os.link(source, next_path)
    except OSError:
        next_path.touch(mode=OWNER_ONLY)
        shutil.copyfile(source, next_path)
        shutil.copymode(source, next_path)
        flush(next_path)
    return next_path


def replace(next_path: Path, path: Path) -> None:
    """Put a finished file in place of the served one, at once for every reader."""
    # A log left by somebody who opened the old file for writing fits no other file.
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    next_path.replace(path)
    # Two names of one file both stay.
    next_path.unlink(missing_ok=True)
    flush(path.parent)


def replace_text(path: Path, text: str) -> None:
    """Put a text in place of what a file holds, readable by its owner alone."""
    temporary = path.with_name(f"{path.name}.next")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=OWNER_ONLY)
    temporary.write_text(text, encoding="utf-8")
    flush(temporary)
    flush(path.parent)
    temporary.replace(path)
    flush(path.parent)


def read_release(connection: DuckDBPyConnection, path: Path) -> Release | None:
    """Read which release a served file holds.

    Args:
        connection: Any connection; the file is attached read-only for a moment.
        path: Served file.

    Returns:
        Its release, or null when the file is missing or is no readable release.
    """
    if not path.exists():
        return None
    try:
        with attached_served(connection, path):
            rows = connection.execute(
                f"select {RELEASE_COLUMNS} from {served_name(RELEASE_TABLE)}"
            ).fetchall()
    except duckdb.Error:
        return None
    return Release(*rows[0]) if len(rows) == 1 else None


def attached_served(
    connection: DuckDBPyConnection, path: Path
) -> AbstractContextManager[None]:
    """Attach a served file read-only for the length of a block."""
    return attached(connection, path, SERVED_ALIAS, "read_only")


def served_name(table: str) -> str:
    """Quoted name of a table of the attached served file."""
    return quoted(SERVED_ALIAS, "main", table)


def remove_leftovers(paths: Iterable[Path]) -> None:
    """Remove what a killed run left beside the served files."""
    for path in paths:
        for leftover in path.parent.glob(f"{path.name}.next-*"):
            leftover.unlink()


@contextmanager
def attached(
    connection: DuckDBPyConnection, path: Path, alias: str, options: str
) -> Iterator[None]:
    """Attach a database file under an alias for the length of a block."""
    literal = str(path).replace("'", "''")
    connection.execute(f"attach '{literal}' as {alias} ({options})")
    try:
        yield
    finally:
        connection.execute(f"detach {alias}")


def set_mode(next_path: Path, path: Path, role: str) -> None:
    """Let those read the next version who may read the one in use."""
    if role == ACTIVATION:
        next_path.chmod(OWNER_ONLY)
    elif path.exists():
        shutil.copymode(path, next_path)


def flush(path: Path) -> None:
    """Make a file, or the entries of a folder, outlive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _tables_to_keep(
    connection: DuckDBPyConnection, path: Path, served: ServedSet
) -> dict[str, TouchedRows]:
    """Find the tables of a served file of which few rows may differ."""
    few = {
        table.name: table.touched
        for table in served.tables
        if table.touched is not None
        and _count(connection, table.touched) <= MOST_TOUCHED * table.content.row_count
    }
    if not few or read_release(connection, path) is None:
        return {}
    with attached_served(connection, path):
        held = _columns(connection, SERVED_ALIAS)
    columns = {table.name: table.content.columns for table in served.tables}
    return {
        name: touched
        for name, touched in few.items()
        if held.get(name) == columns[name]
    }


def _count(connection: DuckDBPyConnection, touched: TouchedRows) -> int:
    rows = connection.execute(f"select count(*) from {touched.relation}").fetchall()
    return int(rows[0][0])


def _columns(
    connection: DuckDBPyConnection, database: str
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Name and type of the columns of each table of an attached file."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, data_type in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? and not internal order by table_name, column_index",
        [database],
    ).fetchall():
        found.setdefault(table, []).append((column, data_type))
    return {table: tuple(columns) for table, columns in found.items()}


def _drop_tables(connection: DuckDBPyConnection, kept: Collection[str]) -> None:
    """Drop what a copied file holds beside the tables to keep."""
    for name in _columns(connection, NEXT_ALIAS):
        if name not in kept:
            connection.execute(f"drop table {quoted(NEXT_ALIAS, 'main', name)}")


def _write_table(
    connection: DuckDBPyConnection, table: ServedTable, touched: TouchedRows | None
) -> None:
    """Replace the touched rows of a table that is there, or copy all of it."""
    target = quoted(NEXT_ALIAS, "main", table.name)
    if touched is not None:
        key = ", ".join(quoted(name) for name in touched.key)
        is_touched = f"({key}) in (select {key} from {touched.relation})"
        connection.execute(
            f"delete from {target} where {is_touched} "
            f"or as_of_date not in (select as_of_date from {touched.dates})"
        )
        connection.execute(
            f"insert into {target} select * from {table.source} where {is_touched}"
        )
        # The file may come from another warehouse, or from a run before the last.
        if fingerprint(connection, target) == table.content:
            return
    connection.execute(
        f"create or replace table {target} as select * from {table.source}"
    )


def _write_release(connection: DuckDBPyConnection, release: Release) -> None:
    target = quoted(NEXT_ALIAS, "main", RELEASE_TABLE)
    connection.execute(
        f"create table {target} (run_id text, released_at timestamp, "
        "as_of_date date, content_hash text, versions text)"
    )
    connection.execute(f"insert into {target} values (?, ?, ?, ?, ?)", astuple(release))
