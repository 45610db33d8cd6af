"""Reads a rival's answer from a file: which customer each source record belongs to."""

from pathlib import Path

import duckdb

from segmentation.demo.score.clusters import RECORDS
from segmentation.demo.score.errors import (
    RivalColumnsError,
    RivalConflictError,
    RivalEmptyError,
    RivalForeignError,
    RivalUnreadableError,
)

COLUMNS = ("source_system", "source_customer_id", "customer_id")
# Ids stay text: a number would lose leading zeros.
READERS = {
    ".csv": "read_csv(?, header = true, all_varchar = true)",
    ".parquet": "read_parquet(?)",
}


def load_rival(connection: duckdb.DuckDBPyConnection, file: Path, number: int) -> str:
    """Copy a rival's file into a temporary table.

    Args:
        connection: Open connection that holds the scored records.
        file: CSV with a header, or Parquet.
        number: Number of the rival, for the name of the table.

    Returns:
        SQL name of the table: one row per record.

    Raises:
        RivalUnreadableError: There is no such file, or it is neither CSV nor Parquet.
        RivalColumnsError: It lacks columns.
        RivalEmptyError: It has no rows.
        RivalConflictError: It gives a record to several customers.
        RivalForeignError: It knows none of the records.
    """
    _check_columns(connection, file)
    table = f"rival_{number}"
    columns = ", ".join(f"cast({name} as varchar) as {name}" for name in COLUMNS)
    try:
        connection.execute(
            f"create or replace temp table {table} as "
            f"select distinct {columns} from {READERS[file.suffix.lower()]}",
            [str(file)],
        )
    except duckdb.Error as error:
        raise RivalUnreadableError(file, _first_line(error)) from error
    [(count,)] = connection.execute(f"select count(*) from {table}").fetchall()
    if not count:
        raise RivalEmptyError(file)
    _check_conflicts(connection, file, table)
    _check_records(connection, file, table)
    return f"temp.{table}"


def _check_columns(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    if not file.is_file():
        raise RivalUnreadableError(file, "there is no such file")
    if file.suffix.lower() not in READERS:
        raise RivalUnreadableError(file, f"its name ends in '{file.suffix}'")
    if not file.stat().st_size:
        raise RivalEmptyError(file)
    try:
        described = connection.execute(
            f"describe select * from {READERS[file.suffix.lower()]}", [str(file)]
        ).fetchall()
    except duckdb.Error as error:
        raise RivalUnreadableError(file, _first_line(error)) from error
    found = [str(name) for name, *_ in described]
    if not {name.lower() for name in found}.issuperset(COLUMNS):
        raise RivalColumnsError(file, found)


def _check_conflicts(
    connection: duckdb.DuckDBPyConnection, file: Path, table: str
) -> None:
    conflicts = connection.execute(
        f"""
        select
            source_system,
            source_customer_id,
            array_to_string(list_sort(list(customer_id))[:3], ', '),
            count(*) over ()
        from {table}
        where customer_id is not null
        group by source_system, source_customer_id
        having count(*) > 1
        order by source_system, source_customer_id
        limit 1
        """
    ).fetchall()
    if conflicts:
        source, record, customers, count = conflicts[0]
        raise RivalConflictError(file, count, (source, record, customers))


def _check_records(
    connection: duckdb.DuckDBPyConnection, file: Path, table: str
) -> None:
    known = connection.execute(
        f"select 1 from {table} semi join {RECORDS} "
        "using (source_system, source_customer_id) limit 1"
    ).fetchall()
    if known:
        return
    [found, expected] = (
        connection.execute(
            "select source_system, source_customer_id "
            f"from {relation} order by all limit 1"
        ).fetchall()[0]
        for relation in (table, RECORDS)
    )
    raise RivalForeignError(file, found, expected)


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].partition(": ")[2]
