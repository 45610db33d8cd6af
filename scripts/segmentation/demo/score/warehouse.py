"""Finds the truth and the tables of a build, without asking dbt for their schemas."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from segmentation.demo.score.errors import SeveralTablesError, TruthMissingError
from segmentation.fingerprint import quoted

TRUTH_SCHEMA = "truth"


@dataclass(frozen=True)
class Warehouse:
    """An open warehouse; temporary tables are all that is written.

    Attributes:
        connection: Connection to it.
        name: What a person calls it.
        schema: Schema of the profile, with which those of a build begin.
    """

    connection: duckdb.DuckDBPyConnection
    name: str
    schema: str

    def built(self, table: str) -> str | None:
        """Return the SQL name of a table or view of the build; null if there is none.

        The name of a built table is unique in a project, so its schema, which
        variables and macros can change, need not be known.

        Raises:
            SeveralTablesError: Several schemas have it, and not one of this profile.
        """
        schemas = self._schemas(table)
        if len(schemas) > 1:
            own = [
                schema
                for schema in schemas
                if schema == self.schema or schema.startswith(f"{self.schema}_")
            ]
            if len(own) != 1:
                raise SeveralTablesError(table, schemas)
            schemas = own
        return quoted(schemas[0], table) if schemas else None

    def settings(self) -> dict[str, str]:
        """Return what the company was generated with, by name."""
        rows = self.connection.execute(
            f"select name, value from {TRUTH_SCHEMA}.settings"
        ).fetchall()
        return {str(name): str(value) for name, value in rows}

    def require_truth(self, tables: Sequence[str]) -> None:
        """Refuse a warehouse without these tables of the truth.

        Raises:
            TruthMissingError: One or more are missing.
        """
        missing = [
            f"{TRUTH_SCHEMA}.{table}"
            for table in tables
            if TRUTH_SCHEMA not in self._schemas(table)
        ]
        if missing:
            raise TruthMissingError(self.name, missing)

    def _schemas(self, table: str) -> list[str]:
        rows = self.connection.execute(
            "select table_schema from information_schema.tables "
            "where table_catalog = current_catalog() and table_name = ? order by 1",
            [table],
        ).fetchall()
        return [str(schema) for (schema,) in rows]
