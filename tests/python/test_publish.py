"""Served files and the ledger: what a release writes, and what it never does."""

import itertools
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from publishing import (
    add_customer,
    data_test,
    digest,
    finished_run,
    make_warehouse,
    model,
    publish_files,
    query,
    recorded,
    settings,
    tables,
)
from segmentation.release.publish import Outcome, ReleaseRefusedError
from segmentation.release.run import Run


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with make_warehouse(tmp_path) as connection:
        yield connection


def test_a_release_fills_both_files_and_the_ledger(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    publication = publish_files(warehouse, settings(tmp_path), finished_run())
    serving, activation = tmp_path / "serving.duckdb", tmp_path / "activation.duckdb"
    assert publication.outcome is Outcome.RELEASED
    assert tables(serving) == [
        "_release",
        "measurement__source_audit",
        "segments__customers",
        "segments__sizes",
    ]
    assert tables(activation) == ["_release", "activation__contacts"]
    assert query(serving, "from segments__customers") == [(1, "a", 0)]
    assert query(activation, "from activation__contacts") == [("a", "+1")]
    released = warehouse.execute("from measurement__releases").fetchall()
    assert query(serving, "from _release") == released
    assert query(activation, "from _release") == released
    assert released[0][0] == "run-1"
    assert warehouse.execute("from measurement__release_sources").fetchall() == [
        ("run-1", "orders", "shop", 7)
    ]
    assert sorted(path.name for path in tmp_path.glob("[as]*")) == [
        "activation.duckdb",
        "serving.duckdb",
    ]


def test_a_view_is_served_as_a_table_and_columns_keep_their_order(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    publish_files(warehouse, settings(tmp_path), finished_run())
    serving = tmp_path / "serving.duckdb"
    assert query(serving, "select table_type from information_schema.tables") == [
        ("BASE TABLE",)
    ] * len(tables(serving))
    described = query(serving, "describe segments__customers")
    assert [name for name, *_ in described] == ["spend", "customer_id", "version"]


def test_only_the_owner_reads_the_file_for_exports(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    publish_files(warehouse, settings(tmp_path), finished_run())
    serving, activation = tmp_path / "serving.duckdb", tmp_path / "activation.duckdb"
    assert stat.S_IMODE(activation.stat().st_mode) == 0o600
    serving.chmod(0o640)
    add_customer(warehouse, 1)
    publish_files(warehouse, settings(tmp_path), finished_run("run-2"))
    assert stat.S_IMODE(activation.stat().st_mode) == 0o600
    assert stat.S_IMODE(serving.stat().st_mode) == 0o640


def test_an_unchanged_build_writes_nothing(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    files = [tmp_path / "serving.duckdb", tmp_path / "activation.duckdb"]
    publish_files(warehouse, settings(tmp_path), finished_run())
    before = [(digest(path), path.stat().st_ino) for path in files]
    publication = publish_files(warehouse, settings(tmp_path), finished_run("run-2"))
    assert publication.outcome is Outcome.UNCHANGED
    assert [(digest(path), path.stat().st_ino) for path in files] == before
    assert recorded(warehouse) == ["run-1"]


@pytest.mark.parametrize(
    "change",
    [
        "update segments__customers set spend = 2",
        "update activation__contacts set phone = '+2'",
        "alter table segments__customers rename column spend to spent",
        "alter table segments__customers alter column spend type bigint",
        "insert into segments__customers from segments__customers",
    ],
)
def test_any_change_of_a_served_table_is_a_release(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, change: str
) -> None:
    publish_files(warehouse, settings(tmp_path), finished_run())
    warehouse.execute(change)
    publication = publish_files(warehouse, settings(tmp_path), finished_run("run-2"))
    assert publication.outcome is Outcome.RELEASED
    assert recorded(warehouse) == ["run-1", "run-2"]


def test_another_order_of_rows_is_no_release(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    add_customer(warehouse, 1)
    publish_files(warehouse, settings(tmp_path), finished_run())
    warehouse.execute("""
        create or replace table segments__customers as
        select * from segments__customers order by version desc
    """)
    publication = publish_files(warehouse, settings(tmp_path), finished_run("run-2"))
    assert publication.outcome is Outcome.UNCHANGED


def test_another_as_of_date_or_definition_is_a_release(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    warehouse.execute(
        "create table segments__definitions as select '1' definition_version"
    )
    definitions = model("segments__definitions")
    run = finished_run("run-1", definitions)
    later = Run("run-2", run.command, run.as_of_date + timedelta(1), False, run.nodes)
    assert publish_files(warehouse, settings(tmp_path), run).outcome is Outcome.RELEASED
    assert (
        publish_files(warehouse, settings(tmp_path), later).outcome is Outcome.RELEASED
    )
    warehouse.execute("update segments__definitions set definition_version = '2'")
    redefined = Run("run-3", run.command, later.as_of_date, False, run.nodes)
    assert (
        publish_files(warehouse, settings(tmp_path), redefined).outcome
        is Outcome.RELEASED
    )


def test_a_refused_run_leaves_the_served_files_byte_for_byte(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    files = [tmp_path / "serving.duckdb", tmp_path / "activation.duckdb"]
    publish_files(warehouse, settings(tmp_path), finished_run())
    before = [digest(path) for path in files]
    add_customer(warehouse, 1)
    failed = data_test("unique_customer", "segments__customers", status="fail")
    with pytest.raises(ReleaseRefusedError, match=r"unique_customer \(fail\)"):
        publish_files(warehouse, settings(tmp_path), finished_run("run-2", failed))
    assert [digest(path) for path in files] == before
    assert recorded(warehouse) == ["run-1"]


def test_a_copy_that_fails_leaves_the_served_files_and_no_debris(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    publish_files(warehouse, settings(tmp_path), finished_run())
    before = digest(tmp_path / "serving.duckdb")
    add_customer(warehouse, 1)
    calls = itertools.count()

    def fail_when_copied(phone: str) -> str:
        if next(calls) > 0:
            raise OSError("No space left on device")
        return phone

    warehouse.create_function(
        "fail_when_copied", fail_when_copied, ["VARCHAR"], "VARCHAR", side_effects=True
    )
    warehouse.execute("""
        alter table activation__contacts rename to contacts;
        create view activation__contacts as
        select customer_id, fail_when_copied(phone) as phone from contacts
    """)
    with pytest.raises(duckdb.Error, match="No space left"):
        publish_files(warehouse, settings(tmp_path), finished_run("run-2"))
    assert digest(tmp_path / "serving.duckdb") == before
    assert not list(tmp_path.glob("*.next-*"))
    assert recorded(warehouse) == ["run-1"]
    attached = warehouse.execute("select database_name from duckdb_databases()")
    assert len(attached.fetchall()) == 3  # the warehouse, system and temp


def test_a_release_stays_the_latest_when_the_clock_is_set_back(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    publish_files(
        warehouse,
        settings(tmp_path),
        finished_run(),
        lambda: datetime.fromisoformat("2030-01-01"),
    )
    add_customer(warehouse, 1)
    publish_files(
        warehouse,
        settings(tmp_path),
        finished_run("run-2"),
        lambda: datetime.fromisoformat("2020-01-01"),
    )
    assert recorded(warehouse) == ["run-1", "run-2"]
    again = publish_files(warehouse, settings(tmp_path), finished_run("run-3"))
    assert again.outcome is Outcome.UNCHANGED


def test_a_lost_file_is_restored_under_its_own_release(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    publish_files(warehouse, settings(tmp_path), finished_run())
    (tmp_path / "serving.duckdb").write_bytes(b"not a database")
    (tmp_path / "activation.duckdb").unlink()
    publication = publish_files(warehouse, settings(tmp_path), finished_run("run-2"))
    assert publication.outcome is Outcome.RESTORED
    for name in ("serving.duckdb", "activation.duckdb"):
        assert query(tmp_path / name, "select run_id from _release") == [("run-1",)]
    assert recorded(warehouse) == ["run-1"]


def test_one_run_is_not_released_twice_with_different_rows(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    publish_files(warehouse, settings(tmp_path), finished_run())
    add_customer(warehouse, 1)
    with pytest.raises(ReleaseRefusedError, match="released before"):
        publish_files(warehouse, settings(tmp_path), finished_run())
