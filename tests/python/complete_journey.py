"""The demo data, built once; a test that changes them takes a copy."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from dbt_project import REPOSITORY, DbtProject
from segmentation.cli import cli

RAW = "raw_complete_journey"
ROLES = ("identity", "restricted", "internal")
DERIVED_SCHEMAS = ("main", *(f"main_{role}" for role in ROLES))
LEDGER = "main_ledger"


def load(environment: Mapping[str, str], target: str = "duckdb") -> None:
    """Load the raw tables as `segment demo load complete_journey` does."""
    words = ["--project-dir", str(REPOSITORY), "--target", target]
    with mock.patch.dict(os.environ, environment):
        cli.main(
            [*words, "demo", "load", "complete_journey"],
            prog_name="segment",
            standalone_mode=False,
        )


def build(folder: Path) -> DbtProject:
    """Load and build the demo data on DuckDB, as `make build` does."""
    project = DbtProject(REPOSITORY, folder / "journey.duckdb")
    load(project.environment)
    result = project.build()
    assert result.success, result.ending
    return project


def copied(project: DbtProject, folder: Path) -> DbtProject:
    """Return a copy of a built warehouse and of the files that it published."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in project.warehouse.parent.glob("*.duckdb"):
        shutil.copyfile(file, folder / file.name)
    return DbtProject(project.project_dir, folder / project.warehouse.name)
