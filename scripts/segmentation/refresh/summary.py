"""The line that a scheduler's log is searched for, its JSON form, the exit code."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from segmentation.refresh.disk import Disk
from segmentation.refresh.ends import End

NOT_RUN = 2
# Raised when a key of the JSON goes or means something else; new keys leave it alone.
FORMAT = 1


class Outcome(StrEnum):
    """What became of a refresh."""

    RELEASED = "released"
    RESTORED = "restored"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    ERROR = "error"
    LOCKED = "locked"

    @property
    def exit_code(self) -> int:
        """Exit code that belongs to it."""
        return _EXIT_CODES[self]

    @property
    def is_good(self) -> bool:
        """Whether the tables that people read are those of this night."""
        return self.exit_code == 0


_EXIT_CODES = {
    Outcome.RELEASED: 0,
    Outcome.RESTORED: 0,
    Outcome.UNCHANGED: 0,
    Outcome.REFUSED: 1,
    Outcome.ERROR: NOT_RUN,
    Outcome.LOCKED: 3,
}


@dataclass(frozen=True)
class Summary:
    """What there is to say about one refresh.

    Attributes:
        outcome: What became of it.
        message: The same in words, with what to do where something is to be done.
        started_at: When it began, UTC.
        seconds: How long it took, the waiting for the lock included.
        as_of_date: Date that the build stands at; null when it did not get to its end.
        run_id: dbt's invocation id; null when dbt did not run.
        release_run_id: Run whose release is served after it, where it is known.
        passed: Number of nodes (models, seeds, snapshots, tests) and checks of sources
            that passed.
        warned: Number of tests and checks of sources that only warn.
        failed: Number of nodes and sources that failed.
        skipped: Number of nodes that were skipped after a failure.
        notable: What warned, then what failed, by name.
        report: The page that was written; null when none was.
        report_error: Why the page could not be written; null when it could.
        disk: What its files take; null where nothing was run.
    """

    outcome: Outcome
    message: str
    started_at: datetime
    seconds: float
    as_of_date: date | None = None
    run_id: str | None = None
    release_run_id: str | None = None
    passed: int = 0
    warned: int = 0
    failed: int = 0
    skipped: int = 0
    notable: tuple[End, ...] = ()
    report: Path | None = None
    report_error: str | None = None
    disk: Disk | None = None

    @property
    def exit_code(self) -> int:
        """Exit code of the command; a report that is owed is work not done."""
        if self.outcome.is_good and self.report_error is not None:
            return NOT_RUN
        return self.outcome.exit_code

    def line(self) -> str:
        """Return one line of words `name=value`; what is not known is `-`."""
        values = {
            "outcome": self.outcome,
            "as_of": self.as_of_date or "-",
            "run": self.run_id or "-",
            "passed": self.passed,
            "warned": self.warned,
            "failed": self.failed,
            "skipped": self.skipped,
            "seconds": f"{self.seconds:.1f}",
        }
        pairs = (f"{name}={value}" for name, value in values.items())
        return f"segment refresh: {' '.join(pairs)}"

    def json(self) -> str:
        """Return all of it on one line, as JSON; what is not known is null."""
        return json.dumps(
            {
                "format": FORMAT,
                "outcome": self.outcome,
                "exit_code": self.exit_code,
                "started_at": self.started_at.isoformat(timespec="seconds"),
                "as_of_date": self.as_of_date and self.as_of_date.isoformat(),
                "run_id": self.run_id,
                "release_run_id": self.release_run_id,
                "passed": self.passed,
                "warned": self.warned,
                "failed": self.failed,
                "skipped": self.skipped,
                "failures": [asdict(end) for end in self.notable if end.is_failed],
                "warnings": [asdict(end) for end in self.notable if not end.is_failed],
                "seconds": round(self.seconds, 3),
                "disk": self.disk and asdict(self.disk),
                "report": self.report and str(self.report),
                "report_error": self.report_error,
                "message": self.message,
            }
        )
