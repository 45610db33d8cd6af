"""Readers of the served files while releases happen, and readers with DuckDB 1.5."""

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
    finished_run,
    import_path,
    make_warehouse,
    publish_files,
    settings,
)
from segmentation.release.publish import Outcome

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
