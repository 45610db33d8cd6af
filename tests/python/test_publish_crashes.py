"""Runs killed while they publish, and what the next run makes of it."""

import contextlib
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from publishing import (
    TESTS,
    digest,
    import_path,
    make_warehouse,
    publish_again,
    query,
    recorded,
)
from segmentation.release.publish import Outcome


def kill_a_publish(folder: Path, run_id: str, with_row: int, point: str) -> None:
    """Publish in another process that is killed (SIGKILL) at a point."""
    code = (
        "import pathlib, publishing\n"
        f"publishing.die_at({point!r})\n"
        f"publishing.publish_again(pathlib.Path({str(folder)!r}), {run_id!r}, "
        f"with_row={with_row})"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code], env=import_path(TESTS), check=False
    )
    assert killed.returncode == -signal.SIGKILL


def test_a_run_killed_before_the_replace_leaves_the_last_release(
    tmp_path: Path,
) -> None:
    make_warehouse(tmp_path).close()
    publish_again(tmp_path, "run-1", with_row=None)
    serving = tmp_path / "serving.duckdb"
    before = digest(serving)
    kill_a_publish(tmp_path, "run-2", 1, point="serving")
    assert digest(serving) == before
    assert list(tmp_path.glob("*.next-run-2"))
    publication = publish_again(tmp_path, "run-3", with_row=None)
    assert publication.outcome is Outcome.RELEASED
    assert not list(tmp_path.glob("*.next-*"))
    assert query(serving, "select count(*) from segments__customers") == [(2,)]
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert recorded(connection) == ["run-1", "run-3"]


@pytest.mark.parametrize("next_row", [None, 2], ids=["same rows", "new rows"])
def test_a_run_killed_between_the_files_is_completed_or_overtaken(
    tmp_path: Path, next_row: int | None
) -> None:
    make_warehouse(tmp_path).close()
    publish_again(tmp_path, "run-1", with_row=None)
    serving, activation = tmp_path / "serving.duckdb", tmp_path / "activation.duckdb"
    kill_a_publish(tmp_path, "run-2", 1, point="activation")
    assert query(serving, "select run_id from _release") == [("run-2",)]
    assert query(activation, "select run_id from _release") == [("run-1",)]
    publication = publish_again(tmp_path, "run-3", with_row=next_row)
    if next_row is None:
        assert publication.outcome is Outcome.RESTORED
        expected, ledger = "run-2", ["run-1", "run-2"]
    else:
        assert publication.outcome is Outcome.RELEASED
        expected, ledger = "run-3", ["run-1", "run-2", "run-3"]
    for path in (serving, activation):
        assert query(path, "select run_id from _release") == [(expected,)]
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert recorded(connection) == ledger


def test_a_run_killed_before_the_ledger_is_recorded_by_the_next(
    tmp_path: Path,
) -> None:
    make_warehouse(tmp_path).close()
    publish_again(tmp_path, "run-1", with_row=None)
    kill_a_publish(tmp_path, "run-2", 1, point="ledger")
    served = query(tmp_path / "serving.duckdb", "from _release")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert recorded(connection) == ["run-1"]
    publication = publish_again(tmp_path, "run-3", with_row=None)
    assert publication.outcome is Outcome.UNCHANGED
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert recorded(connection) == ["run-1", "run-2"]
        assert (
            connection.execute(
                "from measurement__releases where run_id = 'run-2'"
            ).fetchall()
            == served
        )
        assert connection.execute(
            "from measurement__release_sources where run_id = 'run-2'"
        ).fetchall() == [("run-2", "orders", "shop", 7)]


def test_both_files_are_on_disk_before_either_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []

    def fsync(descriptor: int) -> None:
        events.append(f"sync {Path(f'/dev/fd/{descriptor}').resolve().name}")

    def rename(source: Path, target: Path) -> None:
        events.append(f"replace {target.name}")
        shutil.move(source, target)

    make_warehouse(tmp_path).close()
    monkeypatch.setattr("os.fsync", fsync)
    monkeypatch.setattr("pathlib.Path.replace", rename)
    publish_again(tmp_path, "run-1", with_row=None)
    assert events == [
        "sync serving.duckdb.next-run-1",
        "sync activation.duckdb.next-run-1",
        "replace serving.duckdb",
        f"sync {tmp_path.name}",
        "replace activation.duckdb",
        f"sync {tmp_path.name}",
    ]


def test_a_log_left_beside_a_served_file_does_not_outlive_it(tmp_path: Path) -> None:
    make_warehouse(tmp_path).close()
    serving = tmp_path / "serving.duckdb"
    publish_again(tmp_path, "run-1", with_row=None)
    with contextlib.closing(duckdb.connect(str(serving))) as writer:
        writer.execute("set wal_autocheckpoint = '1GB'")
        writer.execute("create table note as select 1 as x")
        log = (tmp_path / "serving.duckdb.wal").read_bytes()
    (tmp_path / "serving.duckdb.wal").write_bytes(log)
    publish_again(tmp_path, "run-2", with_row=1)
    assert not (tmp_path / "serving.duckdb.wal").exists()
    assert query(serving, "select run_id from _release") == [("run-2",)]


def test_a_release_and_its_sources_are_recorded_together_or_not_at_all(
    tmp_path: Path,
) -> None:
    with make_warehouse(tmp_path) as connection:
        connection.execute("alter table measurement__release_sources drop row_count")
    with pytest.raises(duckdb.Error, match="row_count"):
        publish_again(tmp_path, "run-1", with_row=None)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert recorded(connection) == []
        connection.execute(
            "alter table measurement__release_sources add row_count bigint"
        )
    assert publish_again(tmp_path, "run-2", with_row=None).outcome is Outcome.UNCHANGED
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert recorded(connection) == ["run-1"]
