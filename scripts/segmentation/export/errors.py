"""Refusals of `segment export`; no folder of the final name was made."""

from collections.abc import Iterable
from pathlib import Path

from segmentation.errors import SegmentationError, sentence

_BUILD = "Run `dbt build` to its end, then run the command again."


class ExportError(SegmentationError):
    """An export cannot go on."""


class NothingReleasedError(ExportError):
    """There is no release to export."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"Found no release in {place}; expected what `dbt build` serves at its "
            f"end, on PostgreSQL `segment publish`. {_BUILD}"
        )


class ReleasesDifferError(ExportError):
    """What BI reads and what exports read are of two releases."""

    def __init__(self, serving: str, activation: str) -> None:
        super().__init__(
            f"Found release {activation} in what exports read and {serving} in what BI "
            "reads; expected one. A release is being written, or one was killed. "
            f"{_BUILD}"
        )


class ReleaseUnreadableError(ExportError):
    """The place of the release does not let itself be read."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"{place} cannot be read: {sentence(reason)} Expected a release that this "
            "user may read. Close what holds it or have the right granted, then run "
            "the command again."
        )


class TableNotReleasedError(ExportError):
    """The release lacks a table that the export needs."""

    def __init__(self, place: str, tables: Iterable[str]) -> None:
        super().__init__(
            f"The release in {place} has no {', '.join(sorted(tables))}; expected the "
            f"tables of this version of the project. {_BUILD}"
        )


class UnknownNameError(ExportError):
    """The release knows no such audience or platform."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        listed = ", ".join(sorted(set(known))) or "none"
        super().__init__(
            f"Found no {what} {name} in the release; it has {listed}. Name one of "
            "these, or declare it in segmentation_audiences and run `dbt build`."
        )


class NotExportedError(ExportError):
    """What was asked for by name is not to be sent."""

    def __init__(self, name: str, reasons: Iterable[str], advice: str) -> None:
        super().__init__(f"{name} is not exported: {'; '.join(reasons)}. {advice}")


class UnknownChangeNumberError(ExportError):
    """No change set has that number."""

    def __init__(self, since: int, last: int) -> None:
        super().__init__(
            f"Found --since {since}; expected a number from 0, which means all change "
            f"sets, to {last}, the last one of the release. Pass the change_number of "
            "the manifest of the last export. After a rollback, or with a new ledger, "
            "numbers start again below it: send --full then."
        )


class ContradictoryReleaseError(ExportError):
    """Tables of one release do not agree."""

    def __init__(self, audience: str, platform: str, found: str) -> None:
        super().__init__(
            f"{audience} on {platform}: found {found}. Nothing of it may be sent. "
            "Rebuild with `dbt build`; if it stays, the tables were changed by hand."
        )


class UnknownIdentifierError(ExportError):
    """A member is not what the platform's file can hold."""

    def __init__(self, audience: str, platform: str, found: str, expected: str) -> None:
        super().__init__(
            f"{audience} on {platform}: found {found}, expected {expected}. Correct "
            "the seed platform_rules and run `dbt build`."
        )


class UnsafeNameError(ExportError):
    """A name of the release cannot be part of the name of a folder."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Found the name {name!r} in the release, which cannot name a folder; "
            "expected letters, digits, points, dashes and underscores. Rename it."
        )


class FolderInTheWayError(ExportError):
    """Something else has the name of the export."""

    def __init__(self, folder: Path, found: str) -> None:
        super().__init__(
            f"Found {found} at {folder}; expected nothing, or the same export. It was "
            "left as it is. Move it away, or name another folder with --to."
        )


class ExportRunningError(ExportError):
    """Another export writes into the same folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"Found another export that writes into {folder}; expected none. Wait for "
            "its end, or name another folder with --to."
        )


class NoExportError(ExportError):
    """The folder is no complete export."""

    def __init__(self, folder: Path, found: str) -> None:
        super().__init__(
            f"Found {found} in {folder}; expected the manifest.json of a complete "
            "export. Do not send anything of it: export again."
        )


class DamagedExportError(ExportError):
    """A file is not what the manifest says of it."""

    def __init__(self, file: Path, found: str, expected: str) -> None:
        super().__init__(
            f"Found {found} in {file}; the manifest says {expected}. Do not send "
            "anything of the folder: copy it again, or export again."
        )
