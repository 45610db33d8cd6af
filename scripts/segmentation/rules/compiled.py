"""Lets dbt write the SQL of an analysis; no connection is opened."""

import os
from contextlib import chdir

from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from segmentation.doctor.messages import sentences
from segmentation.doctor.project import PACKAGE, ProjectBrokenError
from segmentation.profiles import Profile


def compiled_sql(
    profile: Profile, manifest: Manifest, analysis: str, given: str
) -> str:
    """Return the SQL of an analysis.

    Args:
        profile: The profile whose schemas the SQL names.
        manifest: The parsed project.
        analysis: Name of the analysis.
        given: What dbt would get as `--vars`.

    Raises:
        ProjectBrokenError: dbt cannot compile it.
    """
    # A folder of its own: `segment publish` reads how the last build ended.
    target = os.environ.get("DBT_TARGET_PATH", "target")
    folder = str(profile.project_dir / target / "doctor")
    words = ["compile", "--select", analysis, "--vars", given, "--no-introspect"]
    words += ["--no-populate-cache", "--no-write-json", "--target", profile.target]
    words += ["--project-dir", str(profile.project_dir), "--target-path", folder]
    words += ["--profiles-dir", str(profile.profiles_dir), "--log-path", folder]
    words += ["--log-level", "none", "--log-level-file", "none"]
    with chdir(profile.project_dir):
        outcome = dbtRunner(manifest=manifest).invoke(words)
    results = (
        outcome.result.results if isinstance(outcome.result, RunExecutionResult) else []
    )
    # A project may have an analysis of the same name.
    own = [each for each in results if each.node.package_name == PACKAGE]
    if not outcome.success or not own:
        text = str(outcome.exception or "")
        text += "\n".join(result.message or "" for result in results)
        raise ProjectBrokenError(list(sentences(text)))
    return str(getattr(own[0].node, "compiled_code", None) or "")
