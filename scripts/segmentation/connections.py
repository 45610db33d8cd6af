"""Connect to the warehouse of a profile: a DuckDB file, PostgreSQL or Spark."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from segmentation.errors import (
    ExtraMissingError,
    SegmentationError,
    UnsupportedWarehouseError,
    WarehouseDamagedError,
    WarehouseLockedError,
    WarehouseUnreachableError,
)
from segmentation.profiles import Profile

if TYPE_CHECKING:
    import psycopg2.extensions
    from pyspark.sql import SparkSession

_LOCK = re.compile(
    r"Conflicting lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)"
    r"(?: by user (?P<user>\S+?))?\."
)
_DAMAGED = re.compile(r"[Cc]orrupt|not a valid DuckDB database|does not match stored")
_REMOTE = re.compile(r"^(:memory:|[a-z][a-z0-9+]+:)")


def duckdb_path(profile: Profile) -> Path:
    """Return the DuckDB file of the profile; a relative path starts at the project.

    Raises:
        UnsupportedWarehouseError: not DuckDB, or a database in memory or elsewhere.
    """
    if profile.adapter != "duckdb":
        found = f"of type {profile.adapter or 'unknown'}"
        raise UnsupportedWarehouseError(found, "a DuckDB file")
    path = str(profile.output.get("path", ":memory:"))
    if _REMOTE.match(path):
        raise UnsupportedWarehouseError(f"DuckDB at {path}", "a DuckDB file")
    return profile.project_dir / Path(path).expanduser()


def warehouse_name(profile: Profile) -> str:
    """Return what a person calls the warehouse: its file, or database and host."""
    if profile.adapter == "duckdb":
        return str(duckdb_path(profile))
    output = profile.output
    if profile.adapter == "spark":
        return f"Spark by the method {output.get('method')}"
    database = output.get("dbname", output.get("database", ""))
    return f"PostgreSQL database {database} at {output.get('host')}"


@contextlib.contextmanager
def open_duckdb(
    profile: Profile, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the DuckDB file with the profile's own settings, and close it.

    The settings matter when this creates the file: dbt and readers must open it later.

    Raises:
        UnsupportedWarehouseError: the profile names no DuckDB file.
        WarehouseLockedError: another process has it open.
        WarehouseUnreachableError: it cannot be opened for another reason.
    """
    path = duckdb_path(profile)
    config: dict[str, str | bool | int | float | list[str]] = {
        name: str(value)
        for name, value in (profile.output.get("config_options") or {}).items()
    }
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=config)
    except duckdb.Error as error:
        raise refusal_to_open(path, error) from error
    try:
        for name, value in (profile.output.get("settings") or {}).items():
            literal = str(value).replace("'", "''")
            connection.execute(f"set {name} = '{literal}'")
        yield connection
    finally:
        connection.close()


def refusal_to_open(path: Path, error: duckdb.Error) -> SegmentationError:
    """Return in words why DuckDB did not open a file."""
    lock = _LOCK.search(str(error))
    if lock is None and _DAMAGED.search(str(error)):
        return WarehouseDamagedError(path, str(error))
    if lock is None:
        return WarehouseUnreachableError(str(path), str(error))
    holder = f"{lock['program']}, process {lock['pid']}"
    if lock["user"]:
        holder += f" of user {lock['user']}"
    return WarehouseLockedError(path, holder)


@contextlib.contextmanager
def open_postgres(profile: Profile) -> Iterator["psycopg2.extensions.connection"]:
    """Open one PostgreSQL transaction: commit at the end, roll back on any error.

    Raises:
        SegmentationError: as `connect_postgres`.
    """
    with contextlib.closing(connect_postgres(profile)) as connection, connection:
        yield connection


def connect_postgres(profile: Profile) -> "psycopg2.extensions.connection":
    """Connect to the PostgreSQL database of the profile.

    Raises:
        UnsupportedWarehouseError: the profile's target is not PostgreSQL.
        ExtraMissingError: its Python driver is not installed.
        WarehouseUnreachableError: the server refuses the connection.
    """
    if profile.adapter != "postgres":
        found = f"of type {profile.adapter or 'unknown'}"
        raise UnsupportedWarehouseError(found, "PostgreSQL")
    try:
        import psycopg2
    except ModuleNotFoundError as error:
        raise ExtraMissingError("psycopg2", "postgres") from error
    output = profile.output
    try:
        return psycopg2.connect(
            host=output.get("host"),
            port=output.get("port"),
            user=output.get("user"),
            password=output.get("password", output.get("pass")),
            dbname=output.get("dbname", output.get("database")),
            sslmode=output.get("sslmode"),
            options="-c TimeZone=UTC",
        )
    except psycopg2.OperationalError as error:
        raise WarehouseUnreachableError(warehouse_name(profile), str(error)) from error


def open_spark(profile: Profile) -> "SparkSession":
    """Return the Spark session of this process, with the settings of the profile.

    It stays open: dbt in the same process takes it too, and starting takes long.

    Raises:
        UnsupportedWarehouseError: the target is not Spark, or Spark of another process.
        ExtraMissingError: PySpark is not installed.
    """
    method = profile.output.get("method")
    if (profile.adapter, method) != ("spark", "session"):
        found = f"of type {profile.adapter or 'unknown'} and method {method}"
        raise UnsupportedWarehouseError(found, "Spark by the method session")
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise ExtraMissingError("pyspark", "spark") from error
    builder = SparkSession.builder.enableHiveSupport()
    for name, value in (profile.output.get("server_side_parameters") or {}).items():
        builder = builder.config(name, str(value))
    return builder.getOrCreate()
