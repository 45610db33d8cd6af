"""Reads one release, whatever is published meanwhile, on either engine."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from segmentation.connections import open_postgres
from segmentation.export.errors import (
    NothingReleasedError,
    ReleasesDifferError,
    ReleaseUnreadableError,
    TableNotReleasedError,
)
from segmentation.fingerprint import quoted
from segmentation.profiles import Profile
from segmentation.release.artifacts import read_manifest
from segmentation.release.files import read_release
from segmentation.release.open_engine import artifacts_of
from segmentation.release.schema_settings import SchemaSettings
from segmentation.release.schemas import read_release as read_release_of_schema
from segmentation.release.schemas import table_names
from segmentation.release.served import ACTIVATION, RELEASE_TABLE, SERVING, Release
from segmentation.release.settings import PublishSettings
from segmentation.warehouse_tables import postgres_query

if TYPE_CHECKING:
    import psycopg2.extensions

BATCH_ROWS = 10_000
Rows = Iterator[tuple[Any, ...]]


@dataclass(frozen=True)
class Released:
    """The tables of one release.

    Attributes:
        release: Which release it is.
        place: What people call the place, such as a file.
        schema: Quoted schema of its tables.
        tables: Their names.
        rows: Runs a statement; each question mark takes a value. Its rows come in
            batches and are read to the end before the next statement.
    """

    release: Release
    place: str
    schema: str
    tables: frozenset[str]
    rows: Callable[..., Rows]

    def table(self, name: str) -> str:
        """Return the quoted name of a table.

        Raises:
            TableNotReleasedError: The release lacks it.
        """
        if name not in self.tables:
            raise TableNotReleasedError(self.place, [name])
        return f"{self.schema}.{quoted(name)}"

    def columns(self, name: str) -> list[str]:
        """Return the columns of a table, in order."""
        sql = (
            "select column_name from information_schema.columns where table_catalog = "
            "current_database() and table_schema = ? and table_name = ? "
            "order by ordinal_position"
        )
        schema = self.schema[1:-1].replace('""', '"')
        return [str(column) for (column,) in self.rows(sql, schema, name)]


@contextmanager
def open_release(profile: Profile, target_path: Path | None) -> Iterator[Released]:
    """Open what exports read; until the end it is the same release.

    Args:
        profile: The profile that dbt used.
        target_path: dbt's target folder, which names PostgreSQL's schemas; null means
            DBT_TARGET_PATH or `target`.

    Raises:
        ExportError: There is no release, or not the same for BI and exports.
        SegmentationError: The place cannot be found or opened.
    """
    if profile.adapter == "postgres":
        with _open_schema(profile, target_path) as released:
            yield released
        return
    paths = PublishSettings.from_profile(profile).paths()
    with _open_file(paths.activation, paths.serving) as released:
        yield released


@contextmanager
def _open_file(activation: Path, serving: Path) -> Iterator[Released]:
    if not activation.is_file():
        raise NothingReleasedError(str(activation))
    try:
        # The open file stays what it is when another takes its name.
        connection = duckdb.connect(str(activation), read_only=True)
    except duckdb.Error as error:
        raise ReleaseUnreadableError(str(activation), str(error)) from error
    try:
        [(database,)] = connection.execute("select current_database()").fetchall()
        tables = frozenset(
            str(name)
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where database_name = ? and "
                "schema_name = 'main'",
                [database],
            ).fetchall()
        )
        held = _only_release(connection) if RELEASE_TABLE in tables else None
        if held is None:
            raise NothingReleasedError(str(activation))
        with duckdb.connect() as other:
            served = read_release(other, serving)
        _check_same(served, held, str(serving))

        def rows(sql: str, *values: object) -> Rows:
            cursor = connection.execute(sql, values or None)
            while batch := cursor.fetchmany(BATCH_ROWS):
                yield from batch

        yield Released(held, str(activation), quoted("main"), tables, rows)
    finally:
        connection.close()


def _only_release(connection: duckdb.DuckDBPyConnection) -> Release | None:
    columns = ", ".join(Release.__dataclass_fields__)
    try:
        found = connection.execute(f"select {columns} from {RELEASE_TABLE}").fetchall()
    except duckdb.Error:
        return None
    return Release(*found[0]) if len(found) == 1 else None


@contextmanager
def _open_schema(profile: Profile, target_path: Path | None) -> Iterator[Released]:
    manifest = read_manifest(artifacts_of(profile, target_path))
    schemas = SchemaSettings.from_manifest(manifest).served()
    schema = schemas[ACTIVATION].name
    with open_postgres(profile) as connection:
        import psycopg2

        place = f"schema {schema}"
        query = postgres_query(connection)
        try:
            names = table_names(query, schema)
            if RELEASE_TABLE not in names:
                raise NothingReleasedError(place)
            # Publishing replaces all tables or none, and not one that is locked.
            listed = ", ".join(quoted(schema, name) for name in names)
            query(f"lock table {listed} in access share mode")
            held = read_release_of_schema(query, schema)
            if held is None:
                raise NothingReleasedError(place)
            served = read_release_of_schema(query, schemas[SERVING].name)
            # Who exports may have no right on the schema that BI reads.
            if served is not None:
                _check_same(served, held, f"schema {schemas[SERVING].name}")
            yield Released(
                held, place, quoted(schema), frozenset(names), _streaming(connection)
            )
        except psycopg2.Error as error:
            raise ReleaseUnreadableError(place, str(error)) from error


def _streaming(connection: "psycopg2.extensions.connection") -> Callable[..., Rows]:
    def rows(sql: str, *values: object) -> Rows:
        with connection.cursor(name="segmentation_export") as cursor:
            cursor.itersize = BATCH_ROWS
            cursor.execute(sql.replace("?", "%s"), values or None)
            yield from cursor

    return rows


def _check_same(served: Release | None, held: Release, serving: str) -> None:
    """Refuse when BI reads another release, or none.

    Raises:
        NothingReleasedError: It reads none.
        ReleasesDifferError: It reads another.
    """
    if served is None:
        raise NothingReleasedError(serving)
    if served.run_id != held.run_id:
        raise ReleasesDifferError(served.run_id, held.run_id)
