"""Refusals of the command: what was found, what was expected and what to do."""

from collections.abc import Iterable
from pathlib import Path


class SegmentationError(Exception):
    """Base of every refusal; the command prints its message without a traceback."""


class ProjectMissingError(SegmentationError):
    """No dbt project lies where one was looked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"Found no dbt_project.yml in {folder}; expected a dbt project. Run the "
            "command in the project's folder, or name it with --project-dir or "
            "DBT_PROJECT_DIR."
        )


class ProfileMissingError(SegmentationError):
    """No profiles.yml, or not this profile or target in it."""

    def __init__(self, what: str, where: str, known: Iterable[str]) -> None:
        listed = ", ".join(sorted(known)) or "nothing"
        super().__init__(
            f"Found {listed} in {where}; expected {what}. Add it, or choose another "
            "file with --profiles-dir or DBT_PROFILES_DIR, another target with "
            "--target or DBT_TARGET."
        )


class ProfileUnreadableError(SegmentationError):
    """A YAML file or a Jinja value of the profile cannot be read."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"{where} cannot be read: {sentence(reason)} Expected YAML whose Jinja "
            "uses env_var(), or var() with a default; correct it there."
        )


class UnsupportedWarehouseError(SegmentationError):
    """The command cannot open this kind of warehouse."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(
            f"The profile's target is {found}; this command works with {expected}. "
            "Choose another target with --target."
        )


class WarehouseLockedError(SegmentationError):
    """Another process has the DuckDB file open."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(
            f"{path} is open in {holder}. DuckDB lets one process write at a time: "
            "wait until it is done or close it, then run the command again."
        )


class WarehouseDamagedError(SegmentationError):
    """The DuckDB file is not what DuckDB wrote."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} is damaged: {sentence(reason)} Expected a DuckDB file as it was "
            "written. Put a copy of it back; or move it away and load the raw data "
            "anew, and have `segment ledger import` bring back what no build can "
            "compute (docs/releases.md)."
        )


class WarehouseUnreachableError(SegmentationError):
    """The warehouse did not open."""

    def __init__(self, warehouse: str, reason: str) -> None:
        super().__init__(
            f"{warehouse} does not open: {sentence(reason)} Check the profile's values "
            "and the SEGMENTATION_ environment variables that they read."
        )


class ExtraMissingError(SegmentationError):
    """An optional Python package is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"The Python package {package} is not installed. Install it with "
            f"`pip install segmentation[{extra}]`."
        )


def sentence(reason: str) -> str:
    """Return another program's message as one sentence on one line."""
    return " ".join(reason.split()).rstrip(".") + "."
