"""Lets dbt resolve the identities in schemas of their own, beside those of a build."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import yaml
from dbt.adapters.factory import reset_adapters
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import HookNode, ModelNode

from segmentation.doctor.messages import sentences
from segmentation.doctor.project import Project
from segmentation.identity.diff_errors import DryRunFailedError, SchemaNotApartError
from segmentation.profiles import Profile

PREFIX = "segmentation_diff_"
SELECTED = ("identity__customer_map", "input__orders")
BUILT = ("model", "seed")
FAILED = ("error", "fail", "runtime error")


def schema_of(profile: Profile) -> str:
    """Return the schema that stands in for the target's; others begin with it."""
    return PREFIX + str(profile.output.get("schema", "main"))


def resolve(profile: Profile, project: Project, variables: str | None) -> Manifest:
    """Build identities and orders in schemas of their own; nothing is published.

    Args:
        profile: The profile that dbt would use.
        project: The project, parsed with this profile.
        variables: What dbt would get as `--vars`, if anything.

    Returns:
        dbt's manifest, which says where the tables are.

    Raises:
        SchemaNotApartError: The project's settings would put one elsewhere.
        DryRunFailedError: dbt could not build them.
    """
    # A folder of its own: `segment publish` reads how the last build ended.
    target = os.environ.get("DBT_TARGET_PATH", "target")
    artifacts = profile.project_dir / target / "diff"
    state = artifacts / "before"
    state.mkdir(parents=True, exist_ok=True)
    project.manifest.writable_manifest().write(str(state / "manifest.json"))
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        _write_profile(profile, Path(folder))
        options = ["--project-dir", str(profile.project_dir)]
        options += ["--profiles-dir", folder, "--target", profile.target]
        options += ["--target-path", str(artifacts), "--log-path", str(artifacts)]
        options += ["--log-level", "none", "--log-level-file", "none"]
        if variables is not None:
            options += ["--vars", variables]
        try:
            with chdir(profile.project_dir):
                manifest = _checked(dbtRunner().invoke(["parse", *options])).result
                assert isinstance(manifest, Manifest)
                _check_schemas(manifest, schema_of(profile))
                _remove_endings(manifest)
                words = ["build", "--fail-fast", "--select"]
                words += [f"+{name}" for name in SELECTED]
                # A snapshot was recorded: it is read where the build reads it.
                words += ["--defer", "--state", str(state), "--favor-state"]
                for kind in BUILT:
                    words += ["--resource-type", kind]
                _checked(dbtRunner(manifest=manifest).invoke([*words, *options]))
        finally:
            # dbt keeps the file open, and a process opens it in one way only.
            reset_adapters()
    return manifest


def _write_profile(profile: Profile, folder: Path) -> None:
    """Write the profile with another schema, its passwords still expressions."""
    source = profile.profiles_dir / "profiles.yml"
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    content[profile.name]["outputs"][profile.target]["schema"] = schema_of(profile)
    (folder / "profiles.yml").write_text(yaml.safe_dump(content), encoding="utf-8")


def _check_schemas(manifest: Manifest, prefix: str) -> None:
    home = None
    for node in _selected(manifest):
        home = home or node.database
        is_apart = f"{node.schema}_".lower().startswith(f"{prefix}_".lower())
        if not is_apart or node.database != home:
            found = f"the schema {node.schema} of the database {node.database}"
            raise SchemaNotApartError(node.name, found, prefix)


def _selected(manifest: Manifest) -> Iterator[Any]:
    """Yield what the dry run builds: the two tables and all they rest on."""
    todo = [f"model.segmentation.{name}" for name in SELECTED]
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


def _remove_endings(manifest: Manifest) -> None:
    """Take the hooks at the end of a run out: they publish and record."""
    for unique_id, node in list(manifest.nodes.items()):
        if isinstance(node, HookNode) and "on-run-end" in node.tags:
            del manifest.nodes[unique_id]


def _checked(outcome: dbtRunnerResult) -> dbtRunnerResult:
    if outcome.success:
        return outcome
    reasons = list(sentences(str(outcome.exception))) if outcome.exception else []
    if isinstance(outcome.result, RunExecutionResult):
        reasons += [
            f"{result.node.name}: {result.message}"
            for result in outcome.result.results
            if result.status in FAILED
        ]
    raise DryRunFailedError(reasons)
