"""Writes DuckDB files anew, so that no byte of what was deleted stays in them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from segmentation.erase import traces
from segmentation.erase.plan import Plan
from segmentation.fingerprint import quoted
from segmentation.release.files import (
    OWNER_ONLY,
    STORAGE_VERSION,
    flush,
    remove_leftovers,
    replace,
)
from segmentation.release.kept_files import kept_files
from segmentation.warehouse_tables import Query

NEXT = ".next-erased"
_OLD, _NEW = "segmentation_held", "segmentation_clean"


@dataclass(frozen=True)
class Rewritten:
    """A file that was written anew.

    Attributes:
        name: Of the file, with its folder where it has one of its own.
        bytes_before: Its size before.
        bytes_after: Its size now.
        rows_removed: Rows that were about them.
    """

    name: str
    bytes_before: int
    bytes_after: int
    rows_removed: int = 0


def rewrite_warehouse(path: Path) -> Rewritten:
    """Copy a whole database, views too, into a new file that takes its place.

    Nobody may have it open. A killed copy leaves the old file as it was.
    """
    # Views name the database, which is called as the file is.
    next_path, before = _begin(path), path.stat().st_size
    try:
        with duckdb.connect() as connection:
            _attach(connection, path, path.stem, next_path)
            connection.execute(f"copy from database {quoted(path.stem)} to {_NEW}")
            _detach(connection, path.stem)
        return _end(path, next_path, before, 0)
    except BaseException:
        next_path.unlink(missing_ok=True)
        raise


def rewrite_served(path: Path, plan: Plan) -> list[Rewritten]:
    """Write a served file and all that is kept of it anew, without rows about them."""
    remove_leftovers([path])
    held = [path, *(file.path for file in kept_files(path))]
    return [_without(each, plan) for each in held if each.exists()]


def _without(path: Path, plan: Plan) -> Rewritten:
    next_path, before, removed = _begin(path), path.stat().st_size, 0
    try:
        with duckdb.connect() as connection:
            query = _query(connection)
            traces.give_traces(query, plan)
            _attach(connection, path, _OLD, next_path)
            connection.execute(f"use {_OLD}")
            tables = traces.columns_of(query, ["main"], traces.TABLE)
            connection.execute("use memory")
            for relation, columns in tables.items():
                about = traces.is_about_them(columns) or "false"
                connection.execute(
                    f"create table {_NEW}.{relation} as "
                    f"select * from {_OLD}.{relation} where ({about}) is not true"
                )
                [(count,)] = query(
                    f"select (select count(*) from {_OLD}.{relation}) "
                    f"- (select count(*) from {_NEW}.{relation})"
                )
                removed += int(count)
            _detach(connection, _OLD)
        return _end(path, next_path, before, removed)
    except BaseException:
        next_path.unlink(missing_ok=True)
        raise


def _begin(path: Path) -> Path:
    next_path = path.with_name(f"{path.name}{NEXT}")
    next_path.unlink(missing_ok=True)
    return next_path


def _attach(
    connection: duckdb.DuckDBPyConnection, path: Path, alias: str, next_path: Path
) -> None:
    for each, name, options in (
        (path, alias, "read_only"),
        (
            next_path,
            _NEW,
            f"storage_version '{STORAGE_VERSION}', recovery_mode no_wal_writes",
        ),
    ):
        literal = str(each).replace("'", "''")
        connection.execute(f"attach '{literal}' as {quoted(name)} ({options})")
    # Before any row is written.
    next_path.chmod(OWNER_ONLY)


def _detach(connection: duckdb.DuckDBPyConnection, alias: str) -> None:
    connection.execute(f"checkpoint {_NEW}")
    connection.execute(f"detach {_NEW}")
    connection.execute(f"detach {quoted(alias)}")


def _end(path: Path, next_path: Path, before: int, removed: int) -> Rewritten:
    shutil.copymode(path, next_path)
    flush(next_path)
    replace(next_path, path)
    spilled = path.with_name(f"{path.name}.tmp")
    if spilled.is_dir():
        shutil.rmtree(spilled)
    return Rewritten(path.name, before, path.stat().st_size, removed)


def _query(connection: duckdb.DuckDBPyConnection) -> Query:
    return lambda sql, *values: connection.execute(sql, values or None).fetchall()
