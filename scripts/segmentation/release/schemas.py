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


def check_free(query: Query, schema: str) -> None:
    """Raise the server's own error when something depends on tables of a schema.

    A view of somebody else would silently follow the tables it reads.
    """
    tables = [quoted(schema, name) for name in table_names(query, schema)]
    if tables:
        query("savepoint segmentation_check")
        query(f"drop table {', '.join(tables)} restrict")
        query("rollback to savepoint segmentation_check")


def keep(query: Query, schema: ServedSchema, number: int) -> None:
    """Move the tables of a served schema, if it holds any, into a kept one."""
    if table_names(query, schema.name):
        query(f"create schema {quoted(schema.kept_name(number))}")
        _move(query, schema.name, schema.kept_name(number))


def serve(query: Query, source: str, schema: ServedSchema) -> None:
    """Move the tables of another schema into the served one, and drop that schema.

    The served schema itself stays: a reader that has just looked up its name would
    otherwise fail, and what is not a table of a release would vanish with it.
    """
    if not schema_exists(query, schema.name):
        query(f"create schema {quoted(schema.name)}")
    _move(query, source, schema.name)
    query(f"drop schema {quoted(source)} restrict")


def drop(query: Query, schema: str) -> None:
    """Drop a schema and its tables, and nothing that depends on them."""
    tables = [quoted(schema, name) for name in table_names(query, schema)]
    if tables:
        query(f"drop table {', '.join(tables)} restrict")
    query(f"drop schema {quoted(schema)} restrict")


def kept_schemas(query: Query, schema: ServedSchema) -> dict[int, str]:
    """Return every kept version of a served schema by its number, last kept first."""
    rows = query(
        "select cast(substr(nspname, ?) as integer) as number, nspname "
        "from pg_namespace where nspname ~ ? order by number desc",
        len(schema.kept_name(0)),
        f"^{schema.kept_name(0)[:-1]}[0-9]{{1,9}}$",
    )
    return {
        number: name for number, name in rows if read_release(query, name) is not None
    }


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


def _move(query: Query, source: str, goal: str) -> None:
    for name in table_names(query, source):
        query(f"alter table {quoted(source, name)} set schema {quoted(goal)}")
