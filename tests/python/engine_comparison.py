"""Hold the tables of a DuckDB and a PostgreSQL warehouse side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from segmentation.fingerprint import Fingerprint, fingerprint, quoted

SHOWN_ROWS = 5
NULL = r"\N"
FLOATS = ("DOUBLE", "FLOAT")


@dataclass
class EngineComparison:
    """Tables of both engines, and what was found to differ.

    Exact columns must be equal; floating ones may differ by the tolerance.

    Args:
        connection: DuckDB with the DuckDB warehouse attached as `here`.
        postgres: Connection to the PostgreSQL warehouse.
        folder: For the rows on their way from one to the other.
        tolerance: Largest difference of floating columns that counts as none.
    """

    connection: duckdb.DuckDBPyConnection
    postgres: Any
    folder: Path
    tolerance: float
    problems: list[str] = field(default_factory=list)

    def relations(self, schemas: Sequence[str]) -> Mapping[str, list[str]]:
        """Return the columns of each table and view; note where the engines differ."""
        listed = ", ".join(f"'{name}'" for name in schemas)
        query = f"""
            select table_schema || '.' || table_name, column_name
            from information_schema.columns
            where table_schema in ({listed}) and table_catalog = %s
            order by table_schema, table_name, ordinal_position
        """
        with self.postgres.cursor() as cursor:
            cursor.execute(query % "current_catalog")
            there = _by_relation(cursor.fetchall())
        here = _by_relation(self._rows(query % "'here'"))
        for name in sorted(here.keys() | there.keys()):
            if here.get(name) != there.get(name):
                self.problems.append(
                    f"{name} has the columns {here.get(name)} on DuckDB and "
                    f"{there.get(name)} on PostgreSQL"
                )
        return {name: columns for name, columns in here.items() if name in there}

    def compare(self, relation: str) -> int:
        """Note where the rows of a relation differ; return how many it has."""
        types = self._fetch(relation)
        floats = [name for name, kind in types.items() if kind in FLOATS]
        exact = [name for name in types if name not in floats]
        here, there = self._fingerprints(relation)
        if here != there and floats:
            here, there = self._fingerprints(relation, without=floats)
            if here == there:
                self._note_floats(relation, exact, floats)
        if here != there:
            self._note_rows(relation, exact)
        self._note_not_finite(relation, floats)
        return here.row_count

    def _fetch(self, relation: str) -> Mapping[str, str]:
        """Bring the rows from PostgreSQL into the table `there`; return its types."""
        described = self._rows(f"describe here.{relation}")
        types = {str(row[0]): str(row[1]) for row in described}
        listed = ", ".join(quoted(name) for name in types)
        file = self.folder / "rows.csv"
        with self.postgres.cursor() as cursor, file.open("wb") as target:
            cursor.copy_expert(
                f"copy (select {listed} from {relation}) to stdout "
                f"with (format csv, null '{NULL}')",
                target,
            )
        self.connection.execute(
            "create or replace table there as select * from read_csv(?, columns = ?, "
            "header = false, auto_detect = false, nullstr = ?, delim = ',', "
            "quote = '\"', escape = '\"')",
            [str(file), types, NULL],
        )
        return types

    def _fingerprints(
        self, relation: str, without: Sequence[str] = ()
    ) -> tuple[Fingerprint, Fingerprint]:
        return (
            fingerprint(self.connection, f"here.{relation}", without),
            fingerprint(self.connection, "there", without),
        )

    def _note_not_finite(self, relation: str, floats: list[str]) -> None:
        for name in floats:
            query = f"select count(*) from there where not isfinite({quoted(name)})"
            [[count]] = self._rows(query)
            if count:
                self.problems.append(f"{relation}.{name}: {count} values not finite")

    def _note_rows(self, relation: str, exact: list[str]) -> None:
        listed = ", ".join(quoted(name) for name in exact)
        queries = {
            "DuckDB": f"select {listed} from here.{relation}",
            "PostgreSQL": f"select {listed} from there",
        }
        for engine, other in (("DuckDB", "PostgreSQL"), ("PostgreSQL", "DuckDB")):
            rows = self._rows(
                f"{queries[engine]} except all {queries[other]} order by all"
            )
            self._note(f"{relation}: %s rows only on {engine} ({listed})", rows)

    def _note_floats(self, relation: str, exact: list[str], floats: list[str]) -> None:
        """Pair rows by the exact columns, which are equal, and compare the others."""
        listed = ", ".join(quoted(name) for name in exact)
        values = ", ".join(quoted(name) for name in floats)
        numbered = (
            f"select *, hash({listed}) as row_hash, row_number() over "
            f"(partition by row_hash order by {values}) as copy_number"
        )
        pairs = f"""
            ({numbered} from here.{relation}) as ours
            inner join ({numbered} from there) as theirs
                on ours.row_hash = theirs.row_hash
                and ours.copy_number = theirs.copy_number
        """
        differ = {name: self._differ(quoted(name)) for name in floats}
        counts = ", ".join(f"count(*) filter ({each})" for each in differ.values())
        [counted] = self._rows(f"select count(*), {counts} from {pairs}")
        [[row_count]] = self._rows("select count(*) from there")
        assert counted[0] == row_count, f"{relation}: not all rows found their pair"
        for name, count in zip(floats, counted[1:], strict=True):
            if count:
                column = quoted(name)
                rows = self._rows(
                    f"select ours.{column}, theirs.{column}, "
                    f"{', '.join(f'ours.{quoted(each)}' for each in exact)} "
                    f"from {pairs} where {differ[name]} order by all"
                )
                problem = f"{relation}.{name}: %s rows (DuckDB, PostgreSQL, {listed})"
                self._note(problem, rows)

    def _differ(self, column: str) -> str:
        ours, theirs = f"ours.{column}", f"theirs.{column}"
        return (
            f"(abs({ours} - {theirs}) > {self.tolerance} "
            f"or ({ours} is null) <> ({theirs} is null))"
        )

    def _note(self, problem: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            shown = "\n".join(str(row) for row in rows[:SHOWN_ROWS])
            self.problems.append(f"{problem % len(rows)}:\n{shown}")

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()


def _by_relation(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for relation, column in rows:
        found.setdefault(relation, []).append(column)
    return found
