"""Publishes served tables: one release in two places and in the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from segmentation.release.content import (
    check_servable,
    content_hash,
    served_sets,
    versions,
)
from segmentation.release.decision import (
    AUDIENCE_CHANGES,
    FORECASTS,
    MEMBERSHIPS,
    QUARTER_FORECASTS,
    RELEASED_CHANGES,
    SEALED_CONTENT,
    SEALS,
    SOURCE_AUDIT,
    Verdict,
    decide,
)
from segmentation.release.engine import Engine
from segmentation.release.ledger import (
    Ledger,
    after_all,
    find_release,
    served_release,
)
from segmentation.release.record import Evidence, record_release
from segmentation.release.run import Run
from segmentation.release.seals import sealed_forecasts
from segmentation.release.served import ACTIVATION, SERVING, Release, ServedSet
from segmentation.release.settings import PublishError


class ReleaseRefusedError(PublishError):
    """The outcome of the run forbids a release."""


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
    ledger = Ledger.find(run.table)
    check_servable(run, engine)
    engine.prepare(run, ledger)
    served = served_release(engine.query, ledger)
    sets = served_sets(run, engine)
    release = Release(
        run_id=run.run_id,
        released_at=after_all(engine.query, ledger, clock()),
        as_of_date=run.as_of_date,
        content_hash=content_hash(sets),
        versions=versions(engine, run),
    )
    if served is not None and served.says_the_same_as(release):
        return _restore(engine, sets, served)
    if find_release(engine.query, ledger, release.run_id):
        raise ReleaseRefusedError(
            f"not released: run {release.run_id} was released before with other rows, "
            "and a run is released once. Run `dbt build` again"
        )
    engine.write(sets, release, lambda: _record(engine, run, ledger, release))
    message = _released_message(engine, sets, release)
    if seals := run.table(SEALS):
        sealed = sealed_forecasts(engine.query, seals, release)
        message = "\n".join([message, *(each.message for each in sealed)])
    return Publication(Outcome.RELEASED, message, release)


def _restore(
    engine: Engine, sets: Sequence[ServedSet], release: Release
) -> Publication:
    """Serve again what is missing or was left behind by a run killed half-way."""
    stale = [served for served in sets if engine.held_release(served.role) != release]
    if not stale:
        message = f"unchanged: nothing differs from release {release.run_id}"
        return Publication(Outcome.UNCHANGED, message, release)
    engine.write(stale, release, None)
    names = " and ".join(engine.place(served.role) for served in stale)
    message = f"restored: {names} holds release {release.run_id} again"
    return Publication(Outcome.RESTORED, message, release)


def _record(engine: Engine, run: Run, ledger: Ledger, release: Release) -> None:
    # What is not served was not published.
    changes = _served_table(run, AUDIENCE_CHANGES, ACTIVATION)
    evidence = Evidence(
        audit=run.table(SOURCE_AUDIT),
        memberships=_served_table(run, MEMBERSHIPS, SERVING),
        changes=_both(changes, run.table(RELEASED_CHANGES)),
        forecasts=_both(run.table(QUARTER_FORECASTS), run.table(FORECASTS)),
        seals=_both(run.table(SEALED_CONTENT), run.table(SEALS)),
    )
    record_release(engine.query, ledger, release, evidence)


def _both(said: str | None, recorded: str | None) -> tuple[str, str] | None:
    return (said, recorded) if said and recorded else None


def _served_table(run: Run, name: str, role: str) -> str | None:
    model = run.model(name)
    return run.table(name) if model is not None and model.serving == role else None


def _released_message(
    engine: Engine, sets: Sequence[ServedSet], release: Release
) -> str:
    held = " and ".join(
        f"{len(served.tables)} in {engine.place(served.role)}" for served in sets
    )
    return f"released: tables as of {release.as_of_date}, {held} (run {release.run_id})"
