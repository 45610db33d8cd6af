"""Lets dbt build models in schemas of their own, beside those of a build."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import HookNode, ModelNode, SnapshotNode

from segmentation.apart.errors import BuildApartFailedError, SchemaNotApartError
from segmentation.doctor.messages import sentences
from segmentation.doctor.project import PACKAGE
from segmentation.erase.key import hand_to_postgres
from segmentation.profiles import Profile

PREFIX = "segmentation_apart_"
BUILT = ("model", "seed")
TOMBSTONES = f"model.{PACKAGE}.input__tombstones"
FAILED = ("error", "fail", "runtime error")


def schema_of(profile: Profile) -> str:
    """Return the schema that stands in for the target's; others begin with it."""
    return PREFIX + str(profile.output.get("schema", "main"))


def is_apart(profile: Profile, schema: str) -> bool:
    """Whether a schema is one of a build apart."""
    return f"{schema}_".lower().startswith(f"{schema_of(profile)}_".lower())


def schema_of_build(profile: Profile, schema: str) -> str:
    """Return the schema of a build for which one of a build apart stands in."""
    own = str(profile.output.get("schema", "main"))
    return own + schema[len(schema_of(profile)) :]


@contextmanager
def profile_apart(profile: Profile) -> Iterator[Profile]:
    """Yield the profile with another schema, its passwords still expressions."""
    content = yaml.safe_load((profile.profiles_dir / "profiles.yml").read_text("utf-8"))
    content[profile.name]["outputs"][profile.target]["schema"] = schema_of(profile)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        (Path(folder) / "profiles.yml").write_text(yaml.safe_dump(content), "utf-8")
        yield replace(profile, profiles_dir=Path(folder))


def check_schemas(
    profile: Profile, manifest: Manifest, selected: Sequence[str]
) -> None:
    """Refuse a project that would put a table apart among those of a build.

    Args:
        profile: The profile that dbt would use.
        manifest: The project, parsed with another schema.
        selected: Models that are built, with all they rest on.

    Raises:
        SchemaNotApartError: The project's settings name another schema or database.
    """
    home = manifest.nodes[f"model.{PACKAGE}.{selected[0]}"].database
    for node in _selected(manifest, selected):
        if not is_apart(profile, node.schema) or node.database != home:
            found = f"the schema {node.schema} of the database {node.database}"
            raise SchemaNotApartError(node.name, found, schema_of(profile))


def build_apart(
    profile: Profile,
    apart: Profile,
    manifest: Manifest,
    given: str,
    selected: Sequence[str],
    *,
    alone: bool = False,
) -> None:
    """Build models in schemas of their own; nothing is published.

    Args:
        profile: The profile that dbt would use.
        apart: The same with another schema.
        manifest: The project, parsed with the latter; what must not run is taken out.
        given: What dbt would get as `--vars`.
        selected: Models and seeds to build, with all they rest on.
        alone: Without what they rest on: the manifest says where that is read.

    Raises:
        BuildApartFailedError: dbt could not build them.
    """
    for unique_id, node in list(manifest.nodes.items()):
        # The hooks at the end of a run publish and record.
        if isinstance(node, HookNode) and "on-run-end" in node.tags:
            del manifest.nodes[unique_id]
        # What was recorded is read where a build reads it: a snapshot, and whom to keep
        # out.
        elif (isinstance(node, SnapshotNode) or unique_id == TOMBSTONES) and is_apart(
            profile, node.schema
        ):
            schema = schema_of_build(profile, node.schema)
            if node.relation_name:
                node.relation_name = node.relation_name.replace(node.schema, schema)
            node.schema = schema
    hand_to_postgres()
    # A folder of its own: `segment publish` reads how the last build ended.
    target = os.environ.get("DBT_TARGET_PATH", "target")
    folder = str(profile.project_dir / target / "apart")
    # Failing fast would cut off the other thread, whose error could hide the cause.
    words = ["build", "--vars", given, "--select"]
    words += [name if alone else f"+{name}" for name in selected]
    for kind in BUILT:
        words += ["--resource-type", kind]
    words += ["--project-dir", str(profile.project_dir), "--target", profile.target]
    words += ["--profiles-dir", str(apart.profiles_dir), "--target-path", folder]
    words += ["--log-path", folder, "--log-level", "none", "--log-level-file", "none"]
    try:
        with chdir(profile.project_dir):
            _check(dbtRunner(manifest=manifest).invoke(words))
    finally:
        _let_go()


def _selected(manifest: Manifest, selected: Sequence[str]) -> Iterator[Any]:
    """Yield what is built: some tables and all they rest on."""
    todo = [f"model.{PACKAGE}.{name}" for name in selected]
    seen = set()
    while todo:
        unique_id = todo.pop()
        node = manifest.nodes.get(unique_id)
        if node is None or unique_id in seen:
            continue
        seen.add(unique_id)
        todo += node.depends_on_nodes
        is_ephemeral = (
            isinstance(node, ModelNode) and node.config.materialized == "ephemeral"
        )
        if node.resource_type in BUILT and not is_ephemeral:
            yield node


def _let_go() -> None:
    """Close what dbt keeps open: a process opens a DuckDB file in one way only."""
    reset_adapters()
    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()


def _check(outcome: dbtRunnerResult) -> None:
    if outcome.success:
        return
    reasons = list(sentences(str(outcome.exception))) if outcome.exception else []
    if isinstance(outcome.result, RunExecutionResult):
        reasons += [
            f"{result.node.name}: {result.message}"
            for result in outcome.result.results
            if result.status in FAILED
        ]
    raise BuildApartFailedError(reasons)
