"""Hold two relations side by side and say which rows differ, and in which columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from segmentation.fingerprint import Fingerprint, fingerprint, quoted

SHOWN_ROWS = 5
# Columns that say which row it is come first in every table of the project.
LEADING_COLUMNS = 4
FLOATS = ("DOUBLE", "FLOAT")


@dataclass
class RowComparison:
    """Relations that should hold the same rows, and what was found to differ.

    Args:
        connection: DuckDB that can read both sides.
        sides: What the two are called in a problem.
        tolerance: Largest difference of floating columns that counts as none; all else
            must be equal.
    """

    connection: duckdb.DuckDBPyConnection
    sides: tuple[str, str]
    tolerance: float = 0
    problems: list[str] = field(default_factory=list)

    def compare(
        self, name: str, relations: tuple[str, str], without: Sequence[str] = ()
    ) -> int:
        """Note where two relations differ.

        Args:
            name: What the relation is called in a problem.
            relations: Its SQL name on each side; both with the same columns.
            without: Columns to leave out.

        Returns:
            The number of rows on the first side.
        """
        ours, theirs = self._fingerprints(relations, without)
        types = dict(ours.columns)
        floats = [
            column
            for column, kind in types.items()
            if kind in FLOATS and self.tolerance > 0
        ]
        exact = [column for column in types if column not in floats]
        row_count = ours.row_count
        if ours != theirs and floats:
            ours, theirs = self._fingerprints(relations, (*without, *floats))
            if ours == theirs:
                self._note_floats(name, relations, exact, floats)
        if ours.columns != theirs.columns:
            self.problems.append(
                f"{name} has the columns {ours.columns} in {self.sides[0]} and "
                f"{theirs.columns} in {self.sides[1]}"
            )
        elif ours != theirs:
            self._note_rows(name, relations, exact)
        return row_count

    def _fingerprints(
        self, relations: tuple[str, str], without: Sequence[str]
    ) -> tuple[Fingerprint, Fingerprint]:
        ours, theirs = relations
        return (
            fingerprint(self.connection, ours, without),
            fingerprint(self.connection, theirs, without),
        )

    def _note_rows(
        self, name: str, relations: tuple[str, str], exact: list[str]
    ) -> None:
        listed = ", ".join(quoted(column) for column in exact)
        differing = self._differing_columns(relations, exact)
        shown = [
            column
            for place, column in enumerate(exact)
            if place < LEADING_COLUMNS or column in differing
        ]
        for place, side in enumerate(self.sides):
            self._note(
                f"{name}: {{}} rows only in {side}",
                f"select {listed} from {relations[place]} "
                f"except all select {listed} from {relations[1 - place]}",
                shown,
            )

    def _differing_columns(
        self, relations: tuple[str, str], columns: list[str]
    ) -> set[str]:
        """Return the columns whose values differ, whatever rows they are in."""
        sums = ", ".join(f"sum(hash({quoted(column)}))" for column in columns)
        ours, theirs = (
            self._rows(f"select {sums} from {relation}")[0] for relation in relations
        )
        return {
            column
            for column, one, other in zip(columns, ours, theirs, strict=True)
            if one != other
        }

    def _note_floats(
        self,
        name: str,
        relations: tuple[str, str],
        exact: list[str],
        floats: list[str],
    ) -> None:
        """Pair rows by the exact columns, which are equal, and compare the others."""
        listed = ", ".join(quoted(column) for column in exact)
        values = ", ".join(quoted(column) for column in floats)
        numbered = (
            f"select *, hash({listed}) as row_hash, row_number() over "
            f"(partition by row_hash order by {values}) as copy_number"
        )
        pairs = f"""
            ({numbered} from {relations[0]}) as ours
            inner join ({numbered} from {relations[1]}) as theirs
                on ours.row_hash = theirs.row_hash
                and ours.copy_number = theirs.copy_number
        """
        [[paired]] = self._rows(f"select count(*) from {pairs}")
        [[row_count]] = self._rows(f"select count(*) from {relations[0]}")
        assert paired == row_count, f"{name}: not all rows found their pair"
        for column in map(quoted, floats):
            self._note(
                f"{name}: {{}} rows differ in {column}, here and there being "
                f"{' and '.join(self.sides)}",
                f"select ours.{column} as here, theirs.{column} as there, "
                f"{', '.join(f'ours.{quoted(each)}' for each in exact)} "
                f"from {pairs} where {self._differ(column)}",
                ["here", "there", *exact],
            )

    def _differ(self, column: str) -> str:
        ours, theirs = f"ours.{column}", f"theirs.{column}"
        return (
            f"(abs({ours} - {theirs}) > {self.tolerance} "
            f"or ({ours} is null) <> ({theirs} is null))"
        )

    def _note(self, problem: str, query: str, shown: Sequence[str]) -> None:
        """Note a problem unless the query finds nothing; `{}` is how many it finds."""
        self.connection.execute(f"create or replace temp table differing as {query}")
        [[count]] = self._rows("select count(*) from differing")
        if count:
            reader = self.connection.execute(
                f"select {', '.join(quoted(column) for column in shown)} "
                f"from differing order by all limit {SHOWN_ROWS}"
            )
            lines = [
                _in_words(dict(zip(shown, row, strict=True)))
                for row in reader.fetchall()
            ]
            self.problems.append("\n    ".join([problem.format(count), *lines]))
        self.connection.execute("drop table differing")

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()


def _in_words(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in row.items())
