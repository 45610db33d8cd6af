"""Hold the tables of a DuckDB and a PostgreSQL warehouse side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from row_comparison import FLOATS, RowComparison
from segmentation.fingerprint import quoted

NULL = r"\N"


@dataclass
class EngineComparison:
    """Tables of both engines, and what was found to differ.

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
    rows: RowComparison = field(init=False)

    def __post_init__(self) -> None:
        self.rows = RowComparison(
            self.connection, ("DuckDB", "PostgreSQL"), self.tolerance
        )

    @property
    def problems(self) -> list[str]:
        """What was found to differ, in words."""
        return self.rows.problems

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
        here = _by_relation(self.connection.execute(query % "'here'").fetchall())
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
        row_count = self.rows.compare(relation, (f"here.{relation}", "there"))
        for name, kind in types.items():
            if kind in FLOATS:
                self._note_not_finite(relation, name)
        return row_count

    def _fetch(self, relation: str) -> Mapping[str, str]:
        """Bring the rows from PostgreSQL into the table `there`; return its types."""
        described = self.connection.execute(f"describe here.{relation}").fetchall()
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

    def _note_not_finite(self, relation: str, name: str) -> None:
        query = f"select count(*) from there where not isfinite({quoted(name)})"
        [[count]] = self.connection.execute(query).fetchall()
        if count:
            self.problems.append(f"{relation}.{name}: {count} values not finite")


def _by_relation(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for relation, column in rows:
        found.setdefault(relation, []).append(column)
    return found
