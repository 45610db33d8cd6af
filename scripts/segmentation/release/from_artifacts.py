"""Publishes what the last dbt run built, outside that run: `segment publish`."""

import os
from pathlib import Path

from segmentation.connections import open_duckdb, open_postgres
from segmentation.errors import sentence
from segmentation.profiles import Profile
from segmentation.release.artifacts import read_manifest, run_from_artifacts
from segmentation.release.in_files import InFiles
from segmentation.release.in_schemas import InSchemas
from segmentation.release.publish import (
    Outcome,
    Publication,
    ReleaseRefusedError,
    publish,
)
from segmentation.release.schema_settings import SchemaSettings
from segmentation.release.settings import PublishError, PublishSettings
from segmentation.warehouse_tables import postgres_query


class ServerRefusedError(PublishError):
    """The PostgreSQL server did not carry out a statement of publishing."""


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
    if profile.adapter == "postgres":
        publication = _publish_on_postgres(profile, artifacts)
    else:
        publication = _publish_on_duckdb(profile, artifacts)
    if publication.outcome in {Outcome.PARTIAL, Outcome.NOTHING}:
        raise ReleaseRefusedError(publication.message)
    return publication


def _publish_on_duckdb(profile: Profile, artifacts: Path) -> Publication:
    settings = PublishSettings.from_profile(profile)
    with open_duckdb(profile) as connection:
        engine = InFiles(connection, settings)
        return publish(engine, run_from_artifacts(engine.query, artifacts, "duckdb"))


def _publish_on_postgres(profile: Profile, artifacts: Path) -> Publication:
    with open_postgres(profile) as connection:
        # The driver is there: the connection stands.
        import psycopg2

        query = postgres_query(connection)
        try:
            run = run_from_artifacts(query, artifacts, "postgres")
            settings = SchemaSettings.from_manifest(read_manifest(artifacts))
            publication = publish(InSchemas(query, settings), run)
            connection.commit()
            return publication
        except psycopg2.Error as error:
            raise ServerRefusedError(
                f"not released: PostgreSQL says: {sentence(str(error))} The served "
                "schemas are as they were. Correct it and run `segment publish` again"
            ) from error
