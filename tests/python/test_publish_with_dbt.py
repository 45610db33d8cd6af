"""Publishing inside `dbt build`: what the command prints and how it exits."""

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.credentials import DuckDBCredentials

from dbt_project import DbtProject
from publishing import fill_warehouse, finished_run
from publishing_toy import build, toy_project
from segmentation.dbt_plugin import Plugin
from segmentation.profiles import load_profile
from segmentation.release.artifacts import RunNotFoundError
from segmentation.release.from_artifacts import publish_from_run
from segmentation.release.publish import Outcome, ReleaseRefusedError
from segmentation.release.run import Run

HOOK = "operation.segmentation.segmentation-on-run-end-0"


@pytest.fixture(scope="module")
def parsed_once(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """The toy project with the real macro and ledger, in a folder of its own."""
    return toy_project(tmp_path_factory.mktemp("publishing"))


@pytest.fixture
def project(parsed_once: DbtProject) -> DbtProject:
    """The toy project before its first build."""
    for file in parsed_once.warehouse.parent.glob("*.duckdb*"):
        file.unlink()
    return parsed_once


def served(project: DbtProject, sql: str, file: str = "serving") -> list[Any]:
    path = project.warehouse.with_name(f"{file}.duckdb")
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def digests(project: DbtProject) -> list[str]:
    return [
        sha256(project.warehouse.with_name(f"{file}.duckdb").read_bytes()).hexdigest()
        for file in ("serving", "activation")
    ]


def releases(project: DbtProject) -> int:
    return int(
        project.query("select count(*) from main_ledger.measurement__releases")[0][0]
    )


def test_builds_release_stay_unchanged_refuse_and_warn(project: DbtProject) -> None:
    first = build(project)
    assert first.exit_code == 0, first.log
    assert "released: tables as of 2024-06-30, 4 in serving.duckdb" in first.log
    assert served(project, "select count(*) from segments__customers") == [(3,)]
    assert served(project, "from activation__contacts", "activation")[0] == (
        "a",
        "+1 555 0100",
    )
    # Read with the session settings of the profile: there the next day has begun.
    assert served(project, "select cast(first_date as text) from segments__sizes") == [
        ("2024-01-02",)
    ]
    assert project.query(
        "select * exclude run_id from main_ledger.measurement__release_sources"
    ) == [("customer_records", "people", 3)]

    before = digests(project)
    second = build(project, "--full-refresh")
    assert second.exit_code == 0
    assert "unchanged: nothing differs" in second.log
    assert (digests(project), releases(project)) == (before, 1)

    refused = build(project, newcomer="d", least_spend="6")
    assert refused.exit_code == 1
    assert refused.results[HOOK].status == "error"
    message = refused.results[HOOK].message
    assert "integrity_spend_reaches_least (fail)" in message
    assert "last good release is untouched" in message
    assert (digests(project), releases(project)) == (before, 1)

    warned = build(project, newcomer="d", tag="gold")
    assert warned.exit_code == 0
    assert warned.with_status("warn")
    assert "released: " in warned.log
    assert served(project, "select count(*) from segments__customers") == [(4,)]
    assert releases(project) == 2


def test_a_partial_run_releases_nothing_and_does_not_fail(project: DbtProject) -> None:
    for command in ("seed", "run", "test"):
        result = project.dbt(command)
        assert result.exit_code == 0, result.log
        assert "not released (partial): `dbt " + command in result.log
    for options in (
        ["--select", "segments__customers"],
        ["--exclude", "test_type:singular"],
        ["--empty"],
    ):
        result = build(project, *options)
        assert result.exit_code == 0, result.log
        assert "not released (partial): " in result.log
    assert not project.warehouse.with_name("serving.duckdb").exists()


def test_a_failing_model_of_the_adopter_does_not_stop_a_release(
    project: DbtProject,
) -> None:
    result = build(project, adopter_fails="yes")
    assert result.exit_code == 1
    assert result.with_status("error") == ["model.segmentation.adopter__report"]
    assert len(result.with_status("skipped")) == 2
    assert result.results[HOOK].status == "success"
    assert "released: " in result.log


def test_a_failing_ancestor_is_named_and_not_what_it_skipped(
    project: DbtProject,
) -> None:
    broken = "d' || cast('x' as integer) || '"
    result = build(project, newcomer=broken)
    assert result.exit_code == 1
    message = result.results[HOOK].message
    assert "segments__customers (error)" in message
    assert "segments__sizes" not in message
    assert "; 4 skipped" in message
    stopped_early = build(project, "--fail-fast", newcomer=broken)
    assert stopped_early.results[HOOK].status == "error"


@pytest.mark.parametrize("is_configured", [True, False])
def test_a_warehouse_in_memory_publishes_only_where_the_profile_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_configured: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"serving": "bi/bi.duckdb", "activation": str(tmp_path / "out.duckdb")}
    config = given if is_configured else {"serving": "", "activation": ""}
    credentials = DuckDBCredentials(path=":memory:")
    with fill_warehouse(duckdb.connect()) as connection:
        plugin = Plugin("segmentation", config, credentials)
        plugin.configure_connection(connection)
        call = "select segmentation_publish(?)"
        payload = json.dumps(payload_of(finished_run()))
        if is_configured:
            connection.execute(call, [payload])
        else:
            with pytest.raises(duckdb.Error, match="Set `serving` to a path"):
                connection.execute(call, [payload])
    assert (tmp_path / "bi" / "bi.duckdb").exists() == is_configured
    assert (tmp_path / "out.duckdb").exists() == is_configured


def payload_of(run: Run) -> dict[str, Any]:
    """What the macro passes for a run."""
    return {
        "run_id": run.run_id,
        "command": run.command,
        "as_of_date": run.as_of_date.isoformat(),
        "is_sample": run.is_sample,
        "selected": [node.unique_id for node in run.nodes],
        "statuses": {node.unique_id: node.status for node in run.nodes},
        "nodes": [
            {**asdict(node), "materialized": "table", "relation": node.relation[1:]}
            for node in run.nodes
        ],
    }


def test_a_finished_run_is_published_afterwards(
    project: DbtProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGMENTATION_WAREHOUSE", str(project.warehouse))
    profile = load_profile(project.project_dir, project.project_dir)
    assert build(project).exit_code == 0
    released = served(project, "from _release")
    assert publish_from_run(profile, project.artifacts).outcome is Outcome.UNCHANGED
    monkeypatch.setenv("SEGMENTATION_SERVING", str(tmp_path / "bi.duckdb"))
    moved = load_profile(project.project_dir, project.project_dir)
    publication = publish_from_run(moved, project.artifacts)
    assert publication.outcome is Outcome.RESTORED
    with duckdb.connect(str(tmp_path / "bi.duckdb"), read_only=True) as connection:
        assert connection.execute("from _release").fetchall() == released
    monkeypatch.delenv("SEGMENTATION_SERVING")
    with pytest.raises(RunNotFoundError, match=r"manifest\.json is missing"):
        publish_from_run(profile, tmp_path)
    assert build(project, "--select", "segments__sizes").exit_code == 0
    with pytest.raises(ReleaseRefusedError, match="partial"):
        publish_from_run(profile, project.artifacts)
