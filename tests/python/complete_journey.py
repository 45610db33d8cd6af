"""The demo data, built once; a test that changes them takes a copy."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from dbt_project import REPOSITORY, DbtProject
from segmentation.cli import cli
from shared_folder import made_once

RAW = "raw_complete_journey"
ROLES = ("identity", "restricted", "internal")
DERIVED_SCHEMAS = ("main", *(f"main_{role}" for role in ROLES))
LEDGER = "main_ledger"


def load(environment: Mapping[str, str]) -> None:
    """Load the raw tables as `segment demo load complete_journey` does."""
    words = ["--project-dir", str(REPOSITORY), "--target", "duckdb"]
    with mock.patch.dict(os.environ, environment):
        cli.main(
            [*words, "demo", "load", "complete_journey"],
            prog_name="segment",
            standalone_mode=False,
        )


def built_journey(folder: Path) -> DbtProject:
    """Return the demo data in a folder, built once as `make build` does."""

    def build(shared: Path) -> None:
        project = DbtProject(REPOSITORY, shared / "journey.duckdb")
        load(project.environment)
        result = project.build()
        assert result.success, result.ending

    shared = made_once("complete_journey", build)
    shutil.copytree(shared, folder, dirs_exist_ok=True)
    return DbtProject(REPOSITORY, folder / "journey.duckdb")


def copied(project: DbtProject, folder: Path) -> DbtProject:
    """Return a copy of a built warehouse and of the files that it published."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in project.warehouse.parent.glob("*.duckdb"):
        shutil.copyfile(file, folder / file.name)
    return DbtProject(project.project_dir, folder / project.warehouse.name)


def promised_not_null(project: DbtProject) -> set[tuple[str, str]]:
    """Return table and column of each `not_null` constraint in the project's YAML."""
    manifest = json.loads((project.artifacts / "manifest.json").read_text())
    return {
        (node["name"], column["name"])
        for node in manifest["nodes"].values()
        for column in node.get("columns", {}).values()
        for constraint in column["constraints"]
        if constraint["type"] == "not_null"
    }


def kept_not_null(project: DbtProject) -> set[tuple[str, str]]:
    """Return table and column of each column that the engine keeps from being null."""
    schemas = ", ".join(f"'{schema}'" for schema in DERIVED_SCHEMAS)
    return set(
        project.query(
            "select table_name, column_name from information_schema.columns "
            f"where is_nullable = 'NO' and table_schema in ({schemas})"
        )
    )
