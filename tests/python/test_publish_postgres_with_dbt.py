"""`dbt build` on PostgreSQL and `segment publish` after it."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dbt_project import REPOSITORY, DbtProject, DbtResult
from publishing_postgres import execute, make_database, served_tables, session
from publishing_toy import toy_project
from segmentation.cli import cli

VARIABLES = {
    "segmentation_served_schemas": {"serving": "serving", "activation": "activation"},
    "segmentation_readers": {"serving": ["bi"], "activation": ["exports"]},
}
HINT = (
    "not published yet: run `segment publish --target postgres`, which releases this "
    "build if its models and tests passed"
)
LEDGER = "publishing_ledger.measurement__releases"


@pytest.fixture(scope="module")
def project(
    postgres: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> DbtProject:
    """The toy project in a database of its own, before its first build."""
    make_database(postgres)
    environment = {**postgres, "SEGMENTATION_PG_DATABASE": "warehouse"}
    toy = toy_project(tmp_path_factory.mktemp("publishing_on_postgres"))
    return replace(toy, target="postgres", extra_env=environment, vars=VARIABLES)


def build(project: DbtProject, *options: str, **toy: str) -> DbtResult:
    changed = {f"TOY_{name.upper()}": value for name, value in toy.items()}
    environment = {**project.extra_env, **changed}
    result = replace(project, extra_env=environment).build(*options)
    if not options:
        assert result.log.splitlines().count(HINT) == 1
    return result


def publish(project: DbtProject, target: str = "postgres") -> Result:
    """Run `segment publish` as a shell would."""
    words = ["publish", "--target", target, "--project-dir", str(project.project_dir)]
    words += ["--profiles-dir", str(project.project_dir)]
    words += ["--target-path", str(project.artifacts)]
    return CliRunner().invoke(cli, words, env=dict(project.environment))


def customers(project: DbtProject) -> int:
    """Served customers, as BI counts them."""
    [(count,)] = execute(
        project.extra_env, "select count(*) from serving.segments__customers", "bi"
    )
    return int(count)


def releases(project: DbtProject) -> int:
    [(count,)] = execute(project.extra_env, f"select count(*) from {LEDGER}")
    return int(count)


def test_builds_are_released_stay_unchanged_and_are_refused(
    project: DbtProject,
) -> None:
    assert build(project).exit_code == 0
    released = publish(project)
    assert released.exit_code == 0, released.output
    assert released.output.startswith(
        "released: tables as of 2024-06-30, 4 in schema serving and 1 in schema "
        "activation (run "
    )
    assert customers(project) == 3
    contacts = "select * from activation.activation__contacts order by 1 limit 1"
    assert execute(project.extra_env, contacts, "exports") == [("a", "+1 555 0100")]
    sources = "select entity, source_system, row_count from publishing_ledger."
    assert execute(project.extra_env, sources + "measurement__release_sources") == [
        ("customer_records", "people", 3)
    ]

    before = served_tables(project.extra_env)
    assert build(project, "--full-refresh").exit_code == 0
    assert publish(project).output.startswith("unchanged: nothing differs from release")
    assert (served_tables(project.extra_env), releases(project)) == (before, 1)

    failed = build(project, newcomer="d", least_spend="6")
    assert failed.exit_code == 1
    refused = publish(project)
    assert refused.exit_code == 1
    assert "integrity_spend_reaches_least (fail)" in refused.output
    assert "last good release is untouched" in refused.output
    assert customers(project) == 3
    assert (served_tables(project.extra_env), releases(project)) == (before, 1)

    broken = build(project, newcomer="d' || cast('x' as integer) || '")
    assert broken.exit_code == 1
    assert "segments__customers (error)" in publish(project).output

    assert build(project, newcomer="d", tag="gold").with_status("warn")
    assert publish(project).output.startswith("released: ")
    assert (customers(project), releases(project)) == (4, 2)


def test_drops_of_threads_that_build_at_once_take_turns(project: DbtProject) -> None:
    """Two that cascade to one view can wait for each other for ever."""
    table = ("--select", "features__as_of_dates")
    assert build(project, *table).exit_code == 0
    options = {**project.extra_env, "PGOPTIONS": "-c lock_timeout=200"}
    with session(project.extra_env) as another:
        another.cursor().execute(
            "select pg_advisory_lock(hashtextextended('segmentation_drop', 0))"
        )
        waiting = build(replace(project, extra_env=options), *table)
    assert waiting.exit_code == 1
    assert "canceling statement due to lock timeout" in waiting.log
    assert build(project, *table).exit_code == 0


def test_a_partial_run_releases_nothing(project: DbtProject) -> None:
    no_rows = ["--empty", "--exclude", "test_type:singular"]
    for options in (["--select", "people"], no_rows):
        assert build(project, *options, newcomer="e").exit_code == 0
        refused = publish(project)
        assert refused.exit_code == 1
        assert "not released (partial): " in refused.output


def test_a_command_that_builds_nothing_is_no_run_to_publish(
    project: DbtProject,
) -> None:
    assert build(project).exit_code == 0
    assert project.dbt("compile").exit_code == 0
    refused = publish(project)
    assert refused.exit_code == 1
    assert "the last command was `dbt compile`, which builds nothing" in refused.output


def test_a_run_on_another_engine_is_not_published(
    project: DbtProject, tmp_path: Path
) -> None:
    here = replace(project, target=None, warehouse=tmp_path / "toy.duckdb")
    assert here.build("--select", "people").exit_code == 0
    shutil.copytree(here.artifacts, project.artifacts, dirs_exist_ok=True)
    refused = publish(project)
    assert refused.exit_code == 1
    assert "the last run built on duckdb, and this target is of type postgres" in (
        refused.output
    )


def test_what_the_server_refuses_is_one_message(project: DbtProject) -> None:
    assert build(project, newcomer="f").exit_code == 0
    execute(project.extra_env, f"alter table {LEDGER} rename to moved")
    refused = publish(project)
    execute(
        project.extra_env,
        "alter table publishing_ledger.moved rename to measurement__releases",
    )
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: not released: PostgreSQL says: relation")
    assert isinstance(refused.exception, SystemExit)


def test_a_build_in_a_served_schema_stops_before_any_model(
    project: DbtProject, tmp_path: Path
) -> None:
    served = {"segmentation_served_schemas": {"serving": "main", "activation": "x"}}
    real = DbtProject(
        REPOSITORY, tmp_path / "none", project.extra_env, served, target="postgres"
    )
    result = real.build("--select", "cut_points")
    assert (result.exit_code, result.results) == (2, {})
    assert (
        "segmentation_served_schemas names 'main', in which the build writes its own "
        "tables; choose another name." in result.log
    )
