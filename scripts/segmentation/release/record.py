"""Appends to the release ledger of the warehouse."""

from dataclasses import astuple, dataclass
from datetime import datetime

from segmentation.release.changes import record_changes
from segmentation.release.ledger import Ledger
from segmentation.release.memberships import record_memberships
from segmentation.release.seals import record_forecasts, record_seals
from segmentation.release.served import RELEASE_COLUMNS, Release
from segmentation.warehouse_tables import Query


@dataclass(frozen=True)
class Evidence:
    """Quoted relations of a release that its records are taken from.

    Attributes:
        audit: The source audit; null when there is none.
        memberships: The memberships; null when they are not served.
        changes: Change sets of audiences, and where those of releases are recorded;
            null when they are not served.
        forecasts: What the build foresees of the next quarter, and where forecasts are
            recorded; null when there is no such model.
        seals: What recorded rows hash to, and where that is recorded; likewise.
    """

    audit: str | None = None
    memberships: str | None = None
    changes: tuple[str, str] | None = None
    forecasts: tuple[str, str] | None = None
    seals: tuple[str, str] | None = None


@dataclass(frozen=True)
class Rollback:
    """A return to an earlier release.

    Attributes:
        run_id: Release that is served again.
        previous_run_id: Release that was served until then.
        reason: Why, in the words of who asked for it.
        rolled_back_at: When, UTC without zone.
    """

    run_id: str
    previous_run_id: str
    reason: str
    rolled_back_at: datetime


def record_release(
    query: Query, ledger: Ledger, release: Release, evidence: Evidence
) -> None:
    """Append a release, its sources' row counts and what it says, and seal that.

    Args:
        query: Warehouse, inside a transaction: all is recorded or nothing.
        ledger: Tables to append to.
        release: The release, later than all that is recorded.
        evidence: Where its records are taken from.
    """
    query(
        f"insert into {ledger.releases} ({RELEASE_COLUMNS}) values (?, ?, ?, ?, ?)",
        *astuple(release),
    )
    if evidence.audit is not None:
        # Copies of a row are no news.
        query(
            f"insert into {ledger.sources} "
            "(run_id, entity, source_system, row_count) "
            "select cast(? as text), entity, source_system, "
            f"row_count - duplicate_count from {evidence.audit}",
            release.run_id,
        )
    if evidence.memberships is not None:
        record_memberships(query, ledger, release, evidence.memberships)
    if evidence.changes is not None:
        changes, released = evidence.changes
        record_changes(query, released, changes, release)
    if evidence.forecasts is not None:
        record_forecasts(query, *evidence.forecasts, release)
    if evidence.seals is not None:
        record_seals(query, ledger, *evidence.seals, release)


def record_rollback(query: Query, ledger: Ledger, rollback: Rollback) -> None:
    """Append a rollback, unless it is there."""
    at = rollback.rolled_back_at
    if query(f"select 1 from {ledger.rollbacks} where rolled_back_at = ?", at):
        return
    query(
        f"insert into {ledger.rollbacks} "
        "(run_id, previous_run_id, reason, rolled_back_at) values (?, ?, ?, ?)",
        *astuple(rollback),
    )
