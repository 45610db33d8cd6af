"""Publishes served tables: one release in two places and in the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from segmentation.release.content import content_hash, served_sets, versions
from segmentation.release.decision import (
    RELEASE_SOURCES,
    RELEASES,
    SOURCE_AUDIT,
    Verdict,
    decide,
)
from segmentation.release.engine import Engine
from segmentation.release.ledger import (
    Ledger,
    find_release,
    last_release,
    record_release,
    source_counts,
)
from segmentation.release.run import Run
from segmentation.release.served import Release, ServedSet
from segmentation.release.settings import PublishError


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
        release: Release that is now served; null when nothing was looked at.
    """

    outcome: Outcome
    message: str
    release: Release | None = None


def utc_now() -> datetime:
    """Current time in UTC without a zone, as the ledger stores it."""
    return datetime.now(UTC).replace(tzinfo=None)


def publish(
    engine: Engine, run: Run, clock: Callable[[], datetime] = utc_now
) -> Publication:
    """Release the served tables of a run if its outcome allows it.

    Args:
        engine: The warehouse that the run built, and where its tables are served.
        run: The finished dbt run.
        clock: Source of the release time.

    Returns:
        What was done.

    Raises:
        PublishError: The run or the settings forbid a release; nothing was written.
    """
    decision = decide(run)
    if decision.verdict is Verdict.REFUSED:
        raise ReleaseRefusedError(decision.message)
    if decision.verdict is not Verdict.RELEASE:
        return Publication(Outcome(decision.verdict.value), decision.message)
    ledger = _ledger(run)
    sets = served_sets(run, engine)
    engine.prepare(run, sets, ledger)
    last = last_release(engine.query, ledger)
    release = Release(
        run_id=run.run_id,
        released_at=_after(last, clock()),
        as_of_date=run.as_of_date,
        content_hash=content_hash(engine, sets),
        versions=versions(engine, run),
    )
    if last is not None and last.says_the_same_as(release):
        return _restore(engine, sets, last)
    if find_release(engine.query, ledger, release.run_id):
        raise ReleaseRefusedError(
            f"not released: run {release.run_id} was released before with other rows, "
            "and a run is released once. Run `dbt build` again"
        )
    engine.write(sets, release, lambda: _record(engine, run, ledger, release))
    return Publication(
        Outcome.RELEASED, _released_message(engine, sets, release), release
    )


def _restore(engine: Engine, sets: Sequence[ServedSet], last: Release) -> Publication:
    """Serve again what is missing or was left behind by a run killed half-way."""
    stale = [served for served in sets if engine.held_release(served.role) != last]
    if not stale:
        message = f"unchanged: nothing differs from release {last.run_id}"
        return Publication(Outcome.UNCHANGED, message, last)
    engine.write(stale, last, None)
    names = " and ".join(engine.place(served.role) for served in stale)
    message = f"restored: {names} holds release {last.run_id} again"
    return Publication(Outcome.RESTORED, message, last)


def _record(engine: Engine, run: Run, ledger: Ledger, release: Release) -> None:
    audit = run.model(SOURCE_AUDIT)
    counts = [] if audit is None else source_counts(engine.query, audit.sql_name)
    record_release(engine.query, ledger, release, counts)


def _ledger(run: Run) -> Ledger:
    releases, sources = run.model(RELEASES), run.model(RELEASE_SOURCES)
    if releases is None or sources is None:
        raise LedgerMissingError(
            f"not released: expected the models {RELEASES} and {RELEASE_SOURCES} in "
            "the project, which record every release. Enable both"
        )
    return Ledger(releases.sql_name, sources.sql_name)


def _after(last: Release | None, now: datetime) -> datetime:
    """Keep the latest release the latest when the clock was set back."""
    if last is None:
        return now
    return max(now, last.released_at + timedelta(microseconds=1))


def _released_message(
    engine: Engine, sets: Sequence[ServedSet], release: Release
) -> str:
    held = " and ".join(
        f"{len(served.tables)} in {engine.place(served.role)}" for served in sets
    )
    return f"released: tables as of {release.as_of_date}, {held} (run {release.run_id})"
