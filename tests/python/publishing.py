"""A tiny warehouse and the dbt run that built it, to publish without dbt."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb

from segmentation.release import files as served
from segmentation.release.in_files import InFiles
from segmentation.release.publish import Publication, publish, utc_now
from segmentation.release.run import Node, Run
from segmentation.release.settings import PublishSettings

TESTS = Path(__file__).parent
PACKAGE = "model.segmentation."
# In SQL that both engines read.
TOY_TABLES = """
    create table segments__customers as
    select 1 as spend, 'a' as customer_id, 0 as version;
    create view segments__sizes as
    select count(*) as customer_count, max(version) as version
    from segments__customers;
    create table activation__contacts as select 'a' as customer_id, '+1' as phone;
    create table measurement__source_audit as
    select 'orders' as entity, 'shop' as source_system, 9 as row_count,
        2 as duplicate_count;
    create table measurement__releases (
        run_id text, released_at timestamp, as_of_date date, content_hash text,
        versions text
    );
    create table measurement__release_sources (
        run_id text, entity text, source_system text, row_count bigint
    );
    create table measurement__published_memberships (
        run_id text, customer_id text, change_type text, primary_segment text,
        value_tier text, rfm text, lifecycle text, behavior text, demographic text,
        psychographic text, behavior_origin text, as_of_date date,
        released_at timestamp
    );
    create table measurement__published_dates (
        run_id text, customer_count bigint, as_of_date date
    );
    create table measurement__rollbacks (
        run_id text, previous_run_id text, reason text, rolled_back_at timestamp
    );
"""


def model(name: str, *depends_on: str, **changes: Any) -> Node:
    """A model that was built."""
    node = Node(
        unique_id=PACKAGE + name,
        resource_type="model",
        depends_on=tuple(PACKAGE + parent for parent in depends_on),
        relation=("warehouse", "main", name),
        is_selected=True,
        status="success",
    )
    return replace(node, **changes)


def data_test(name: str, *depends_on: str, **changes: Any) -> Node:
    """A test that passed, attached to the first model it reads."""
    node = Node(
        unique_id=f"test.segmentation.{name}.0123456789",
        resource_type="test",
        depends_on=tuple(PACKAGE + parent for parent in depends_on),
        attached_node=PACKAGE + depends_on[0],
        is_selected=True,
        status="pass",
    )
    return replace(node, **changes)


def finished_run(run_id: str = "run-1", *extra: Node) -> Run:
    """A complete run of the tiny project; nodes given replace those of the same id."""
    nodes = [
        model("stg_shop__orders"),
        model("segments__customers", "stg_shop__orders", serving="serving"),
        model("segments__sizes", "segments__customers", serving="serving"),
        model("activation__contacts", "segments__customers", serving="activation"),
        model("measurement__source_audit", serving="serving"),
        model("measurement__releases"),
        model("measurement__release_sources"),
        model("measurement__published_memberships"),
        model("measurement__published_dates"),
        model("measurement__rollbacks"),
        data_test("unique_customer", "segments__customers"),
        data_test("not_null_order", "stg_shop__orders"),
    ]
    by_id = {node.unique_id: node for node in (*nodes, *extra)}
    return Run(run_id, "build", date(2024, 6, 30), False, tuple(by_id.values()))


def make_warehouse(folder: Path) -> duckdb.DuckDBPyConnection:
    """Create `warehouse.duckdb` with one customer and return it open."""
    return fill_warehouse(duckdb.connect(str(folder / "warehouse.duckdb")))


def fill_warehouse(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Create one customer and an empty ledger."""
    connection.execute(TOY_TABLES)
    return connection


def add_customer(connection: duckdb.DuckDBPyConnection, version: int) -> None:
    """Add one row, so that the next release differs."""
    connection.execute(
        "insert into segments__customers values (?, 'customer ' || ?, ?)",
        [version, version, version],
    )


def settings(folder: Path, **changes: str) -> PublishSettings:
    """The files beside the warehouse."""
    return PublishSettings(folder, "warehouse.duckdb", **changes)


def publish_files(
    connection: duckdb.DuckDBPyConnection,
    paths: PublishSettings,
    run: Run,
    clock: Callable[[], datetime] = utc_now,
) -> Publication:
    """Publish into the two files."""
    return publish(InFiles(connection, paths), run, clock)


def publish_again(folder: Path, run_id: str, *, with_row: int | None) -> Publication:
    """Open the warehouse of another process's test, change it and publish."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        if with_row is not None:
            add_customer(connection, with_row)
        return publish_files(connection, settings(folder), finished_run(run_id))


def die_at(point: str) -> None:
    """Let this process be killed when publishing reaches a point.

    Args:
        point: `serving` or `activation`, before that file is replaced; or `ledger`.
    """
    replace_file = served.replace

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def replace_or_die(next_path: Path, path: Path) -> None:
        if path.stem == point:
            die()
        replace_file(next_path, path)

    mock.patch("segmentation.release.files.replace", replace_or_die).start()
    if point == "ledger":
        mock.patch("segmentation.release.publish.record_release", die).start()


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Read a served file as a reader does."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def digest(path: Path) -> str:
    """Hash of a file's bytes."""
    return sha256(path.read_bytes()).hexdigest()


def recorded(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Runs in the ledger, in the order of their releases."""
    rows = connection.execute(
        "select run_id from measurement__releases order by released_at"
    ).fetchall()
    return [run_id for (run_id,) in rows]


def tables(path: Path) -> list[str]:
    """Tables of a served file."""
    return [name for (name,) in query(path, "select name from (show tables)")]


def import_path(*folders: Path) -> dict[str, str]:
    """Environment in which another Python imports what this one does."""
    paths = [str(folder) for folder in folders] + sys.path
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
