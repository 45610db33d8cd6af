"""The toy project that publishes within a second, for tests that run dbt."""

import shutil
from dataclasses import replace
from pathlib import Path

from dbt_project import REPOSITORY, DbtProject, DbtResult

TOY = Path(__file__).parent / "publishing_project"
# What the toy shares with the real project, and where it goes.
SHARED = {
    "macros/run/lasting_config.sql": "macros",
    "macros/run/server_indexes.sql": "macros",
    "macros/run/publish_release.sql": "macros",
    "macros/run/get_drop_sql.sql": "macros",
    "macros/run/this_run.sql": "macros",
    "macros/run/failing_columns.sql": "macros",
    "macros/run/rows_to_test.sql": "macros",
    "tests/generic/not_null_columns.sql": "tests/generic",
    "tests/generic/row_checks.sql": "tests/generic",
    "tests/generic/unique_grain.sql": "tests/generic",
    **{
        f"models/measurement/measurement__{name}.{suffix}": "models"
        for name in (
            "releases",
            "release_sources",
            "published_memberships",
            "published_dates",
            "rollbacks",
        )
        for suffix in ("sql", "yml")
    },
}


def toy_project(folder: Path) -> DbtProject:
    """Copy the toy project, with the real macro and ledger, into a folder."""
    shutil.copytree(TOY, folder / "project")
    (folder / "project" / "tests" / "generic").mkdir()
    for name, goal in SHARED.items():
        shutil.copy(REPOSITORY / name, folder / "project" / goal)
    return DbtProject(folder / "project", folder / "warehouse.duckdb")


def build(project: DbtProject, *options: str, **environment: str) -> DbtResult:
    """Run `dbt build`; `newcomer="d"` sets TOY_NEWCOMER for this build."""
    changed = {f"TOY_{name.upper()}": value for name, value in environment.items()}
    return replace(project, extra_env=changed).build(*options)
