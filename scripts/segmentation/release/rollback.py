"""Serves an earlier release again, and says which ones can be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from segmentation.connections import duckdb_path
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.release.engine import Engine
from segmentation.release.in_files import InFiles
from segmentation.release.ledger import (
    LEDGER,
    Ledger,
    after_all,
    find_release,
    served_in_turn,
)
from segmentation.release.open_engine import artifacts_of, open_engine
from segmentation.release.publish import utc_now
from segmentation.release.record import Rollback
from segmentation.release.served import SERVING, Release
from segmentation.release.settings import PublishError, PublishSettings
from segmentation.warehouse_tables import find_schemas


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


def kept_of_profile(profile: Profile, target_path: Path | None = None) -> Kept:
    """Look up which releases are there, also while a refresh has the warehouse open.

    Args:
        profile: The profile that dbt used.
        target_path: dbt's target folder; null means DBT_TARGET_PATH or `target`.

    Raises:
        SegmentationError: The places cannot be found or opened.
    """
    if profile.adapter == "postgres":
        with open_engine(profile, artifacts_of(profile, target_path)) as engine:
            return _kept(engine)
    settings = PublishSettings.from_profile(profile)
    with duckdb.connect() as connection:
        return _kept(InFiles(connection, settings))


def roll_back_profile(
    profile: Profile, run_id: str | None, reason: str, target_path: Path | None = None
) -> Rollback:
    """Open the warehouse of a profile and serve a kept release, as `roll_back` says.

    Raises:
        PublishError: It cannot be served; readers keep what they had.
        SegmentationError: The warehouse cannot be opened.
    """
    if profile.adapter == "duckdb" and not duckdb_path(profile).exists():
        raise NoKeptReleaseError(
            f"not rolled back: found no warehouse {duckdb_path(profile)}, expected the "
            "one whose ledger knows the releases. Run `dbt build`"
        )
    with open_engine(profile, artifacts_of(profile, target_path)) as engine:
        schemas = find_schemas(engine.query, LEDGER, profile)
        ledger = Ledger.find(
            lambda table: quoted(schemas[table], table) if table in schemas else None
        )
        return roll_back(engine, ledger, run_id, reason)


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


def _kept(engine: Engine) -> Kept:
    served = engine.held_release(SERVING)
    return Kept(served, tuple(r for r in engine.kept_releases() if r != served))


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
