"""A wrong value in a column is found and named, and stops what reads it."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from dbt_project import REPOSITORY, DbtProject

FOLDER = Path(__file__).parent
SHARED = (
    "macros/run/explain_failures.sql",
    "macros/run/failing_columns.sql",
    "macros/run/rows_to_test.sql",
    "tests/generic/accepted_codes.sql",
    "tests/generic/between.sql",
    "tests/generic/not_null_columns.sql",
    "tests/generic/row_checks.sql",
)
MESSAGES = {
    "ERROR  shares: customer is null, 2 rows",
    "ERROR  shares: highest_share not between 0 and 1, 1 rows",
    "ERROR  shares: share_key not unique, 1 keys",
    "ERROR  shares: lowest_share not between 0 and 1, 1 rows",
    "ERROR  shares: tier not in ('gold', 'silver'), 1 rows",
}


@pytest.fixture(params=["duckdb", "postgres"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> DbtProject:
    """Return a project with a contracted table, what reads it, and a tested view."""
    folder = shutil.copytree(FOLDER / "column_checks_project", tmp_path / "project")
    shutil.copy(FOLDER / "publishing_project" / "profiles.yml", folder)
    for name in SHARED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, folder / name)
    project = DbtProject(folder, tmp_path / "warehouse.duckdb")
    if request.param == "duckdb":
        return project
    server: Mapping[str, str] = request.getfixturevalue("postgres")
    return replace(project, target="postgres", extra_env=server)


def test_wrong_values_are_named_and_stop_what_reads_them(project: DbtProject) -> None:
    first = project.build()
    assert first.success, first.log
    wrong = {**project.extra_env, "COLUMN_CHECKS_WRONG": "yes"}

    second = replace(project, extra_env=wrong).build()

    assert second.with_status("error") == ["model.segmentation.customers"]
    assert "customer_number" in second.results["model.segmentation.customers"].message
    assert second.with_status("skipped") == ["model.segmentation.readers"]
    assert len(second.with_status("fail")) == 4
    assert {line for line in second.log.splitlines() if "shares: " in line} == MESSAGES
    for table in ("customers", "readers"):
        [schema] = project.query(
            "select table_schema from information_schema.tables "
            f"where table_schema like '%column_checks' and table_name = '{table}'"
        )
        assert project.query(f"select customer_number from {schema[0]}.{table}") == [
            (1,)
        ]
