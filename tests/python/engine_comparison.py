"""Hold the tables of a DuckDB warehouse and of another engine side by side."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import duckdb

from row_comparison import FLOATS, RowComparison
from segmentation.fingerprint import quoted

NULL = r"\N"


@dataclass
class EngineComparison(ABC):
    """Tables of both engines, and what was found to differ.

    Args:
        connection: DuckDB with the DuckDB warehouse attached as `here`.
        other: Connection to the other warehouse.
        folder: For the rows on their way from one to the other.
        tolerance: Largest difference of floating columns that counts as none.
    """

    engine: ClassVar[str]

    connection: duckdb.DuckDBPyConnection
    other: Any
    folder: Path
    tolerance: float
    rows: RowComparison = field(init=False)

    def __post_init__(self) -> None:
        self.rows = RowComparison(
            self.connection, ("DuckDB", self.engine), self.tolerance
        )

    @property
    def problems(self) -> list[str]:
        """What was found to differ, in words."""
        return self.rows.problems

    def relations(self, schemas: Sequence[str]) -> Mapping[str, list[str]]:
        """Return the columns of each table and view; note where the engines differ."""
        query = columns_query(schemas, "'here'")
        here = by_relation(self.connection.execute(query).fetchall())
        there = self._columns_there(schemas)
        for name in sorted(here.keys() | there.keys()):
            if here.get(name) != there.get(name):
                self.problems.append(
                    f"{name} has the columns {here.get(name)} on DuckDB and "
                    f"{there.get(name)} on {self.engine}"
                )
        return {name: columns for name, columns in here.items() if name in there}

    def compare(self, relation: str) -> int:
        """Note where the rows of a relation differ; return how many it has."""
        described = self.connection.execute(f"describe here.{relation}").fetchall()
        types = {str(row[0]): str(row[1]) for row in described}
        self._fetch(relation, types)
        row_count = self.rows.compare(relation, (f"here.{relation}", "there"))
        for name, kind in types.items():
            if kind in FLOATS:
                self._note_not_finite(relation, name)
        return row_count

    @abstractmethod
    def _columns_there(self, schemas: Sequence[str]) -> Mapping[str, list[str]]:
        """Return the columns of each table and view of the other engine."""

    @abstractmethod
    def _fetch(self, relation: str, types: Mapping[str, str]) -> None:
        """Bring the rows of the other engine into the table `there` of these types."""

    def _note_not_finite(self, relation: str, name: str) -> None:
        query = f"select count(*) from there where not isfinite({quoted(name)})"
        [[count]] = self.connection.execute(query).fetchall()
        if count:
            self.problems.append(f"{relation}.{name}: {count} values not finite")


@dataclass
class PostgresComparison(EngineComparison):
    """Tables of DuckDB and PostgreSQL."""

    engine = "PostgreSQL"

    def _columns_there(self, schemas: Sequence[str]) -> Mapping[str, list[str]]:
        with self.other.cursor() as cursor:
            cursor.execute(columns_query(schemas, "current_catalog"))
            return by_relation(cursor.fetchall())

    def _fetch(self, relation: str, types: Mapping[str, str]) -> None:
        listed = ", ".join(quoted(name) for name in types)
        file = self.folder / "rows.csv"
        with self.other.cursor() as cursor, file.open("wb") as target:
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


def columns_query(schemas: Sequence[str], catalog: str) -> str:
    """Return the query of the columns of each relation, in their order."""
    listed = ", ".join(f"'{name}'" for name in schemas)
    return f"""
        select table_schema || '.' || table_name, column_name
        from information_schema.columns
        where table_schema in ({listed}) and table_catalog = {catalog}
        order by table_schema, table_name, ordinal_position
    """


def by_relation(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[str]]:
    """Return the columns of each relation."""
    found: dict[str, list[str]] = {}
    for relation, column in rows:
        found.setdefault(relation, []).append(column)
    return found
