"""What publishing needs of an engine; how it goes about it is the engine's own."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from segmentation.fingerprint import Fingerprint
from segmentation.release.ledger import Ledger
from segmentation.release.record import Rollback
from segmentation.release.run import Run
from segmentation.release.served import Release, ServedSet


class Engine(Protocol):
    """An open warehouse and the places its tables are served in."""

    def query(self, sql: str, *values: object) -> list[Any]:
        """Return all rows of a statement; each question mark takes one value."""

    def fingerprint(self, relation: str) -> Fingerprint:
        """Hash the rows of a relation, in any order, with its columns."""

    def place(self, role: str) -> str:
        """What people call the place of a role, such as `serving.duckdb`."""

    def prepare(self, run: Run, ledger: Ledger) -> None:
        """Check the places, and make good what a killed run left behind.

        Raises:
            PublishError: Nothing can be served there.
        """

    def recover(self, ledger: Ledger) -> None:
        """Wait for who is publishing, and make good what a killed run left behind.

        Raises:
            PublishError: The places hold what the ledger does not know.
        """

    def held_release(self, role: str) -> Release | None:
        """Release that a place holds; null when it holds none that can be read."""

    def write(
        self,
        sets: Sequence[ServedSet],
        release: Release,
        record: Callable[[], None] | None,
    ) -> None:
        """Serve these sets in place of what their places hold.

        Args:
            sets: What to serve.
            release: Its row for `_release`.
            record: Appends the release to the ledger; null when it is there.

        Raises:
            PublishError: It cannot be served now; readers keep what they had.
        """

    def kept_releases(self) -> list[Release]:
        """Releases that can be served again, last kept first."""

    def serve_again(self, rollback: Rollback, ledger: Ledger) -> None:
        """Serve a kept release in place of the served one, keep that, and record it.

        Raises:
            PublishError: It cannot be served now; readers keep what they had.
        """
