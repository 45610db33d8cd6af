"""Readers of the served files while releases happen, and readers with DuckDB 1.5."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from publishing import (
    TESTS,
    add_customer,
    data_test,
    finished_run,
    import_path,
    make_warehouse,
    publish_again,
    publish_files,
    settings,
)
from publishing_memberships import roll_back_files
from segmentation.release.publish import Outcome, ReleaseRefusedError
from test_publish_crashes import kill_a_publish

DUCKDB_15 = "duckdb==1.5.6"
# An interpreter that has it; else it is installed once into pytest's cache.
DUCKDB_15_PYTHON = os.environ.get("SEGMENTATION_DUCKDB15_PYTHON")


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with make_warehouse(tmp_path) as connection:
        yield connection


def test_a_reader_in_a_loop_sees_ten_releases_and_never_two_at_once(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    publish_files(warehouse, settings(tmp_path), finished_run("run-0"))
    reader = subprocess.Popen(
        [
            sys.executable,
            TESTS / "publishing_reader.py",
            tmp_path / "serving.duckdb",
            "10",
        ],
        env=import_path(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    try:
        seen = [reader.stdout.readline().strip()]
        for version in range(1, 11):
            add_customer(warehouse, version)
            run = finished_run(f"run-{version}")
            assert (
                publish_files(warehouse, settings(tmp_path), run).outcome
                is Outcome.RELEASED
            )
            seen.append(reader.stdout.readline().strip())
        summary = reader.stdout.readline()
        assert reader.wait(timeout=10) == 0
    finally:
        reader.kill()
    assert seen == [str(version) for version in range(11)]
    assert '"mixed": []' in summary


@pytest.fixture(scope="session")
def duckdb_15(request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    """Interpreter and environment in which `import duckdb` is version 1.5."""
    if DUCKDB_15_PYTHON:
        return DUCKDB_15_PYTHON, dict(os.environ)
    assert request.config.cache is not None
    folder = Path(request.config.cache.mkdir("duckdb-1.5"))
    complete = folder / DUCKDB_15
    if not complete.exists():
        command = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--target",
            str(folder),
            DUCKDB_15,
        ]
        subprocess.run([sys.executable, *command], check=True)
        complete.touch()
    return sys.executable, {**os.environ, "PYTHONPATH": str(folder)}


def test_duckdb_15_opens_both_files(
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    duckdb_15: tuple[str, dict[str, str]],
) -> None:
    publish_files(warehouse, settings(tmp_path), finished_run())
    python, environment = duckdb_15
    code = """
import duckdb
print(duckdb.__version__)
serving = duckdb.connect("serving.duckdb", read_only=True)
print(serving.execute("select customer_id from segments__customers").fetchall())
activation = duckdb.connect("activation.duckdb", read_only=True)
print(activation.execute("select run_id from _release").fetchall())
"""
    read = subprocess.run(
        [python, "-c", code],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    version, *rows = read.stdout.splitlines()
    assert version.startswith("1.5.")
    assert rows == ["[('a',)]", "[('run-1',)]"]


PUBLISHES = 50
# What happens before every so many publishes.
REFUSAL, KILL, ROLLBACK = 5, 4, 10
POINTS = ("serving", "activation", "ledger")


@pytest.mark.slow
def test_fifty_publishes_refusals_and_kills_show_readers_no_error_and_no_two_at_once(
    tmp_path: Path, duckdb_15: tuple[str, dict[str, str]]
) -> None:
    make_warehouse(tmp_path).close()
    publish_again(tmp_path, "run-0", with_row=None)
    python_15, environment_15 = duckdb_15
    interpreters = [
        # Fast, patient, and of the oldest version that can open the file.
        (sys.executable, import_path(), "0.001"),
        (sys.executable, import_path(), "0.2"),
        (python_15, environment_15, "0.01"),
    ]
    last = str(PUBLISHES)
    reader, file = TESTS / "publishing_reader.py", tmp_path / "serving.duckdb"
    readers = [
        subprocess.Popen(
            [python, reader, file, last, hold],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for python, environment, hold in interpreters
    ]
    done = {"released": 0, "refused": 0, "killed": 0, "rolled back": 0}
    try:
        for process in readers:
            assert process.stdout is not None
            assert process.stdout.readline() == "0\n"
        for version in range(1, PUBLISHES + 1):
            happened = disturb(tmp_path, version)
            for what in happened:
                done[what] += 1
            run_id = f"run-{version}"
            assert publish_again(tmp_path, run_id, with_row=version).outcome is (
                Outcome.RELEASED
            )
            done["released"] += 1
        ends = [process.communicate(timeout=60)[0] for process in readers]
    finally:
        for process in readers:
            process.kill()
    assert done == {"released": 50, "refused": 10, "killed": 12, "rolled back": 5}
    for process, printed in zip(readers, ends, strict=True):
        assert process.returncode == 0
        *_, summary = printed.splitlines()
        told = json.loads(summary)
        print(done, told)  # the figure: pytest -s
        assert told["mixed"] == []
        assert told["reads"] > PUBLISHES / 2
    assert not list(tmp_path.glob("*.next-*"))


def disturb(folder: Path, version: int) -> list[str]:
    """Refuse, kill or roll back before a version is published, in turns."""
    happened = []
    if version % REFUSAL == 0:
        failed = data_test("unique_customer", "segments__customers", status="fail")
        run = finished_run(f"refused-{version}", failed)
        with (
            duckdb.connect(str(folder / "warehouse.duckdb")) as connection,
            pytest.raises(ReleaseRefusedError),
        ):
            publish_files(connection, settings(folder), run)
        happened.append("refused")
    if version % KILL == 0:
        point = POINTS[version // KILL % len(POINTS)]
        # The row is one that no reader waits for: versions only grow.
        kill_a_publish(folder, f"killed-{version}", version - 1, point)
        happened.append("killed")
    if version % ROLLBACK == 0:
        roll_back_files(folder)
        happened.append("rolled back")
    return happened
