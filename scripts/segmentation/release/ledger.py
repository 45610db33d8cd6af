"""Reads the release ledger of the warehouse; record.py appends to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from segmentation.release.decision import (
    PUBLISHED_DATES,
    PUBLISHED_MEMBERSHIPS,
    RELEASE_SOURCES,
    RELEASES,
    ROLLBACKS,
)
from segmentation.release.served import RELEASE_COLUMNS, Release
from segmentation.release.settings import PublishError
from segmentation.warehouse_tables import Query

# The recorded models that publishing writes, in the order of the attributes below.
LEDGER = (
    RELEASES,
    RELEASE_SOURCES,
    PUBLISHED_MEMBERSHIPS,
    PUBLISHED_DATES,
    ROLLBACKS,
)
TICK = timedelta(microseconds=1)


class LedgerMissingError(PublishError):
    """The project has no tables to record a release in."""


class LedgerLostError(PublishError):
    """The warehouse does not know releases that were made with it."""

    def __init__(self, kept: Release) -> None:
        super().__init__(
            f"not released: kept_releases holds release {kept.run_id} of "
            f"{kept.released_at:%Y-%m-%d %H:%M} UTC, and the ledger of this warehouse "
            "does not know it. Expected the warehouse that made it: this one is new, "
            "or an older copy. Put that one back; or make a new one with `dbt seed` "
            "and `dbt run --empty`, and have `segment ledger import` bring back what "
            "was exported. If nothing has it, move the folder kept_releases away and "
            "run the command again: what was recorded of earlier releases is lost then"
        )


@dataclass(frozen=True)
class Ledger:
    """Quoted names of the recorded tables.

    Attributes:
        releases: One row per release.
        sources: One row per release, entity and source.
        memberships: One row per release and membership that changed with it.
        dates: One row per release and date of its memberships.
        rollbacks: One row per return to an earlier release.
    """

    releases: str
    sources: str
    memberships: str
    dates: str
    rollbacks: str

    @classmethod
    def find(cls, name_of: Callable[[str], str | None]) -> "Ledger":
        """Look the tables up.

        Args:
            name_of: Quoted name of a model's table; null when there is none.

        Raises:
            LedgerMissingError: One is missing.
        """
        names = {model: name_of(model) for model in LEDGER}
        found = [name for name in names.values() if name is not None]
        if len(found) < len(LEDGER):
            missing = [model for model, name in names.items() if name is None]
            raise LedgerMissingError(
                f"not released: found no {' and no '.join(missing)}, expected the "
                f"models {', '.join(LEDGER)}, which record what is served. Enable them "
                "and run `dbt build`"
            )
        return cls(*found)


def find_release(query: Query, ledger: Ledger, run_id: str) -> Release | None:
    """Release of a run; null when the ledger does not know it."""
    rows = query(
        f"select {RELEASE_COLUMNS} from {ledger.releases} where run_id = ?", run_id
    )
    return Release(*rows[0]) if rows else None


def served_release(query: Query, ledger: Ledger) -> Release | None:
    """Release that is served; null before the first one."""
    runs = served_in_turn(query, ledger)
    return find_release(query, ledger, runs[-1]) if runs else None


def served_in_turn(query: Query, ledger: Ledger) -> list[str]:
    """Runs whose releases led to the served one, which is the last.

    A rollback takes out what was served between the release it returned to and itself.
    """
    turns: list[str] = []
    for (run_id,) in query(
        "select run_id from ("
        f"select run_id, released_at as served_from from {ledger.releases} union all "
        f"select run_id, rolled_back_at as served_from from {ledger.rollbacks}"
        ") as servings order by served_from, run_id"
    ):
        if run_id in turns:
            del turns[turns.index(run_id) :]
        turns.append(run_id)
    return turns


def latest_moment(query: Query, ledger: Ledger) -> datetime | None:
    """When the served release last changed; null before the first one."""
    [(released,)] = query(f"select max(released_at) from {ledger.releases}")
    [(returned,)] = query(f"select max(rolled_back_at) from {ledger.rollbacks}")
    return max((at for at in (released, returned) if at is not None), default=None)


def after_all(query: Query, ledger: Ledger, now: datetime) -> datetime:
    """Return now, or just after all that is recorded when the clock was set back."""
    latest = latest_moment(query, ledger)
    return now if latest is None else max(now, latest + TICK)
