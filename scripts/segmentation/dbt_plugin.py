"""dbt-duckdb plugin: gives the warehouse the SQL function that publishes.

The hook `publish_release` calls it as the last statement of a run, inside the process
that holds the warehouse. A refusal is a failing statement: dbt reports the hook as an
error and exits with 1.
"""

import json
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.events.functions import fire_event
from dbt_common.events.types import Note
from duckdb import DuckDBPyConnection
from duckdb.sqltypes import BLOB, VARCHAR

from segmentation.erase.key import PAD_FUNCTION, pad
from segmentation.release.announcement import announce
from segmentation.release.in_files import InFiles
from segmentation.release.publish import publish
from segmentation.release.run import run_from_payload
from segmentation.release.settings import PublishSettings

FUNCTION = "segmentation_publish"


class Plugin(BasePlugin):
    """Registers `segmentation_publish(payload)` on each connection."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Keep the plugin's config block; both paths in it are optional."""
        self._config = plugin_config
        self._credentials = self.creds or DuckDBCredentials()

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the function on a new connection."""

        def segmentation_publish(payload: str) -> str:
            run = run_from_payload(json.loads(payload))
            # A session of its own: this one is busy with the hook's statement.
            session = self._session(conn)
            try:
                publication = publish(InFiles(session, self._settings()), run)
            except Exception as error:
                announce(run, error)
                raise
            finally:
                session.close()
            announce(run, publication)
            fire_event(Note(msg=publication.message))
            return publication.message

        conn.create_function(
            FUNCTION, segmentation_publish, ["VARCHAR"], "VARCHAR", side_effects=True
        )
        conn.create_function(PAD_FUNCTION, pad, [VARCHAR], BLOB)

    def _settings(self) -> PublishSettings:
        # dbt works in the project's folder, where relative paths start.
        return PublishSettings.from_config(
            Path.cwd(), self._credentials.path, self._config
        )

    def _session(self, connection: DuckDBPyConnection) -> DuckDBPyConnection:
        """Start a session with the profile's settings, such as its time zone."""
        session = connection.cursor()
        for name, value in (self._credentials.settings or {}).items():
            literal = str(value).replace("'", "''")
            session.execute(f"set {name} = '{literal}'")
        return session
