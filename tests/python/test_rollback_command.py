"""`segment rollback` as a shell runs it, on both engines."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from dbt_project import DbtProject
from memberships_toy import (
    build_and_publish,
    environment,
    memberships_project,
    segment,
    write_state,
)
from publishing import query
from publishing_postgres import make_database
from segmentation.profiles import load_profile
from segmentation.refresh.lock import exclusive, lock_path

PLACES = ("serving", "activation")


@pytest.fixture(scope="module")
def parsed_once(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    return memberships_project(tmp_path_factory.mktemp("rollback"))


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def project(request: pytest.FixtureRequest, parsed_once: DbtProject) -> DbtProject:
    """The toy project with memberships, with three releases."""
    project = parsed_once
    if request.param == "postgres":
        server: Mapping[str, str] = request.getfixturevalue("postgres")
        make_database(server)
        server = {**server, "SEGMENTATION_PG_DATABASE": "warehouse"}
        project = replace(project, target="postgres", extra_env=server)
    for code in ("one", "two", "three"):
        write_state(project, {("a", "2025-05-31"): code})
        build_and_publish(project, "2025-05-31")
    return project


def ledger_rows(project: DbtProject, columns: str, table: str, order: str) -> list[Any]:
    ledger = "publishing_ledger" if project.target else "main_ledger"
    return project.query(
        f"select {columns} from {ledger}.measurement__{table} order by {order}"
    )


def locked_by_refresh(project: DbtProject) -> Path:
    """File that a refresh of the project locks."""
    with mock.patch.dict(os.environ, environment(project)):
        profiles = project.project_dir
        return lock_path(load_profile(project.project_dir, profiles, project.target))


def served_now(project: DbtProject) -> tuple[str, str, str]:
    """Run of both places and the code of the only customer, as readers see them."""
    rows = []
    for place in PLACES:
        sql = "select run_id from {}_release"
        if project.target:
            rows += project.query(sql.format(f"{place}."))
        else:
            file = project.warehouse.with_name(f"{place}.duckdb")
            rows += query(file, sql.format(""))
    table = "segments__memberships"
    if project.target:
        code = project.query(f"select primary_segment from serving.{table}")
    else:
        served = project.warehouse.with_name("serving.duckdb")
        code = query(served, f"select primary_segment from {table}")
    return str(rows[0][0]), str(rows[1][0]), str(code[0][0])


def test_the_command_lists_rolls_back_and_is_overtaken(project: DbtProject) -> None:
    runs = [run for (run,) in ledger_rows(project, "run_id", "releases", "released_at")]
    first, second, third = runs[-3:]
    listed = segment(project, "rollback", "--list")
    assert listed.exit_code == 0, listed.output
    lines = listed.output.splitlines()
    assert [line.split()[0] for line in lines] == [third, second, first]
    assert lines[0].endswith("UTC  served")
    assert "as of 2025-05-31  released 20" in lines[1]

    done = segment(project, "rollback", "--reason", "wrong prices")
    assert done.exit_code == 0, done.output
    assert done.output.startswith(
        f"rolled back: release {second} is served again, in place of {third}."
    )
    assert served_now(project) == (second, second, "two")
    assert ledger_rows(
        project, "run_id, previous_run_id, reason", "rollbacks", "rolled_back_at"
    ) == [(second, third, "wrong prices")]
    servings = ledger_rows(
        project, "run_id, rollback_reason, is_served", "servings", "served_from"
    )
    assert servings[-3:] == [
        (second, None, False),
        (third, None, False),
        (second, "wrong prices", True),
    ]
    assert ledger_rows(
        project,
        "distinct run_id, primary_segment",
        "memberships_as_published where is_served",
        "1",
    ) == [(second, "two")]
    lines = segment(project, "rollback", "--list").output.splitlines()
    assert [line.split()[0] for line in lines] == [second, third, first]

    named = segment(project, "rollback", first, "--reason", "worse")
    assert named.exit_code == 0, named.output
    assert served_now(project) == (first, first, "one")

    write_state(project, {("a", "2025-05-31"): "one"})
    unchanged = build_and_publish(project, "2025-05-31")
    assert unchanged.strip() == f"unchanged: nothing differs from release {first}"
    write_state(project, {("a", "2025-05-31"): "three"})
    assert build_and_publish(project, "2025-05-31").startswith("released: ")
    assert served_now(project)[2] == "three"
    assert len(ledger_rows(project, "run_id", "releases", "1")) == len(runs) + 1


def test_the_command_says_what_it_needs(project: DbtProject) -> None:
    before = served_now(project)
    recorded = ledger_rows(project, "run_id", "rollbacks", "rolled_back_at")
    no_reason = segment(project, "rollback")
    assert no_reason.exit_code == 2
    assert "Missing option '--reason'" in no_reason.output
    unknown = segment(project, "rollback", "run-9", "--reason", "x")
    assert unknown.exit_code == 1
    assert "release run-9 is not kept, expected one of " in unknown.output
    served = segment(project, "rollback", before[0], "--reason", "x")
    assert served.exit_code == 1
    assert f"release {before[0]} is the one that is served" in served.output
    with exclusive(locked_by_refresh(project), "segment refresh"):
        locked = segment(project, "rollback", "--reason", "x")
    assert locked.exit_code == 3
    assert "locked by process" in locked.stderr
    assert served_now(project) == before
    assert recorded == ledger_rows(project, "run_id", "rollbacks", "rolled_back_at")


def test_a_warehouse_without_a_release_has_nothing_to_serve(tmp_path: Path) -> None:
    toy = memberships_project(tmp_path)
    refused = segment(toy, "rollback", "--reason", "x")
    assert refused.exit_code == 1
    assert "found no warehouse" in refused.output
    assert not toy.warehouse.exists()
    assert segment(toy, "rollback", "--list").output == "No earlier release is kept.\n"
    assert not list(tmp_path.glob("*.duckdb"))


def test_a_new_warehouse_takes_on_rollbacks_and_what_was_said(
    project: DbtProject, tmp_path: Path
) -> None:
    if project.target:
        pytest.skip("the ledger is exported from DuckDB alone")
    tables = {
        "published_memberships": "run_id, customer_id, change_type, primary_segment",
        "published_dates": "run_id, as_of_date, customer_count",
        "rollbacks": "run_id, previous_run_id, reason, rolled_back_at",
        "servings": "run_id, served_from, served_to",
        "memberships_as_published": "run_id, customer_id, as_of_date, primary_segment",
    }

    def said() -> dict[str, list[Any]]:
        return {
            table: ledger_rows(project, columns, table, "all")
            for table, columns in tables.items()
        }

    before = said()
    assert all(before.values())
    folder = str(tmp_path / "export")
    assert segment(project, "ledger", "export", folder).exit_code == 0
    project.warehouse.unlink()
    assert project.dbt("seed").exit_code == 0
    assert project.dbt("run", "--empty").exit_code == 0
    imported = segment(project, "ledger", "import", folder)
    assert imported.exit_code == 0, imported.output
    # Views of a run without rows show none until the next one.
    assert project.dbt("run").exit_code == 0
    assert said() == before
    again = segment(project, "rollback", "--reason", "with the ledger of before")
    assert again.exit_code == 0, again.output
