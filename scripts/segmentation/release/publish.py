"""Publishes served tables: one release into two files, then into the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from duckdb import DuckDBPyConnection

from segmentation.release import files as served
from segmentation.release.content import content_hash, served_files, versions
from segmentation.release.decision import (
    RELEASE_SOURCES,
    RELEASES,
    SOURCE_AUDIT,
    Verdict,
    decide,
)
from segmentation.release.files import SERVING, Release, ServedFile
from segmentation.release.ledger import (
    Ledger,
    SourceCount,
    find_release,
    last_release,
    reconcile,
    record_release,
    source_counts,
)
from segmentation.release.run import Run
from segmentation.release.settings import PublishError, PublishSettings


class ReleaseRefusedError(PublishError):
    """The outcome of the run forbids a release."""


class LedgerMissingError(PublishError):
    """The project has no tables to record a release in."""


class Outcome(StrEnum):
    """What publishing did."""

    RELEASED = "released"
    RESTORED = "restored"
    UNCHANGED = "unchanged"
    PARTIAL = "partial"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Publication:
    """Result of publishing.

    Attributes:
        outcome: What was done.
        message: One line for people.
        release: Release that the files now hold; null when they were not looked at.
    """

    outcome: Outcome
    message: str
    release: Release | None = None


def utc_now() -> datetime:
    """Current time in UTC without a zone, as the ledger stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


def publish(
    connection: DuckDBPyConnection,
    settings: PublishSettings,
    run: Run,
    clock: Callable[[], datetime] = utc_now,
) -> Publication:
    """Release the served tables of a run if its outcome allows it.

    Args:
        connection: Connection to the warehouse, outside a transaction.
        settings: Where the served files lie.
        run: The finished dbt run.
        clock: Source of the release time.

    Returns:
        What was done.

    Raises:
        PublishError: The run or the settings forbid a release; nothing was written.
        duckdb.Error: A table could not be read or written.
    """
    decision = decide(run)
    if decision.verdict is Verdict.REFUSED:
        raise ReleaseRefusedError(decision.message)
    if decision.verdict is not Verdict.RELEASE:
        return Publication(Outcome(decision.verdict.value), decision.message)
    files = served_files(run, settings.paths())
    ledger = _ledger(run)
    served.remove_leftovers(file.path for file in files)
    reconcile(connection, ledger, files[0].path, _served_audit(run))
    last = last_release(connection, ledger)
    release = Release(
        run_id=run.run_id,
        released_at=_after(last, clock()),
        as_of_date=run.as_of_date,
        content_hash=content_hash(connection, files),
        versions=versions(connection, run),
    )
    if last is not None and last.says_the_same_as(release):
        return _restore(connection, files, last)
    if find_release(connection, ledger, release.run_id):
        raise ReleaseRefusedError(
            f"not released: run {release.run_id} was released before with other rows, "
            "and a run is released once. Run `dbt build` again"
        )
    _write(connection, files, release)
    record_release(connection, ledger, release, _audited_counts(connection, run))
    return Publication(Outcome.RELEASED, _released_message(files, release), release)


def _restore(
    connection: DuckDBPyConnection, files: Sequence[ServedFile], last: Release
) -> Publication:
    """Write again what is missing or was left behind by a run killed half-way."""
    stale = [
        file for file in files if served.read_release(connection, file.path) != last
    ]
    if not stale:
        message = f"unchanged: nothing differs from release {last.run_id}"
        return Publication(Outcome.UNCHANGED, message, last)
    _write(connection, stale, last)
    names = " and ".join(file.path.name for file in stale)
    message = f"restored: {names} holds release {last.run_id} again"
    return Publication(Outcome.RESTORED, message, last)


def _write(
    connection: DuckDBPyConnection, files: Sequence[ServedFile], release: Release
) -> None:
    try:
        finished = [
            (served.write_next(connection, file, release), file.path) for file in files
        ]
        for next_path, path in finished:
            served.replace(next_path, path)
    except BaseException:
        served.remove_leftovers(file.path for file in files)
        raise


def _ledger(run: Run) -> Ledger:
    releases, sources = run.model(RELEASES), run.model(RELEASE_SOURCES)
    if releases is None or sources is None:
        raise LedgerMissingError(
            f"not released: expected the models {RELEASES} and {RELEASE_SOURCES} in "
            "the project, which record every release. Enable both"
        )
    return Ledger(releases.sql_name, sources.sql_name)


def _audited_counts(connection: DuckDBPyConnection, run: Run) -> list[SourceCount]:
    audit = run.model(SOURCE_AUDIT)
    return [] if audit is None else source_counts(connection, audit.sql_name)


def _served_audit(run: Run) -> str | None:
    """Name of the source audit in the file for BI; null when it is not served."""
    audit = run.model(SOURCE_AUDIT)
    if audit is None or audit.serving != SERVING:
        return None
    return audit.relation[-1]


def _after(last: Release | None, now: datetime) -> datetime:
    """Keep the latest release the latest when the clock was set back."""
    if last is None:
        return now
    return max(now, last.released_at + timedelta(microseconds=1))


def _released_message(files: Sequence[ServedFile], release: Release) -> str:
    held = " and ".join(f"{len(file.tables)} in {file.path.name}" for file in files)
    return f"released: tables as of {release.as_of_date}, {held} (run {release.run_id})"
