"""Where few rows of a panel differ, a release replaces these in a copy of the file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from publishing import (
    finished_run,
    make_warehouse,
    model,
    publish_files,
    query,
    settings,
)
from segmentation.release.run import Run

PANEL = "features__customers"
# Twenty customers at two dates, of which the second moves on.
FIRST = """
    create table features__as_of_dates as
    select * from (values (date '2024-05-31'), (date '2024-06-29')) as t (as_of_date);
    create table int_features__touched_rows (customer_id text, as_of_date date);
    create table features__customers as
    select 'c' || number as customer_id, as_of_date, 0 as version
    from range(20) as numbers (number) cross join features__as_of_dates
    order by as_of_date desc, number;
"""
SECOND = """
    update features__as_of_dates set as_of_date = '2024-06-30'
    where as_of_date = '2024-06-29';
    delete from features__customers
    where as_of_date = '2024-06-29' or customer_id = 'c9';
    insert into features__customers
    select 'c' || number, date '2024-06-30', 1 from range(4) as numbers (number);
    update features__customers set version = 2
    where customer_id = 'c1' and as_of_date = '2024-05-31';
    insert into int_features__touched_rows
    select customer_id, as_of_date from features__customers where version > 0
    union all
    select 'c9', as_of_date from features__as_of_dates;
"""
READ = f"select customer_id, cast(as_of_date as text), version from {PANEL}"


def panel_run(run_id: str) -> Run:
    return finished_run(
        run_id,
        model("features__as_of_dates"),
        model("int_features__touched_rows"),
        model(
            PANEL,
            "int_features__touched_rows",
            serving="serving",
            touched="int_features__touched_rows",
            touched_key=("customer_id", "as_of_date"),
        ),
    )


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with make_warehouse(tmp_path) as connection:
        connection.execute(FIRST)
        publish_files(connection, settings(tmp_path), panel_run("run-1"))
        connection.execute(SECOND)
        yield connection


def release(
    warehouse: duckdb.DuckDBPyConnection, folder: Path
) -> list[tuple[Any, ...]]:
    """Publish the second run; return the rows of the panel as they lie in the file."""
    publish_files(warehouse, settings(folder), panel_run("run-2"))
    return query(folder / "serving.duckdb", READ)


def test_rows_that_stay_are_not_written_again(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    rows = release(warehouse, tmp_path)
    assert sorted(rows) == sorted(warehouse.execute(READ).fetchall())
    # In the order of the first release, and behind them what is new.
    kept = [f"c{number}" for number in range(20) if number not in (1, 9)]
    assert rows[:18] == [(name, "2024-05-31", 0) for name in kept]
    assert sorted(rows[18:]) == [
        ("c0", "2024-06-30", 1),
        ("c1", "2024-05-31", 2),
        ("c1", "2024-06-30", 1),
        ("c2", "2024-06-30", 1),
        ("c3", "2024-06-30", 1),
    ]
    assert query(tmp_path / "serving.duckdb", "select run_id from _release") == [
        ("run-2",)
    ]


@pytest.mark.parametrize(
    "change",
    [
        # A row that nothing lists: the run before was never released.
        f"update {PANEL} set version = 3 where customer_id = 'c5'",
        f"alter table {PANEL} add column label text default 'new'",
        f"alter table {PANEL} alter column version type bigint",
        "delete from int_features__touched_rows",
    ],
)
def test_a_table_is_copied_whole_where_other_rows_differ(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, change: str
) -> None:
    warehouse.execute(change)
    assert release(warehouse, tmp_path) == warehouse.execute(READ).fetchall()
    described = f"select column_name, column_type from (describe {PANEL})"
    assert query(tmp_path / "serving.duckdb", described) == (
        warehouse.execute(described).fetchall()
    )


def test_a_table_that_is_no_longer_served_goes(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    run = panel_run("run-2")
    nodes = tuple(node for node in run.nodes if node.name != "segments__sizes")
    publish_files(
        warehouse,
        settings(tmp_path),
        Run("run-2", "build", run.as_of_date, False, nodes),
    )
    names = query(tmp_path / "serving.duckdb", "select table_name from duckdb_tables()")
    assert "segments__sizes" not in {name for (name,) in names}
    assert (PANEL,) in names
