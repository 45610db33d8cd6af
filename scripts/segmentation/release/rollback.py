"""Serves an earlier release again, and says which ones can be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from segmentation.release.engine import Engine
from segmentation.release.ledger import (
    Ledger,
    after_all,
    find_release,
    served_in_turn,
)
from segmentation.release.publish import utc_now
from segmentation.release.record import Rollback
from segmentation.release.served import SERVING, Release
from segmentation.release.settings import PublishError


class NoKeptReleaseError(PublishError):
    """There is nothing that could be served again."""


class UnknownReleaseError(PublishError):
    """The release that was asked for is not kept."""


@dataclass(frozen=True)
class Kept:
    """What is served and what could be.

    Attributes:
        served: Release that is served; null when none is.
        earlier: Other releases that are kept, last kept first.
    """

    served: Release | None
    earlier: tuple[Release, ...]


def kept(engine: Engine) -> Kept:
    """Look up which releases are there; nothing is changed or waited for."""
    served = engine.held_release(SERVING)
    return Kept(served, tuple(r for r in engine.kept_releases() if r != served))


def roll_back(
    engine: Engine,
    ledger: Ledger,
    run_id: str | None,
    reason: str,
    clock: Callable[[], datetime] = utc_now,
) -> Rollback:
    """Serve a kept release in place of the one that is served.

    Args:
        engine: The warehouse and the places its tables are served in.
        ledger: Its recorded tables.
        run_id: The release; null means the one that was served before, releases left
            out from which somebody has returned.
        reason: Why, for the ledger.
        clock: Source of the time of the rollback.

    Returns:
        What was done and recorded.

    Raises:
        NoKeptReleaseError: No earlier release is kept.
        UnknownReleaseError: That release is not kept, or is served.
        PublishError: It cannot be served now; readers keep what they had.
    """
    engine.recover(ledger)
    turns = served_in_turn(engine.query, ledger)
    others = [
        release
        for release in engine.kept_releases()
        if release.run_id not in turns[-1:]
        and find_release(engine.query, ledger, release.run_id) == release
    ]
    if not others:
        raise NoKeptReleaseError(
            "not rolled back: no earlier release is kept, expected one that was served "
            "before. Correct the data or the definitions and run `dbt build`"
        )
    known = [release.run_id for release in others]
    if run_id is None:
        run_id = next((run for run in reversed(turns) if run in known), None)
    if run_id not in known:
        raise UnknownReleaseError(_unknown_message(run_id, turns, others))
    rollback = Rollback(
        run_id=run_id,
        previous_run_id=turns[-1],
        reason=reason,
        rolled_back_at=after_all(engine.query, ledger, clock()),
    )
    engine.serve_again(rollback, ledger)
    return rollback


def _unknown_message(
    run_id: str | None, turns: Sequence[str], others: Sequence[Release]
) -> str:
    if run_id is None:
        found = "no release that was served before this one is kept"
    elif run_id in turns[-1:]:
        found = f"release {run_id} is the one that is served"
    else:
        found = f"release {run_id} is not kept"
    listed = ", ".join(
        f"{release.run_id} (as of {release.as_of_date})" for release in others
    )
    return f"not rolled back: {found}, expected one of {listed}. Name one of these"
