"""Refusals of the report, each with what was found, expected and what to do."""

from collections.abc import Collection
from pathlib import Path

from segmentation.errors import SegmentationError

_BUILD_FIRST = "Run `dbt build` first: a release writes this file."


class ReportError(SegmentationError):
    """Base of every refusal to write a report."""


class ServingFileMissingError(ReportError):
    """The served file does not exist."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Found no served file at {path}; expected the DuckDB file of the last "
            f"release. {_BUILD_FIRST} If it lies elsewhere, pass --serving."
        )


class ServingFileUnreadableError(ReportError):
    """The served file is no DuckDB file that can be opened."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"Found {path}, but it does not open as a DuckDB file ({reason}); expected "
            f"the file of the last release. {_BUILD_FIRST}"
        )


class ServingTableMissingError(ReportError):
    """The served file lacks tables that the report reads."""

    def __init__(
        self, path: Path, missing: Collection[str], found: Collection[str]
    ) -> None:
        names = ", ".join(sorted(found)) if found else "no table at all"
        super().__init__(
            f"Found {names} in {path}; expected also {', '.join(sorted(missing))}. "
            f"{_BUILD_FIRST} A build of selected models only does not release."
        )


class ServingColumnMissingError(ReportError):
    """A served table lacks columns that the report reads."""

    def __init__(self, path: Path, table: str, missing: Collection[str]) -> None:
        super().__init__(
            f"Found {table} in {path} without {', '.join(sorted(missing))}; expected "
            "the columns of this version of the project. Run `dbt build` with the "
            "same version of the project as this report."
        )
