"""Read-only access to the served file, checked before the first query."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from segmentation.report.errors import (
    ServingColumnMissingError,
    ServingFileMissingError,
    ServingFileUnreadableError,
    ServingTableMissingError,
)

RELEASE = "_release"

# Columns without which a part of the page has no meaning. Feature columns that only
# describe (see profiles.py and coverage.py) are used where they exist.
_REQUIRED = {
    RELEASE: ("run_id", "released_at", "as_of_date"),
    "features__as_of_dates": ("as_of_date", "is_current", "is_month_end"),
    "features__customers": (
        "customer_id",
        "as_of_date",
        "customer_type",
        "is_profiled",
        "first_order_date",
        "order_count",
        "order_count_90d",
        "revenue",
        "revenue_30d",
        "revenue_90d",
        "revenue_365d",
        "window_status_30d",
        "window_status_90d",
        "window_status_365d",
        "recency_score",
        "frequency_score",
    ),
    "segments__definitions": (
        "segment_set",
        "segment_code",
        "segment_label",
        "priority",
        "value_order",
        "rule_text",
    ),
    "segments__playbook": (
        "segment_set",
        "segment_code",
        "description",
        "recommended_action",
    ),
    "segments__memberships": (
        "customer_id",
        "as_of_date",
        "primary_segment",
        "value_tier",
    ),
    "segments__gates": (
        "gate",
        "segment_set",
        "segment_code",
        "status",
        "observed",
        "bound",
        "message",
    ),
    "measurement__source_audit": (
        "entity",
        "source_system",
        "is_mapped",
        "row_count",
        "kept_count",
        "duplicate_count",
        "corrected_count",
        "excluded_count",
        "quarantined_count",
        "first_event_date",
        "last_event_date",
        "effect_when_missing",
    ),
}


class Serving:
    """An open served file whose tables and columns are known to be complete."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ServingFileMissingError(path)
        try:
            self._connection = duckdb.connect(str(path), read_only=True)
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise ServingFileUnreadableError(path, reason) from error
        try:
            self._columns = self._enter_schema(path)
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def rows(
        self, sql: str, values: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        """Run a query and return all its rows."""
        return self._connection.execute(sql, values).fetchall()

    @property
    def columns(self) -> Mapping[str, frozenset[str]]:
        """Columns of each served table."""
        return self._columns

    def lacks(self, needed: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        """Name the tables, else the columns, of a part of the page that are missing."""
        return tuple(
            missing
            for table, columns in sorted(needed.items())
            for missing in (
                [
                    f"{table}.{name}"
                    for name in columns
                    if not self.has_column(table, name)
                ]
                if table in self._columns
                else [table]
            )
        )

    def has_column(self, table: str, column: str) -> bool:
        """Whether a served table has a column."""
        return column in self._columns[table]

    def _enter_schema(self, path: Path) -> dict[str, frozenset[str]]:
        # The public schema keeps the name that the build gave it.
        found: dict[str, dict[str, set[str]]] = {}
        for schema, table, column in self.rows(
            "select table_schema, table_name, column_name "
            "from information_schema.columns "
            "where table_catalog = current_database()"
        ):
            found.setdefault(schema, {}).setdefault(table, set()).add(column)
        schemas = sorted(schema for schema in found if RELEASE in found[schema])
        tables = found[schemas[0]] if schemas else found.get("main", {})
        if missing := _REQUIRED.keys() - tables.keys():
            raise ServingTableMissingError(path, missing, tables)
        for table, columns in _REQUIRED.items():
            if absent := set(columns) - tables[table]:
                raise ServingColumnMissingError(path, table, absent)
        quoted = schemas[0].replace('"', '""')
        self._connection.execute(f'set schema = "{quoted}"')
        return {table: frozenset(columns) for table, columns in tables.items()}
