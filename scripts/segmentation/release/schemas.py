"""Writes, replaces and reads served schemas, inside one PostgreSQL transaction."""

from collections.abc import Sequence
from dataclasses import astuple

from segmentation.fingerprint import quoted
from segmentation.release.schema_settings import ServedSchema
from segmentation.release.served import (
    RELEASE_COLUMNS,
    RELEASE_TABLE,
    Release,
    ServedSet,
)
from segmentation.warehouse_tables import Query, find_columns

PUBLIC = "public"


def write_next(
    query: Query, schema: ServedSchema, served: ServedSet, release: Release
) -> None:
    """Write the next version of a schema beside the one in use."""
    query(f"create schema {quoted(schema.next_name)}")
    for table in served.tables:
        target = quoted(schema.next_name, table.name)
        query(f"create table {target} as select * from {table.source}")
        # Else the first queries are planned as if the table had a row or two.
        query(f"analyze {target}")
    target = quoted(schema.next_name, RELEASE_TABLE)
    query(
        f"create table {target} (run_id text, released_at timestamp, "
        "as_of_date date, content_hash text, versions text)"
    )
    query(f"insert into {target} values (?, ?, ?, ?, ?)", *astuple(release))


def replace(query: Query, schema: ServedSchema) -> None:
    """Put the tables of the finished schema in place of the served ones.

    The served schema itself stays: a reader that has just looked up its name would
    otherwise fail, and what is not a table of a release would vanish with it.
    """
    if not schema_exists(query, schema.name):
        query(f"create schema {quoted(schema.name)}")
    old = [quoted(schema.name, name) for name in table_names(query, schema.name)]
    if old:
        query(f"drop table {', '.join(old)} restrict")
    for name in table_names(query, schema.next_name):
        next_table = quoted(schema.next_name, name)
        query(f"alter table {next_table} set schema {quoted(schema.name)}")
    query(f"drop schema {quoted(schema.next_name)} restrict")


def read_release(query: Query, schema: str) -> Release | None:
    """Read which release a schema holds; null when it is missing or holds none."""
    wanted = set(RELEASE_COLUMNS.split(", "))
    if not wanted.issubset(find_columns(query, schema, RELEASE_TABLE)):
        return None
    rows = query(f"select {RELEASE_COLUMNS} from {quoted(schema, RELEASE_TABLE)}")
    return Release(*rows[0]) if len(rows) == 1 else None


def grant_to_readers(query: Query, schema: ServedSchema) -> None:
    """Let these roles read the schema, and nobody else but its owner."""
    name = quoted(schema.name)
    others = query(
        "select distinct coalesce(grantees.rolname, ?) from pg_namespace, "
        "aclexplode(nspacl) as rights "
        "left join pg_roles as grantees on rights.grantee = grantees.oid "
        "where nspname = ? and rights.grantee <> nspowner",
        PUBLIC,
        schema.name,
    )
    for (role,) in others:
        if role not in schema.readers:
            query(f"revoke all on all tables in schema {name} from {quoted(role)}")
            query(f"revoke all on schema {name} from {quoted(role)}")
    for role in schema.readers:
        query(f"grant usage on schema {name} to {quoted(role)}")
        query(f"grant select on all tables in schema {name} to {quoted(role)}")


def missing_roles(query: Query, roles: Sequence[str]) -> list[str]:
    """Return those that the server does not know, `public` being everybody."""
    known = {name for (name,) in query("select rolname from pg_roles")}
    return sorted(set(roles) - known - {PUBLIC})


def schema_exists(query: Query, schema: str) -> bool:
    """Whether a schema exists."""
    return bool(query("select 1 from pg_namespace where nspname = ?", schema))


def is_empty(query: Query, schema: str) -> bool:
    """Whether a schema holds no table, view or other relation, or does not exist."""
    return not query(
        "select 1 from pg_class inner join pg_namespace "
        "on relnamespace = pg_namespace.oid where nspname = ? limit 1",
        schema,
    )


def table_names(query: Query, schema: str) -> list[str]:
    """Return the tables of a schema, in order."""
    rows = query(
        "select relname from pg_class inner join pg_namespace "
        "on relnamespace = pg_namespace.oid where nspname = ? "
        "and relkind = 'r' order by relname",
        schema,
    )
    return [str(name) for (name,) in rows]
