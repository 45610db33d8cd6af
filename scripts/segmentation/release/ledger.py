"""Reads and appends the release ledger of the warehouse."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from segmentation.release.files import (
    Release,
    attached_served,
    read_release,
    served_name,
)

COLUMNS = "run_id, released_at, as_of_date, content_hash, versions"

# Entity, source system and number of rows.
SourceCount = tuple[str, str, int]


@dataclass(frozen=True)
class Ledger:
    """Quoted names of the recorded tables.

    Attributes:
        releases: One row per release.
        sources: One row per release, entity and source.
    """

    releases: str
    sources: str


def last_release(connection: DuckDBPyConnection, ledger: Ledger) -> Release | None:
    """Latest release of the ledger; null when there is none."""
    return _first_release(
        connection,
        f"select {COLUMNS} from {ledger.releases} "
        "order by released_at desc, run_id desc limit 1",
    )


def find_release(
    connection: DuckDBPyConnection, ledger: Ledger, run_id: str
) -> Release | None:
    """Release of a run; null when the ledger does not know it."""
    return _first_release(
        connection,
        f"select {COLUMNS} from {ledger.releases} where run_id = ?",
        [run_id],
    )


def record_release(
    connection: DuckDBPyConnection,
    ledger: Ledger,
    release: Release,
    counts: Sequence[SourceCount],
) -> None:
    """Append a release and the row counts of its sources, both or neither.

    Args:
        connection: Connection to the warehouse, outside a transaction.
        ledger: Tables to append to.
        release: The release.
        counts: Rows per entity and source behind the release.
    """
    connection.begin()
    try:
        connection.execute(
            f"insert into {ledger.releases} ({COLUMNS}) values (?, ?, ?, ?, ?)",
            astuple(release),
        )
        for counted in counts:
            connection.execute(
                f"insert into {ledger.sources} "
                "(run_id, entity, source_system, row_count) values (?, ?, ?, ?)",
                [release.run_id, *counted],
            )
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def source_counts(connection: DuckDBPyConnection, audit: str) -> list[SourceCount]:
    """Read the rows per entity and source from the source audit, copies not counted."""
    return connection.execute(
        "select entity, source_system, row_count - duplicate_count "
        f"from {audit} order by all"
    ).fetchall()


def reconcile(
    connection: DuckDBPyConnection, ledger: Ledger, path: Path, audit: str | None
) -> None:
    """Record the served release of a run that was killed before it could.

    Args:
        connection: Connection to the warehouse, outside a transaction.
        ledger: Tables to append to.
        path: Served file that is replaced first.
        audit: Name of the source audit in that file; null when it is not served.
    """
    served = read_release(connection, path)
    if served is None or find_release(connection, ledger, served.run_id):
        return
    counts: list[SourceCount] = []
    if audit is not None:
        with attached_served(connection, path), suppress(duckdb.Error):
            counts = source_counts(connection, served_name(audit))
    record_release(connection, ledger, served, counts)


def _first_release(
    connection: DuckDBPyConnection, query: str, parameters: Sequence[str] = ()
) -> Release | None:
    rows = connection.execute(query, parameters).fetchall()
    return Release(*rows[0]) if rows else None
