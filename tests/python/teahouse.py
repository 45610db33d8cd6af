"""The company of examples/adopter: the package installed in a project of its own.

project = built_teahouse()         # as documented, built once
project = teahouse_copy(tmp_path)  # to change, not built
change_settings(project.project_dir, segmentation_currency="CHF")
result = build(project)
result = segment(project, "doctor")
"""

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner, Result
from dbt.cli.main import dbtRunner

from dbt_project import REPOSITORY, DbtProject, DbtResult
from segmentation.cli import cli
from shared_folder import made_once
from shared_parse import SharedParse, path_not_compared

EXAMPLE = REPOSITORY / "examples" / "adopter"
LEFT_OUT = ("target", "logs", "dbt_packages", "package-lock.yml", ".venv", "*.duckdb*")
# Of this process: commands write into the project's folder.
_FOLDER = tempfile.TemporaryDirectory(prefix="segmentation_teahouse_")


@cache
def installed_teahouse() -> Path:
    """Return a copy of the example after `dbt deps`; do not change it."""
    folder = Path(_FOLDER.name) / "installed"
    shared = made_once("teahouse", _install) / "installed"
    shutil.copytree(shared, folder, symlinks=True)
    return folder


def _install(parent: Path) -> None:
    folder = parent / "installed"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    packages = folder / "packages.yml"
    assert yaml.safe_load(packages.read_text()) == {"packages": [{"local": "../.."}]}
    packages.write_text(f"packages: [{{local: {REPOSITORY}}}]")
    command = ["deps", "--project-dir", str(folder), "--profiles-dir", str(folder)]
    outcome = dbtRunner().invoke([*command, "--log-path", str(folder), "--quiet"])
    assert outcome.success, outcome.exception


@cache
def built_teahouse() -> DbtProject:
    """Return the project after one `dbt build`; tests read it and leave it alone."""
    shared = made_once("teahouse_release", _release)
    shutil.copytree(shared, _FOLDER.name, dirs_exist_ok=True)
    return DbtProject(installed_teahouse(), Path(_FOLDER.name) / "warehouse.duckdb")


def _release(folder: Path) -> None:
    result = build(DbtProject(installed_teahouse(), folder / "warehouse.duckdb"))
    assert result.success, result.log
    assert "released: tables as of 2025-06-30" in result.log


def teahouse_copy(folder: Path) -> DbtProject:
    """Return a project of its own in the folder, its warehouse beside it."""
    shutil.copytree(installed_teahouse(), folder / "project", symlinks=True)
    return DbtProject(folder / "project", folder / "warehouse.duckdb")


def postgres_teahouse(
    folder: Path, postgres: Mapping[str, str], schema: str
) -> DbtProject:
    """Return a copy for PostgreSQL, without the source that only DuckDB can read."""
    project = replace(teahouse_copy(folder), target="postgres", extra_env=postgres)
    for name in ("models/staging/webshop", "tests"):
        shutil.rmtree(project.project_dir / name)
    output = {"type": "postgres", "schema": schema, "port": 5432} | {
        key: f"{{{{ env_var('SEGMENTATION_PG_{name}') }}}}"
        for key, name in (
            *(("host", "HOST"), ("user", "USER"), ("password", "PASSWORD")),
            ("dbname", "DATABASE"),
        )
    }
    outputs = {"target": "postgres", "outputs": {"postgres": output}}
    (project.project_dir / "profiles.yml").write_text(
        yaml.safe_dump({"teahouse": outputs})
    )
    return project


def build(project: DbtProject, *options: str) -> DbtResult:
    """Run `dbt build` in the project's folder, where the path of its file starts."""
    parse = SharedParse(project.artifacts, (str(EXAMPLE),))
    parse.take()
    with chdir(project.project_dir):
        result = project.build(*options)
    parse.give()
    return result


def change_settings(project_dir: Path, **settings: Any) -> None:
    """Set variables in dbt_project.yml, as an adopter does."""
    path = project_dir / "dbt_project.yml"
    content = yaml.safe_load(path.read_text())
    content["vars"].update(settings)
    path.write_text(yaml.safe_dump(content))


def segment(project: DbtProject, *words: str) -> Result:
    """Run the command `segment` in the project's folder, without further options."""
    environment = {**project.environment, "DBT_TARGET_PATH": str(project.artifacts)}
    SharedParse(project.artifacts / "doctor", (str(EXAMPLE),)).take()
    with chdir(project.project_dir), path_not_compared():
        return CliRunner().invoke(cli, words, env=environment)
