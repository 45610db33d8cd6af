"""Reads tables of the package from an open warehouse, whether built or not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from segmentation.doctor.project import Project
from segmentation.fingerprint import quoted
from segmentation.release.served import Release

Query = Callable[[str], list[Any]]


@dataclass(frozen=True)
class Warehouse:
    """An open warehouse, to read.

    Attributes:
        query: Returns all rows of a query.
        served: Returns the release that the file or schema for BI holds.
        finds: Whether a table or view exists, by schema and name.
    """

    query: Query
    served: Callable[[Project], Release | None]
    finds: Callable[[str, str], bool]


@dataclass(frozen=True)
class Tables:
    """The tables of a project in its warehouse."""

    warehouse: Warehouse
    project: Project

    def rows(self, columns: str, model: str, rest: str = "") -> list[Any]:
        """Return columns of a model's table; no rows when it was not built yet."""
        node = self.project.model(model)
        if not self.warehouse.finds(node.schema, node.alias):
            return []
        name = quoted(node.schema, node.alias)
        return self.warehouse.query(f"select {columns} from {name} {rest}")


def in_postgres(query: Query, name: Sequence[str]) -> bool:
    """Whether a PostgreSQL database has the table or view."""
    literal = quoted(*name).replace("'", "''")
    return bool(query(f"select to_regclass('{literal}') is not null")[0][0])


def in_duckdb(query: Query, name: Sequence[str]) -> bool:
    """Whether a DuckDB file has the table or view."""
    schema, table = (part.replace("'", "''") for part in name)
    return bool(
        query(
            "select count(*) from information_schema.tables where "
            f"lower(table_schema) = lower('{schema}') "
            f"and lower(table_name) = lower('{table}')"
        )[0][0]
    )
