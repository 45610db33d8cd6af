"""Opens the warehouse of a profile for the steps of an erasure."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmentation.connections import (
    connect_postgres,
    duckdb_path,
    open_duckdb,
    open_postgres,
)
from segmentation.erase import traces
from segmentation.erase.built import Built
from segmentation.erase.errors import NotBuiltError
from segmentation.erase.plan import Plan
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.release.artifacts import read_manifest
from segmentation.warehouse_tables import Query, postgres_query

if TYPE_CHECKING:
    import psycopg2.extensions


@contextmanager
def one_step(
    profile: Profile, artifacts: Path, plan: Plan | None = None
) -> Iterator[tuple[Query, Built]]:
    """Open the warehouse for a step that happens whole or not at all.

    Args:
        profile: The warehouse.
        artifacts: dbt's target folder.
        plan: What is to be given as traces, if anything.

    Raises:
        SegmentationError: The warehouse or the graph cannot be read.
    """
    manifest = read_manifest(artifacts)
    if profile.adapter == "postgres":
        with open_postgres(profile) as connection:
            query = postgres_query(connection)
            if plan is not None:
                traces.give_traces(query, plan)
            yield query, Built(manifest, query)
        return
    if not duckdb_path(profile).exists():
        raise NotBuiltError("of a build")
    with open_duckdb(profile) as session:

        def run(sql: str, *values: object) -> list[Any]:
            return session.execute(sql, values or None).fetchall()

        if plan is not None:
            traces.give_traces(run, plan)
        session.begin()
        try:
            yield run, Built(manifest, run)
        except BaseException:
            session.rollback()
            raise
        session.commit()


def vacuum(profile: Profile, schemas: list[str]) -> int:
    """Write every table of some schemas of PostgreSQL anew; return how many."""
    with closing(connect_postgres(profile)) as connection:
        # It refuses to run inside a transaction.
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema = any(%s) and table_type = 'BASE TABLE'",
            [schemas],
        )
        tables = [quoted(*map(str, row)) for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"select exists (select 1 from {table})")
            [is_filled] = cursor.fetchone() or [True]
            if not is_filled:
                _forget_values(cursor, table)
            cursor.execute(f"vacuum (full, analyze) {table}")
    return len(tables)


def remove_from_kept(query: Query, schemas: list[str]) -> int:
    """Remove rows about them from schemas of PostgreSQL that hold a release."""
    removed = 0
    for relation, columns in traces.columns_of(query, schemas, traces.TABLE).items():
        condition = traces.is_about_them(columns)
        if condition is None:
            continue
        [(count,)] = query(f"select count(*) from {relation} where {condition}")
        if count:
            query(f"delete from {relation} where {condition}")
            removed += int(count)
    return removed


def _forget_values(cursor: "psycopg2.extensions.cursor", table: str) -> None:
    """Let the statistics of an empty table forget the values that it held.

    The server keeps them until it finds a row, so that one of nulls is shown to it.
    """
    from psycopg2.errors import NotNullViolation

    cursor.execute("begin")
    try:
        cursor.execute(f"insert into {table} default values")
        cursor.execute(f"analyze {table}")
        cursor.execute(f"delete from {table}")
        cursor.execute("commit")
    except NotNullViolation:
        cursor.execute("rollback")
