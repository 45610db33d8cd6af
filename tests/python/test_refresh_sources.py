"""`segment refresh` asks how fresh sources are, by what their YAML says."""

import json
from collections.abc import Callable

import duckdb
import pytest
from click.testing import CliRunner, Result

from dbt_project import DbtProject
from publishing import digest
from publishing_toy import toy_project
from segmentation.cli import cli

SOURCES = """
sources:
  - name: shop
    schema: raw_shop
    config:
      loaded_at_field: loaded_at
      freshness:
        warn_after: {count: 12, period: hour}
        error_after: {count: 36, period: hour}
    tables:
      - name: orders
      - name: visits
      - name: stores
        config: {freshness: null}
"""
Refresh = Callable[..., Result]
HOURS = "(now() at time zone 'UTC') - interval ({}) hour"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """The toy project with two sources that have to be fresh and one that has not."""
    project = toy_project(tmp_path_factory.mktemp("sources"))
    (project.project_dir / "models" / "sources.yml").write_text(SOURCES)
    return project


def load(project: DbtProject, **hours: int | None) -> None:
    """Let the newest row of a source be so old; null is a table without rows."""
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute("create schema if not exists raw_shop")
        for table, age in hours.items():
            connection.execute(
                f"create or replace table raw_shop.{table} as "
                f"select {HOURS.format(age or 0)} as loaded_at "
                f"from range({0 if age is None else 3})"
            )


@pytest.fixture
def refresh(project: DbtProject, monkeypatch: pytest.MonkeyPatch) -> Refresh:
    for name, value in project.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DBT_PROFILES_DIR", str(project.project_dir))
    monkeypatch.setenv("DBT_TARGET_PATH", str(project.artifacts))
    monkeypatch.setenv("DBT_LOG_PATH", str(project.artifacts))

    def run(*words: str) -> Result:
        folder = ["--project-dir", str(project.project_dir)]
        command = ["refresh", *folder, "--no-report", "--json", *words]
        return CliRunner().invoke(cli, command)

    return run


def test_a_stale_source_is_refused_before_anything_is_built(
    project: DbtProject, refresh: Refresh
) -> None:
    load(project, orders=1, visits=1)
    first = refresh()
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    # Two checks of sources beside the nodes.
    assert (told["outcome"], told["passed"]) == ("released", 30)
    served = project.warehouse.with_name("serving.duckdb")
    before, built = digest(served), digest(project.warehouse)

    load(project, orders=13, visits=37)
    built = digest(project.warehouse)
    second = refresh()
    told = json.loads(second.stdout)
    assert (second.exit_code, told["outcome"]) == (1, "refused")
    assert [told[name] for name in ("passed", "warned", "failed")] == [0, 1, 1]
    [warned], [failed] = told["warnings"], told["failures"]
    assert (warned["kind"], warned["name"]) == ("source", "shop.orders")
    assert (failed["kind"], failed["name"]) == ("source", "shop.visits")
    assert failed["message"].startswith("stale, its newest row was loaded at 20")
    assert failed["message"].endswith(
        " UTC, 37.0 hours ago; expected warn_after: 12 hour, error_after: 36 hour."
    )
    assert (
        "nothing was built, as the check of 1 source failed: shop.visits. "
        in (told["message"])
    )
    assert f"ERROR source shop.visits: {failed['message']}\n" in second.stderr
    assert "Building" not in second.stderr
    assert (digest(served), digest(project.warehouse)) == (before, built)

    load(project, visits=13)
    third = refresh()
    told = json.loads(third.stdout)
    assert (third.exit_code, told["outcome"]) == (0, "unchanged")
    assert [told[name] for name in ("passed", "warned", "failed")] == [28, 2, 0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("delete from raw_shop.visits", "stale, it has no rows; expected warn_after"),
        ("drop table raw_shop.visits", "Table with name visits does not exist"),
        (
            "alter table raw_shop.visits drop column loaded_at",
            '"loaded_at" not found',
        ),
    ],
    ids=["empty", "missing", "without load times"],
)
def test_what_cannot_be_fresh_is_refused_in_words(
    project: DbtProject, refresh: Refresh, change: str, message: str
) -> None:
    load(project, orders=1, visits=1)
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.execute(
            "alter table raw_shop.visits add column amount integer;" + change
        )
    result = refresh()
    told = json.loads(result.stdout)
    assert (result.exit_code, told["outcome"]) == (1, "refused"), result.output
    [failed] = told["failures"]
    assert failed["name"] == "shop.visits"
    assert message in failed["message"]
    assert "Traceback" not in result.stderr


def test_a_clock_that_is_behind_makes_nothing_stale(
    project: DbtProject, refresh: Refresh
) -> None:
    load(project, orders=-48, visits=-1)
    assert refresh().exit_code == 0
