"""Publishing on PostgreSQL: what a release writes, and what it never does."""

import signal
import subprocess
import sys
import threading
from collections.abc import Mapping

import pytest

from publishing import TESTS, data_test, finished_run, import_path
from publishing_postgres import (
    add_customer,
    execute,
    left_schemas,
    make_database,
    publish_schemas,
    recorded,
    served_tables,
    session,
)
from segmentation.release.publish import Outcome, ReleaseRefusedError


@pytest.fixture
def server(postgres: Mapping[str, str]) -> Mapping[str, str]:
    make_database(postgres)
    return postgres


def test_a_release_fills_both_schemas_and_the_ledger(
    server: Mapping[str, str],
) -> None:
    publication = publish_schemas(server, finished_run())
    assert publication.outcome is Outcome.RELEASED
    assert publication.message == (
        "released: tables as of 2024-06-30, 3 in schema serving and 1 in schema "
        "activation (run run-1)"
    )
    assert list(served_tables(server)) == [
        "activation._release",
        "activation.activation__contacts",
        "serving._release",
        "serving.measurement__source_audit",
        "serving.segments__customers",
        "serving.segments__sizes",
    ]
    assert execute(server, "select * from serving.segments__customers") == [(1, "a", 0)]
    assert execute(server, "select * from activation.activation__contacts") == [
        ("a", "+1")
    ]
    released = execute(server, "select * from measurement__releases")
    assert released[0][0] == "run-1"
    assert execute(server, "select * from serving._release") == released
    assert execute(server, "select * from activation._release") == released
    assert execute(server, "select * from measurement__release_sources") == [
        ("run-1", "orders", "shop", 7)
    ]
    assert left_schemas(server) == []


def test_an_unchanged_build_writes_nothing(server: Mapping[str, str]) -> None:
    publish_schemas(server, finished_run())
    before = served_tables(server)
    publication = publish_schemas(server, finished_run("run-2"))
    assert publication.outcome is Outcome.UNCHANGED
    assert served_tables(server) == before
    assert recorded(server) == ["run-1"]


def test_another_order_of_rows_or_time_zone_is_no_release(
    server: Mapping[str, str],
) -> None:
    add_customer(server, 1)
    execute(server, "alter table activation__contacts add seen_at timestamptz")
    execute(server, "update activation__contacts set seen_at = '2024-01-31 12:00+00'")
    publish_schemas(server, finished_run())
    execute(
        server,
        "create temp table backwards as select * from segments__customers; "
        "truncate segments__customers; "
        "insert into segments__customers select * from backwards order by version desc",
    )
    assert execute(server, "select version from segments__customers limit 1") == [(1,)]
    execute(server, "alter role publisher set timezone = 'Asia/Tokyo'")
    try:
        publication = publish_schemas(server, finished_run("run-2"))
    finally:
        execute(server, "alter role publisher reset timezone")
    assert publication.outcome is Outcome.UNCHANGED


@pytest.mark.parametrize(
    "change",
    [
        "update segments__customers set spend = 2",
        "update segments__customers set spend = null",
        "update activation__contacts set phone = '+2'",
        "alter table activation__contacts rename column phone to telephone",
        "alter table activation__contacts alter column phone type varchar(20)",
        "insert into activation__contacts select * from activation__contacts",
    ],
)
def test_any_change_of_a_served_table_is_a_release(
    server: Mapping[str, str], change: str
) -> None:
    publish_schemas(server, finished_run())
    execute(server, change)
    publication = publish_schemas(server, finished_run("run-2"))
    assert publication.outcome is Outcome.RELEASED
    assert recorded(server) == ["run-1", "run-2"]
    assert execute(server, "select run_id from activation._release") == [("run-2",)]


def test_a_refused_or_partial_run_leaves_the_served_schemas_as_they_were(
    server: Mapping[str, str],
) -> None:
    publish_schemas(server, finished_run())
    before = served_tables(server)
    add_customer(server, 1)
    failed = data_test("unique_customer", "segments__customers", status="fail")
    with pytest.raises(ReleaseRefusedError, match=r"unique_customer \(fail\)"):
        publish_schemas(server, finished_run("run-2", failed))
    absent = data_test("unique_customer", "segments__customers", is_selected=False)
    publication = publish_schemas(server, finished_run("run-3", absent))
    assert publication.outcome is Outcome.PARTIAL
    assert served_tables(server) == before
    assert recorded(server) == ["run-1"]


def test_a_table_that_is_no_longer_served_goes(server: Mapping[str, str]) -> None:
    publish_schemas(server, finished_run())
    run = finished_run("run-2")
    kept = tuple(node for node in run.nodes if node.name != "segments__sizes")
    publish_schemas(server, type(run)("run-2", "build", run.as_of_date, False, kept))
    assert "serving.segments__sizes" not in served_tables(server)
    assert recorded(server) == ["run-1", "run-2"]


def test_a_lost_schema_is_restored_under_its_own_release(
    server: Mapping[str, str],
) -> None:
    publish_schemas(server, finished_run())
    before = served_tables(server)
    execute(server, "drop schema serving cascade")
    publication = publish_schemas(server, finished_run("run-2"))
    assert publication.outcome is Outcome.RESTORED
    assert execute(server, "select run_id from serving._release") == [("run-1",)]
    after = served_tables(server)
    assert after.keys() == before.keys()
    assert after["activation._release"] == before["activation._release"]
    assert recorded(server) == ["run-1"]


def test_a_publish_killed_between_copy_and_swap_leaves_the_last_release(
    server: Mapping[str, str],
) -> None:
    publish_schemas(server, finished_run())
    before = served_tables(server)
    add_customer(server, 1)
    code = (
        "import publishing, publishing_postgres\n"
        "publishing_postgres.die_before_the_swap()\n"
        f"publishing_postgres.publish_schemas({dict(server)!r}, "
        "publishing.finished_run('run-2'))"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code], env=import_path(TESTS), check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert (served_tables(server), recorded(server)) == (before, ["run-1"])
    publication = publish_schemas(server, finished_run("run-3"))
    assert publication.outcome is Outcome.RELEASED
    assert execute(server, "select count(*) from serving.segments__customers") == [(2,)]
    assert recorded(server) == ["run-1", "run-3"]
    assert left_schemas(server) == []


def test_a_release_and_its_ledger_are_one_transaction(
    server: Mapping[str, str],
) -> None:
    publish_schemas(server, finished_run())
    before = served_tables(server)
    add_customer(server, 1)
    execute(server, "alter table measurement__release_sources drop row_count")
    with pytest.raises(Exception, match="row_count"):
        publish_schemas(server, finished_run("run-2"))
    assert (served_tables(server), recorded(server)) == (before, ["run-1"])


def test_of_two_publishers_the_second_waits(server: Mapping[str, str]) -> None:
    outcomes = []

    def publish(run_id: str) -> None:
        outcomes.append(publish_schemas(server, finished_run(run_id)).outcome)

    with session(server) as first, first.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended('segmentation_publish', 0))"
        )
        threads = [
            threading.Thread(target=publish, args=[f"run-{number}"])
            for number in (1, 2)
        ]
        for thread in threads:
            thread.start()
        threads[0].join(timeout=0.3)
        assert outcomes == []
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == [Outcome.RELEASED, Outcome.UNCHANGED]
    assert len(recorded(server)) == 1
