"""Opens the warehouse of a profile, outside of dbt, to serve its tables."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segmentation.connections import open_duckdb, open_postgres
from segmentation.errors import sentence
from segmentation.profiles import Profile
from segmentation.release.artifacts import read_manifest
from segmentation.release.engine import Engine
from segmentation.release.in_files import InFiles
from segmentation.release.in_schemas import InSchemas
from segmentation.release.schema_settings import SchemaSettings
from segmentation.release.settings import PublishError, PublishSettings
from segmentation.warehouse_tables import postgres_query


class ServerRefusedError(PublishError):
    """The PostgreSQL server did not carry out a statement of publishing."""


def artifacts_of(profile: Profile, target_path: Path | None) -> Path:
    """Return dbt's target folder; null means DBT_TARGET_PATH or `target`."""
    folder = target_path or Path(os.environ.get("DBT_TARGET_PATH", "target"))
    return profile.project_dir / folder


@contextmanager
def open_engine(profile: Profile, artifacts: Path) -> Iterator[Engine]:
    """Open the warehouse; on PostgreSQL all that is done is one transaction.

    Args:
        profile: The profile that dbt used.
        artifacts: dbt's target folder, which says where PostgreSQL serves.

    Raises:
        PublishError: The folder is no use, or the server refused a statement.
        SegmentationError: The warehouse cannot be opened.
    """
    if profile.adapter != "postgres":
        settings = PublishSettings.from_profile(profile)
        with open_duckdb(profile) as session:
            yield InFiles(session, settings)
        return
    with open_postgres(profile) as connection:
        # The driver is there: the connection stands.
        import psycopg2

        try:
            schemas = SchemaSettings.from_manifest(read_manifest(artifacts))
            yield InSchemas(postgres_query(connection), schemas)
            connection.commit()
        except psycopg2.Error as error:
            raise ServerRefusedError(
                f"not released: PostgreSQL says: {sentence(str(error))} The served "
                "schemas are as they were. Correct it and run the command again"
            ) from error
