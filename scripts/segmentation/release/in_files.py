"""Publishing on DuckDB: two files, replaced one after the other, then the ledger."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from segmentation.fingerprint import Fingerprint, fingerprint
from segmentation.release import files
from segmentation.release.decision import MEMBERSHIPS, SOURCE_AUDIT
from segmentation.release.kept_files import KeptFiles
from segmentation.release.ledger import (
    Ledger,
    LedgerLostError,
    find_release,
    latest_moment,
)
from segmentation.release.record import (
    Evidence,
    Rollback,
    record_release,
    record_rollback,
)
from segmentation.release.run import Run
from segmentation.release.served import ACTIVATION, SERVING, Release, ServedSet
from segmentation.release.settings import PublishSettings


class InFiles:
    """A DuckDB warehouse whose tables are served in two files of their own.

    Files and ledger cannot change in one step, so a killed run may leave a file
    without its row in the ledger: the next run records it, from what the file holds. A
    rollback is written down before its first step, and the next run ends it.

    Args:
        connection: Connection to the warehouse, outside a transaction.
        settings: Where the served files lie.
    """

    def __init__(
        self, connection: DuckDBPyConnection, settings: PublishSettings
    ) -> None:
        self._connection = connection
        self._settings = settings

    def query(self, sql: str, *values: object) -> list[Any]:
        """Return all rows of a statement; each question mark takes one value."""
        return self._connection.execute(sql, values or None).fetchall()

    def fingerprint(self, relation: str) -> Fingerprint:
        """Hash the rows of a relation, in any order, with its columns."""
        return fingerprint(self._connection, relation)

    def place(self, role: str) -> str:
        """Name of a role's file."""
        return self._paths[role].name

    def prepare(self, run: Run, ledger: Ledger) -> None:
        """Make good what a killed run left, whatever its tables are called.

        Raises:
            NoPlaceToPublishError: The files have no usable paths.
            LedgerLostError: The ledger does not know a release that is kept.
        """
        names = {
            name: node.relation[-1]
            for name in (SOURCE_AUDIT, MEMBERSHIPS)
            if (node := run.model(name)) is not None and node.serving == SERVING
        }
        self._recover(ledger, Evidence(names.get(SOURCE_AUDIT), names.get(MEMBERSHIPS)))

    def recover(self, ledger: Ledger) -> None:
        """Remove what a killed run left, end its rollback, record what it released.

        Raises:
            NoPlaceToPublishError: The files have no usable paths.
            LedgerLostError: The ledger does not know a release that is kept.
        """
        self._recover(ledger, Evidence(SOURCE_AUDIT, MEMBERSHIPS))

    def held_release(self, role: str) -> Release | None:
        """Release that a role's file holds; null when it is no readable release."""
        return files.read_release(self._connection, self._paths[role])

    def write(
        self,
        sets: Sequence[ServedSet],
        release: Release,
        record: Callable[[], None] | None,
    ) -> None:
        """Write the files beside those in use, replace these, then the ledger.

        Raises:
            duckdb.Error: A table could not be read or written.
        """
        try:
            finished = [
                (files.write_next(self._connection, path, served, release), path)
                for served in sets
                for path in [self._paths[served.role]]
            ]
            for served in sets:
                if self.held_release(served.role) != release:
                    self._kept.keep(served.role)
            for next_path, path in finished:
                files.replace(next_path, path)
        except BaseException:
            files.remove_leftovers(self._paths[served.role] for served in sets)
            raise
        if record is not None:
            with self._transaction():
                record()
        self._kept.prune(release.run_id)

    def kept_releases(self) -> list[Release]:
        """Releases of which both files are kept, last kept first."""
        return self._kept.releases()

    def serve_again(self, rollback: Rollback, ledger: Ledger) -> None:
        """Replace both files by kept ones, then the ledger."""
        self._kept.intend(rollback)
        self._finish(rollback, ledger)

    @cached_property
    def _paths(self) -> dict[str, Path]:
        # Only when something is to be released: a partial run needs no place.
        paths = self._settings.paths()
        return {SERVING: paths.serving, ACTIVATION: paths.activation}

    @cached_property
    def _kept(self) -> KeptFiles:
        return KeptFiles(self._connection, self._paths)

    def _recover(self, ledger: Ledger, names: Evidence) -> None:
        """Recover, given the tables of the served file that were evidence."""
        files.remove_leftovers(self._paths.values())
        self._kept.remove_leftovers()
        intended = self._kept.intended()
        if intended is not None:
            self._finish(intended, ledger)
        self._kept.forget()
        released = self.held_release(SERVING)
        latest = latest_moment(self.query, ledger)
        # What is not later is recorded, or a file from elsewhere.
        if released is None or (latest and released.released_at <= latest):
            return
        self._check_nothing_lost(ledger, released)
        with files.attached_served(self._connection, self._paths[SERVING]):
            evidence = Evidence(
                self._in_served(names.audit, "row_count"),
                self._in_served(names.memberships, "primary_segment"),
            )
            with self._transaction():
                record_release(self.query, ledger, released, evidence)

    def _check_nothing_lost(self, ledger: Ledger, served: Release) -> None:
        """Raise when the ledger lacks more than what one killed run leaves out."""
        for kept in self.kept_releases():
            if kept != served and not find_release(self.query, ledger, kept.run_id):
                raise LedgerLostError(kept)

    def _in_served(self, table: str | None, column: str) -> str | None:
        """Name of a table of the attached file; null when it has none with a column."""
        found = self.query(
            "select 1 from duckdb_columns() where database_name = ? "
            "and table_name = ? and column_name = ?",
            files.SERVED_ALIAS,
            table,
            column,
        )
        return files.served_name(table) if table and found else None

    def _finish(self, rollback: Rollback, ledger: Ledger) -> None:
        """Take all steps of a rollback, of which some may have been taken."""
        for role in self._paths:
            held = self.held_release(role)
            if held is not None and held.run_id != rollback.run_id:
                self._kept.keep(role)
        for role in self._paths:
            self._kept.serve(role, rollback.run_id)
        with self._transaction():
            record_rollback(self.query, ledger, rollback)
        self._kept.forget()
        self._kept.prune(rollback.run_id)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.begin()
        try:
            yield
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise
