"""Reads and appends the release ledger of the warehouse."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from segmentation.release.served import RELEASE_COLUMNS, Release
from segmentation.warehouse_tables import Query

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


def last_release(query: Query, ledger: Ledger) -> Release | None:
    """Latest release of the ledger; null when there is none."""
    rows = query(
        f"select {RELEASE_COLUMNS} from {ledger.releases} "
        "order by released_at desc, run_id desc limit 1",
    )
    return Release(*rows[0]) if rows else None


def find_release(query: Query, ledger: Ledger, run_id: str) -> Release | None:
    """Release of a run; null when the ledger does not know it."""
    rows = query(
        f"select {RELEASE_COLUMNS} from {ledger.releases} where run_id = ?", run_id
    )
    return Release(*rows[0]) if rows else None


def record_release(
    query: Query, ledger: Ledger, release: Release, counts: Sequence[SourceCount]
) -> None:
    """Append a release and the row counts of its sources.

    Args:
        query: Warehouse, inside a transaction: both are recorded or neither.
        ledger: Tables to append to.
        release: The release.
        counts: Rows per entity and source behind the release.
    """
    query(
        f"insert into {ledger.releases} ({RELEASE_COLUMNS}) values (?, ?, ?, ?, ?)",
        *astuple(release),
    )
    for counted in counts:
        query(
            f"insert into {ledger.sources} "
            "(run_id, entity, source_system, row_count) values (?, ?, ?, ?)",
            release.run_id,
            *counted,
        )


def source_counts(query: Query, audit: str) -> list[SourceCount]:
    """Read the rows per entity and source from the source audit, copies not counted."""
    return query(
        "select entity, source_system, row_count - duplicate_count "
        f"from {audit} order by 1, 2, 3"
    )
