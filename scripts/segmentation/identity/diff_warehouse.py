"""The warehouse of the dry run: one session to ask, and no trace of it left behind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from segmentation.connections import (
    duckdb_path,
    open_duckdb,
    open_postgres,
    warehouse_name,
)
from segmentation.fingerprint import quoted
from segmentation.identity.diff_errors import NothingToCompareError
from segmentation.identity.dry_run import is_apart, schema_of
from segmentation.profiles import Profile

MAP = "identity__customer_map"

Query = Callable[[str], list[Any]]


@contextmanager
def opened(profile: Profile) -> Iterator[Query]:
    """Open the warehouse; what is yielded runs a statement and returns its rows.

    Raises:
        SegmentationError: It cannot be opened, or does not exist yet.
    """
    if profile.adapter == "postgres":
        with open_postgres(profile) as connection:
            cursor = connection.cursor()

            def fetch(sql: str) -> list[Any]:
                cursor.execute(sql)
                return list(cursor.fetchall()) if cursor.description else []

            yield fetch
        return
    if not duckdb_path(profile).exists():
        raise NothingToCompareError(warehouse_name(profile), [MAP])
    with open_duckdb(profile) as session:
        yield lambda sql: session.execute(sql).fetchall()


@contextmanager
def only_dry_run(profile: Profile) -> Iterator[None]:
    """Make another dry run of the same target wait; what it left would be lost.

    Raises:
        SegmentationError: The warehouse cannot be opened, or does not exist yet.
    """
    with opened(profile) as query:
        if profile.adapter == "postgres":
            name = schema_of(profile).replace("'", "''")
            query(f"select pg_advisory_xact_lock(hashtext('{name}'))")
            yield
            return
    # DuckDB lets one process write at a time, and dbt is the next to open the file.
    yield


def remove_schemas(profile: Profile) -> None:
    """Drop the schemas of this or of an earlier dry run with all that they hold."""
    with opened(profile) as query:
        # DuckDB lists a schema once for each attached database.
        schemas = query(
            "select distinct schema_name from information_schema.schemata "
            "where catalog_name = current_database() order by 1"
        )
        for (schema,) in schemas:
            if is_apart(profile, schema):
                query(f"drop schema {quoted(schema)} cascade")
