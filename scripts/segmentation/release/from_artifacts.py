"""Publishes what the last dbt run built, outside that run: `segment publish`."""

from pathlib import Path

from segmentation.profiles import Profile
from segmentation.release.artifacts import run_from_artifacts
from segmentation.release.open_engine import artifacts_of, open_engine
from segmentation.release.publish import (
    Outcome,
    Publication,
    ReleaseRefusedError,
    publish,
)


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
    artifacts = artifacts_of(profile, target_path)
    with open_engine(profile, artifacts) as engine:
        run = run_from_artifacts(engine.query, artifacts, str(profile.adapter))
        publication = publish(engine, run)
    if publication.outcome in {Outcome.PARTIAL, Outcome.NOTHING}:
        raise ReleaseRefusedError(publication.message)
    return publication
