"""Readers of the served schemas while releases happen."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing

import pytest

from publishing import TESTS, finished_run, import_path
from publishing_postgres import (
    DATABASE,
    add_customer,
    connect,
    execute,
    make_database,
    publish_schemas,
    recorded,
    served_tables,
)
from segmentation.release import swap_lock
from segmentation.release.publish import Outcome
from segmentation.release.swap_lock import ReadersHoldTablesError

READERS = {"serving": ["bi"], "activation": []}
RELEASES = 5


@pytest.fixture
def server(postgres: Mapping[str, str]) -> Mapping[str, str]:
    make_database(postgres)
    publish_schemas(postgres, finished_run("run-0"), readers=READERS)
    return postgres


def test_readers_in_a_loop_see_five_releases_no_error_and_never_two_at_once(
    server: Mapping[str, str],
) -> None:
    program = str(TESTS / "publishing_postgres_reader.py")
    host = server["SEGMENTATION_PG_HOST"]
    with ExitStack() as stack:
        readers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, program, host, DATABASE, str(RELEASES)],
                    env=import_path(),
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(2)
        ]
        for reader in readers:
            stack.callback(reader.kill)
        streams = [reader.stdout for reader in readers if reader.stdout]
        seen = [[stream.readline().strip() for stream in streams]]
        for version in range(1, RELEASES + 1):
            add_customer(server, version)
            run = finished_run(f"run-{version}")
            publication = publish_schemas(server, run, readers=READERS)
            assert publication.outcome is Outcome.RELEASED
            seen.append([stream.readline().strip() for stream in streams])
        summaries = [json.loads(stream.readline()) for stream in streams]
        assert [reader.wait(timeout=10) for reader in readers] == [0, 0]
    assert seen == [[str(number)] * 2 for number in range(RELEASES + 1)]
    for summary in summaries:
        assert summary["mixed"] == []
        assert summary["reads"] > RELEASES


def test_an_open_transaction_keeps_its_release_and_others_keep_reading(
    server: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = served_tables(server)
    monkeypatch.setattr(swap_lock.lock_tables, "__defaults__", (0.5,))
    waits = []

    def pause(_: float) -> None:
        started = time.monotonic()
        execute(server, "select count(*) from serving.segments__customers", "bi")
        waits.append(time.monotonic() - started)

    monkeypatch.setattr("segmentation.release.swap_lock.time.sleep", pause)
    with closing(connect(server, "bi")) as reader, reader.cursor() as cursor:
        cursor.execute("select version from serving.segments__sizes")
        add_customer(server, 1)
        holder = f"process {reader.info.backend_pid} of bi"
        with pytest.raises(ReadersHoldTablesError, match=holder):
            publish_schemas(server, finished_run("run-1"), readers=READERS)
        cursor.execute("select count(*) - 1 from serving.segments__customers")
        assert cursor.fetchall() == [(0,)]
    assert waits
    assert (served_tables(server), recorded(server)) == (before, ["run-0"])
    monkeypatch.undo()
    publication = publish_schemas(server, finished_run("run-2"), readers=READERS)
    assert publication.outcome is Outcome.RELEASED


def test_a_reader_that_waits_for_one_table_and_holds_another_is_not_failed(
    server: Mapping[str, str],
) -> None:
    """What would be a deadlock ends for the publisher, who tries again."""
    add_customer(server, 1)
    outcomes = []

    def publish() -> None:
        run = finished_run("run-1")
        outcomes.append(publish_schemas(server, run, readers=READERS).outcome)

    publisher = threading.Thread(target=publish)
    with closing(connect(server, "bi")) as reader, reader.cursor() as cursor:
        # The last of the tables in the order in which they are locked.
        cursor.execute("select version from serving.segments__sizes")
        publisher.start()
        while not execute(server, "select 1 from pg_locks where not granted"):
            time.sleep(0.01)
        cursor.execute("select run_id from serving._release")
        assert cursor.fetchall() == [("run-0",)]
        reader.commit()
        publisher.join(timeout=30)
        assert outcomes == [Outcome.RELEASED]
        cursor.execute("select run_id from serving._release")
        assert cursor.fetchall() == [("run-1",)]
