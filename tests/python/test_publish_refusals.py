"""Settings and models with which nothing can be published."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from publishing import finished_run, make_warehouse, model, publish_files, settings
from segmentation.release.content import UnservableModelError
from segmentation.release.ledger import LedgerMissingError
from segmentation.release.run import Node, Run
from segmentation.release.settings import NoPlaceToPublishError, PublishSettings


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with make_warehouse(tmp_path) as connection:
        yield connection


def test_a_project_without_a_ledger_is_refused(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    run = finished_run()
    nodes = tuple(node for node in run.nodes if node.name != "measurement__releases")
    with pytest.raises(LedgerMissingError, match="measurement__releases"):
        publish_files(
            warehouse,
            settings(tmp_path),
            Run(run.run_id, run.command, run.as_of_date, False, nodes),
        )


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (model("other", serving="bi"), "`meta.serving: bi`"),
        (replace(model("other", serving="serving"), is_ephemeral=True), "ephemeral"),
        (model("_release", serving="serving"), "already holds"),
    ],
)
def test_a_model_that_cannot_be_served_is_refused(
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    extra: Node,
    message: str,
) -> None:
    with pytest.raises(UnservableModelError, match=message):
        publish_files(warehouse, settings(tmp_path), finished_run("run-1", extra))
    assert not (tmp_path / "serving.duckdb").exists()


def test_a_warehouse_in_memory_needs_explicit_paths(tmp_path: Path) -> None:
    with pytest.raises(NoPlaceToPublishError, match="Set `serving` to a path"):
        PublishSettings(tmp_path, ":memory:").paths()
    paths = PublishSettings(tmp_path, ":memory:", "a.duckdb", "b.duckdb").paths()
    assert (paths.serving, paths.activation) == (
        tmp_path / "a.duckdb",
        tmp_path / "b.duckdb",
    )


def test_a_release_never_replaces_the_warehouse(tmp_path: Path) -> None:
    with pytest.raises(NoPlaceToPublishError, match="different files"):
        settings(tmp_path, serving="warehouse.duckdb").paths()
