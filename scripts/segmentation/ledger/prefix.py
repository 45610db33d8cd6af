"""Whether one state of a recorded table is the beginning of another.

It is when each of its rows is in the other, and when what the other has more came later
or, in a table without a time, belongs to other runs.
"""

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from segmentation.fingerprint import quoted
from segmentation.ledger.errors import LedgerContradictsError

RUN = "run_id"
# Columns that number or time the runs of a table that has one of them.
ORDERED = ("run_number", "released_at", "rolled_back_at", "sealed_at")


def selection(columns: Sequence[str], known: Sequence[str], relation: str) -> str:
    """Query of the columns of a relation, null where it does not know one."""
    read = ", ".join(
        quoted(name) if name in known else f"null as {quoted(name)}" for name in columns
    )
    return f"select {read} from {relation}"


def check_beginning(
    connection: DuckDBPyConnection,
    table: str,
    older: str,
    newer: str,
    columns: Sequence[str],
    advice: str,
) -> int:
    """Check that the older state is the beginning of the newer one.

    Args:
        connection: Connection that can read both.
        table: Name for messages.
        older: Query of the older state.
        newer: Query of the newer state, with the same columns.
        columns: Names of the columns of both.
        advice: What to do when it is not.

    Returns:
        How many rows the newer one has more.

    Raises:
        LedgerContradictsError: It is not.
    """
    added = f"({newer}) except all ({older})"
    lost = _number(connection, f"select count(*) from (({older}) except all ({newer}))")
    if lost:
        found = f"{lost} rows of the older ledger are not in the newer one"
        raise LedgerContradictsError(table, found, advice)
    ordered = [name for name in ORDERED if name in columns]
    for name in ordered:
        early = _number(
            connection,
            f"select count(*) from ({added}) "
            f"where {name} <= (select max({name}) from ({older}))",
        )
        if early:
            found = (
                f"{early} rows that only the newer ledger has are not later, by "
                f"{name}, than all rows of the older one"
            )
            raise LedgerContradictsError(table, found, advice)
    if RUN in columns and not ordered:
        divided = _number(
            connection,
            f"select count(distinct {RUN}) from ({added}) "
            f"where {RUN} in (select {RUN} from ({older}))",
        )
        if divided:
            found = f"{divided} runs have more rows in the newer ledger"
            raise LedgerContradictsError(table, found, advice)
    return _number(connection, f"select count(*) from ({added})")


def _number(connection: DuckDBPyConnection, query: str) -> int:
    [(number,)] = connection.execute(query).fetchall()
    return int(number)
