"""The tiny warehouse on PostgreSQL, to publish without dbt."""

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any
from unittest import mock

import psycopg2
import psycopg2.extensions

from publishing import TOY_TABLES
from segmentation.release.in_schemas import InSchemas
from segmentation.release.publish import Publication, publish
from segmentation.release.run import Run
from segmentation.release.schema_settings import SchemaSettings
from segmentation.warehouse_tables import postgres_query

DATABASE = "warehouse"
SCHEMAS = {"serving": "serving", "activation": "activation"}
Server = Mapping[str, str]


def connect(
    server: Server, user: str = "postgres", database: str = DATABASE
) -> psycopg2.extensions.connection:
    """Open a connection, which the caller closes."""
    return psycopg2.connect(
        host=server["SEGMENTATION_PG_HOST"],
        port=server["SEGMENTATION_PG_PORT"],
        user=user,
        dbname=database,
        options="-c search_path=main",
    )


@contextmanager
def session(server: Server, user: str = "postgres") -> Iterator[Any]:
    """Open one transaction: what was done in it is committed at the end."""
    with closing(connect(server, user)) as connection, connection:
        yield connection


def execute(server: Server, sql: str, user: str = "postgres") -> list[Any]:
    """Run statements in a session of their own and return the last one's rows."""
    with session(server, user) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


def make_database(server: Server) -> None:
    """Create the warehouse anew, with one customer and an empty ledger."""
    with closing(connect(server, database="postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"drop database if exists {DATABASE} with (force)")
            cursor.execute(f"create database {DATABASE} template template0")
            for role in ("bi", "exports", "publisher"):
                cursor.execute("select from pg_roles where rolname = %s", [role])
                if not cursor.rowcount:
                    cursor.execute(f"create role {role} login")
            cursor.execute(f"grant create on database {DATABASE} to publisher")
    execute(server, "create schema main authorization publisher")
    execute(server, TOY_TABLES, "publisher")


def add_customer(server: Server, version: int) -> None:
    """Add one row, so that the next release differs."""
    execute(
        server,
        "insert into segments__customers "
        f"values ({version}, 'customer {version}', {version})",
    )


def publish_schemas(
    server: Server,
    run: Run,
    schemas: Any = None,
    readers: Mapping[str, Sequence[str]] | None = None,
) -> Publication:
    """Publish into the two schemas as the owner of the tables, no superuser."""
    settings = SchemaSettings(SCHEMAS if schemas is None else schemas, readers or {})
    with session(server, "publisher") as connection:
        return publish(InSchemas(postgres_query(connection), settings), run)


def recorded(server: Server) -> list[str]:
    """Runs in the ledger, in the order of their releases."""
    rows = execute(
        server, "select run_id from measurement__releases order by released_at"
    )
    return [run_id for (run_id,) in rows]


def served_tables(server: Server) -> dict[str, int]:
    """Object ids of all served tables, by schema and name."""
    return dict(
        execute(
            server,
            "select nspname || '.' || relname, pg_class.oid from pg_class "
            "inner join pg_namespace on relnamespace = pg_namespace.oid "
            "where nspname in ('serving', 'activation') order by 1",
        )
    )


def left_schemas(server: Server) -> list[str]:
    """Schemas in which a next version is written."""
    rows = execute(
        server, "select nspname from pg_namespace where nspname like '%\\_next'"
    )
    return [name for (name,) in rows]


def die_before_the_swap() -> None:
    """Let this process be killed when the next version is written and not served."""

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    mock.patch("segmentation.release.kept_schemas.lock_tables", die).start()
