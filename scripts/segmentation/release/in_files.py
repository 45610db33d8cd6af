"""Publishing on DuckDB: two files, replaced one after the other, then the ledger."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from segmentation.fingerprint import Fingerprint, fingerprint
from segmentation.release import files
from segmentation.release.decision import SOURCE_AUDIT
from segmentation.release.ledger import (
    Ledger,
    SourceCount,
    find_release,
    record_release,
    source_counts,
)
from segmentation.release.run import Run
from segmentation.release.served import ACTIVATION, SERVING, Release, ServedSet
from segmentation.release.settings import PublishSettings


class InFiles:
    """A DuckDB warehouse whose tables are served in two files of their own.

    Files and ledger cannot change in one step, so a killed run may leave a file
    without its row in the ledger: the next run records it.

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

    def prepare(self, run: Run, sets: Sequence[ServedSet], ledger: Ledger) -> None:
        """Remove what a killed run left, and record what it released.

        Raises:
            NoPlaceToPublishError: The files have no usable paths.
        """
        files.remove_leftovers(self._paths[served.role] for served in sets)
        released = self.held_release(SERVING)
        if released is None or find_release(self.query, ledger, released.run_id):
            return
        counts = self._served_counts(run)
        with self._transaction():
            record_release(self.query, ledger, released, counts)

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
            for next_path, path in finished:
                files.replace(next_path, path)
        except BaseException:
            files.remove_leftovers(self._paths[served.role] for served in sets)
            raise
        if record is not None:
            with self._transaction():
                record()

    @cached_property
    def _paths(self) -> dict[str, Path]:
        # Only when something is to be released: a partial run needs no place.
        paths = self._settings.paths()
        return {SERVING: paths.serving, ACTIVATION: paths.activation}

    def _served_counts(self, run: Run) -> list[SourceCount]:
        """Rows per source behind the served release, as far as the file tells."""
        audit = run.model(SOURCE_AUDIT)
        counts: list[SourceCount] = []
        if audit is not None and audit.serving == SERVING:
            name = files.served_name(audit.relation[-1])
            serving = files.attached_served(self._connection, self._paths[SERVING])
            with serving, suppress(duckdb.Error):
                counts = source_counts(self.query, name)
        return counts

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.begin()
        try:
            yield
            self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise
