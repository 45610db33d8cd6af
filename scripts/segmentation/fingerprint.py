"""An exact, order-independent hash of a DuckDB relation.

Two relations have equal fingerprints when they hold the same rows, however often each
occurs and in whatever order, under the same column names and types. DuckDB's `hash`
may change between its versions, so fingerprints compare builds of one engine.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Fingerprint:
    """What identifies the content of a relation.

    Attributes:
        columns: (name, type) of each column, in order.
        row_count: Number of rows.
        row_hash_sum: Sum of the 64-bit hashes of all rows.
    """

    columns: tuple[tuple[str, str], ...]
    row_count: int
    row_hash_sum: int


def quoted(*names: str) -> str:
    """Join the parts of a name into one quoted SQL identifier."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def fingerprint(
    connection: DuckDBPyConnection, relation: str, without: Iterable[str] = ()
) -> Fingerprint:
    """Hash a table or view.

    Args:
        connection: Open connection that can read the relation.
        relation: SQL name of the relation, quoted where needed.
        without: Columns to leave out, such as a load time.

    Returns:
        Its fingerprint.

    Raises:
        duckdb.Error: The relation cannot be read.
    """
    left_out = set(without)
    described = connection.execute(f"describe select * from {relation}").fetchall()
    columns = tuple(
        (name, data_type) for name, data_type, *_ in described if name not in left_out
    )
    row = ", ".join(quoted(name) for name, _ in columns)
    [(row_count, row_hash_sum)] = connection.execute(
        f"select count(*), coalesce(sum(hash({row})), 0) from {relation}"
    ).fetchall()
    return Fingerprint(columns, row_count, int(row_hash_sum))


def fingerprints(
    connection: DuckDBPyConnection, schemas: Sequence[str], without: Iterable[str] = ()
) -> dict[str, Fingerprint]:
    """Hash every table and view in the schemas; keys are `schema.name`.

    Columns named in `without` are left out of each.
    """
    relations = connection.execute(
        "select table_schema, table_name from information_schema.tables "
        "where table_catalog = current_catalog() and list_contains(?, table_schema) "
        "order by all",
        [list(schemas)],
    ).fetchall()
    return {
        f"{schema}.{name}": fingerprint(connection, quoted(schema, name), without)
        for schema, name in relations
    }


def combined_hash(fingerprints: Mapping[str, Fingerprint]) -> str:
    """Combine the fingerprints of named relations into one SHA-256 hex digest."""
    lines = sorted(f"{name} {value!r}" for name, value in fingerprints.items())
    return sha256("\n".join(lines).encode()).hexdigest()
