"""Where the served files lie."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segmentation.errors import SegmentationError, UnsupportedWarehouseError
from segmentation.profiles import Profile

PLUGIN_MODULE = "segmentation.dbt_plugin"
_NO_FILE = re.compile(r"^($|:memory:|[a-z][a-z0-9+]+:)")


class PublishError(SegmentationError):
    """Publishing cannot go on; the served files are as they were."""


class NoPlaceToPublishError(PublishError):
    """The served files have no usable paths."""


@dataclass(frozen=True)
class ServedPaths:
    """Absolute paths of the two served files."""

    serving: Path
    activation: Path


@dataclass(frozen=True)
class PublishSettings:
    """What the profile says about publishing.

    Attributes:
        folder: Where relative paths start: the folder of the dbt project.
        warehouse: Path of the warehouse as the profile gives it.
        serving: Path of the file for BI; null means beside the warehouse.
        activation: Path of the file for exports; null means beside the warehouse.
    """

    folder: Path
    warehouse: str
    serving: str | None = None
    activation: str | None = None

    @classmethod
    def from_config(
        cls, folder: Path, warehouse: str, config: Mapping[str, Any]
    ) -> "PublishSettings":
        """Read the plugin's `config` block; an empty text counts as not set."""
        serving, activation = config.get("serving"), config.get("activation")
        return cls(folder, warehouse, serving or None, activation or None)

    @classmethod
    def from_profile(cls, profile: Profile) -> "PublishSettings":
        """Read what dbt hands to the plugin with this profile.

        Raises:
            UnsupportedWarehouseError: The target is not DuckDB.
        """
        if profile.adapter != "duckdb":
            found = f"of type {profile.adapter or 'unknown'}"
            raise UnsupportedWarehouseError(found, "a DuckDB file")
        warehouse = str(profile.output.get("path", ":memory:"))
        config = profile.plugin_config(PLUGIN_MODULE)
        return cls.from_config(profile.project_dir, warehouse, config)

    def paths(self) -> ServedPaths:
        """Resolve both paths.

        Raises:
            NoPlaceToPublishError: The warehouse is no local file and a path is
                missing, or two of the three files are one.
        """
        has_file = not _NO_FILE.match(self.warehouse)
        warehouse = self._resolved(self.warehouse) if has_file else None
        paths = ServedPaths(
            self._served("serving", self.serving, warehouse),
            self._served("activation", self.activation, warehouse),
        )
        files = [paths.serving, paths.activation, *([warehouse] if warehouse else [])]
        if len(set(files)) < len(files):
            listed = ", ".join(str(file) for file in files)
            raise NoPlaceToPublishError(
                "not released: serving, activation and warehouse must be different "
                f"files, found {listed}. Change `serving` or `activation` in the "
                f"config of the plugin {PLUGIN_MODULE} in profiles.yml"
            )
        return paths

    def _served(
        self, role: str, configured: str | None, warehouse: Path | None
    ) -> Path:
        if configured is not None:
            return self._resolved(configured)
        if warehouse is not None:
            return warehouse.with_name(f"{role}.duckdb")
        raise NoPlaceToPublishError(
            f"not released: the warehouse `{self.warehouse}` is no local file that "
            f"{role}.duckdb could lie beside. Set `{role}` to a path in the config of "
            f"the plugin {PLUGIN_MODULE} in profiles.yml, or use a file as warehouse"
        )

    def _resolved(self, path: str) -> Path:
        return (self.folder / Path(path).expanduser()).resolve()
