"""A training that is killed leaves whole files, and a build knows mixed ones."""

import csv
import re
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from dbt_project import REPOSITORY
from publishing import import_path
from segmentation.train.files import write_files

TOGETHER = REPOSITORY / "tests" / "features" / "value_seeds_belong_together.sql"
NAMES = ("value_parameters.csv", "value_nodes.csv", "card.md")
# Each file is written, then each is put in its place.
STEPS = 2 * len(NAMES)


def write_or_die(folder: Path, text: str, step: int) -> int:
    """Write the files in another process that is killed before a step."""
    code = f"""
import os, pathlib, signal
from segmentation.train.files import write_files

done = []

def counted(method):
    def run(*arguments, **options):
        done.append(method)
        if len(done) == {step}:
            os.kill(os.getpid(), signal.SIGKILL)
        return method(*arguments, **options)
    return run

pathlib.Path.write_text = counted(pathlib.Path.write_text)
pathlib.Path.replace = counted(pathlib.Path.replace)
folder = pathlib.Path({str(folder)!r})
write_files({{folder / name: {text!r} for name in {NAMES!r}}})
"""
    return subprocess.run(
        [sys.executable, "-c", code], env=import_path(), check=False
    ).returncode


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_a_killed_training_leaves_whole_files_and_is_repeated(
    tmp_path: Path, step: int
) -> None:
    old, new = "old\n" * 1000, "new\n" * 1000
    files = {tmp_path / name: old for name in NAMES}
    write_files(files)
    assert write_or_die(tmp_path, new, step) == -signal.SIGKILL
    placed = max(step - len(NAMES) - 1, 0)
    found = [file.read_text() for file in files]
    assert found == [new] * placed + [old] * (len(NAMES) - placed)
    write_files(dict.fromkeys(files, new))
    assert {file.name for file in tmp_path.iterdir()} == set(NAMES)
    assert {file.read_text() for file in files} == {new}


def rendered(test: Path) -> str:
    """The SQL of a test that reads seeds alone, without dbt."""
    sql = re.sub(r"\{#.*?#\}|\{\{ config.*?\}\}", "", test.read_text(), flags=re.DOTALL)
    sql = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"\1", sql)
    return sql.replace("{{ dbt.type_string() }}", "text")


def test_parameters_of_two_trainings_stop_the_build() -> None:
    query = rendered(TOGETHER)
    assert "{" not in query
    with duckdb.connect() as connection:
        for name in ("value_parameters", "value_nodes"):
            file = REPOSITORY / "seeds" / f"{name}.csv"
            connection.execute(
                f"create table {name} as from read_csv('{file}', "
                "header = true, auto_type_candidates = ['BIGINT', 'VARCHAR'])"
            )
        assert connection.execute(query).fetchall() == []
        # Of a training that was killed between the two files.
        connection.execute(
            "update value_parameters set seed_fingerprint = 'new' "
            "where dataset = 'complete_journey'"
        )
        told = connection.execute(query).fetchall()
    with (REPOSITORY / "seeds" / "value_parameters.csv").open() as rows:
        versions = {
            row["version"]
            for row in csv.DictReader(rows)
            if row["dataset"] == "complete_journey"
        }
    assert len(told) == len(versions) > 0
    for (message,) in told:
        assert message.startswith("value_parameters and value_nodes are not of one")
        assert "run `segment train value --dataset complete_journey`." in message
