"""The helper reports what dbt's command line would and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dbt_project import DbtProject

PROFILE = """
toy:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: "{{ env_var('SEGMENTATION_WAREHOUSE') }}"
"""
MODEL = "select {{ var('number', 1) }} as number"
OPEN_ELSEWHERE = "import duckdb, sys; duckdb.connect(sys.argv[1])"


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """Return the folder of a project with one model and one test on it."""
    (tmp_path / "models").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "dbt_project.yml").write_text("{name: toy, profile: toy}")
    (tmp_path / "profiles.yml").write_text(PROFILE)
    (tmp_path / "models" / "one.sql").write_text(MODEL)
    (tmp_path / "tests" / "is_one.sql").write_text(
        "select * from {{ ref('one') }} where number <> 1"
    )
    return tmp_path


def test_success_exits_with_zero_and_a_second_warehouse_is_separate(toy: Path) -> None:
    first = DbtProject(toy, toy / "first.duckdb")
    second = DbtProject(toy, toy / "second.duckdb", vars={"number": "1.0"})
    for project in (first, second):
        result = project.build()
        assert result.exit_code == 0, result.log
        assert result.results["model.toy.one"].status == "success"
        assert "Completed successfully" in result.log
    assert first.query("select typeof(number) from one") == [("INTEGER",)]
    assert second.query("select typeof(number) from one") == [("DECIMAL(2,1)",)]


def test_a_failing_test_exits_with_one_and_a_broken_project_with_two(toy: Path) -> None:
    failing = DbtProject(toy, toy / "w.duckdb", vars={"number": 2}).build()
    assert failing.exit_code == 1
    assert failing.with_status("fail") == ["test.toy.is_one"]
    assert failing.results["test.toy.is_one"].failures == 1
    (toy / "models" / "one.sql").write_text("select * from {{ ref('missing') }}")
    broken = DbtProject(toy, toy / "w.duckdb").build()
    assert broken.exit_code == 2
    assert "which was not found" in broken.log


@pytest.mark.parametrize("number", ["1", "2", "error("])
def test_the_file_can_be_opened_elsewhere_and_the_environment_is_restored(
    toy: Path, number: str
) -> None:
    before, folder = dict(os.environ), Path.cwd()
    project = DbtProject(
        toy, toy / "w.duckdb", extra_env={"TOY": "1"}, vars={"number": number}
    )
    project.build()
    subprocess.run(
        [sys.executable, "-c", OPEN_ELSEWHERE, str(project.warehouse)], check=True
    )
    assert (dict(os.environ), Path.cwd()) == (before, folder)


def test_an_equal_project_reuses_a_parse_and_sees_what_changed_since(toy: Path) -> None:
    full_parse = "Starting full parse"
    builds = []
    for name in ("first", "second", "third"):
        if name == "third":
            (toy / "models" / "one.sql").write_text("select 7 as number")
        project = DbtProject(toy, toy / name / "warehouse.duckdb")
        project.warehouse.parent.mkdir()
        builds.append((full_parse in project.build().log, project.query("from one")))
    assert builds == [(True, [(1,)]), (False, [(1,)]), (False, [(7,)])]
