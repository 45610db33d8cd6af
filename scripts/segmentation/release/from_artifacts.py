"""Publishes what the last dbt run built, outside that run: `segment publish`."""

import os
from pathlib import Path

from segmentation.connections import open_duckdb
from segmentation.profiles import Profile
from segmentation.release.artifacts import run_from_artifacts
from segmentation.release.in_files import InFiles
from segmentation.release.publish import (
    Outcome,
    Publication,
    ReleaseRefusedError,
    publish,
)
from segmentation.release.settings import PublishSettings


def publish_from_run(profile: Profile, target_path: Path | None = None) -> Publication:
    """Publish what the last dbt run built, outside that run.

    Args:
        profile: The profile that dbt used.
        target_path: dbt's target folder; null means DBT_TARGET_PATH or `target`.

    Returns:
        What was done.

    Raises:
        PublishError: There is no finished run, or it forbids a release; a partial run
            does too, because somebody asked for a release.
        SegmentationError: The warehouse cannot be opened.
    """
    folder = target_path or Path(os.environ.get("DBT_TARGET_PATH", "target"))
    artifacts = profile.project_dir / folder
    publication = _publish_on_duckdb(profile, artifacts)
    if publication.outcome in {Outcome.PARTIAL, Outcome.NOTHING}:
        raise ReleaseRefusedError(publication.message)
    return publication


def _publish_on_duckdb(profile: Profile, artifacts: Path) -> Publication:
    settings = PublishSettings.from_profile(profile)
    with open_duckdb(profile) as connection:
        engine = InFiles(connection, settings)
        return publish(engine, run_from_artifacts(engine.query, artifacts, "duckdb"))
