"""What an export says of itself, and whether its files are what it says."""

import csv
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

from segmentation.export.errors import DamagedExportError, NoExportError

MANIFEST = "manifest.json"
FORMAT = "segmentation export 1"


@dataclass(frozen=True)
class ExportedFile:
    """One file of an export.

    Attributes:
        name: In the folder.
        content: members, add, remove, rows, or consents, which is for own records.
        has_header: Whether its first line names the columns.
        rows: Lines without the header.
        sha256: SHA-256 of its bytes, in hex.
    """

    name: str
    content: str
    has_header: bool
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """One export.

    Attributes:
        release_id: Release that it is of, as in `measurement__releases`.
        as_of_date: Date that it stands at, as ISO 8601.
        audience: Code of the audience; null for the table of a channel.
        platform: Code of the platform; null likewise.
        table: Table of a channel; null for an audience.
        kind: include, exclude or seed; null for the table of a channel.
        status: Status of the audience; null likewise.
        mode: full or changes.
        since: Change set after which changes are told; null for a full export.
        change_number: Last change set that it holds, to pass as --since next time;
            null for the table of a channel.
        is_first_sync: Whether the platform held nothing of the audience before: then
            nobody in it is new to the company.
        files: Its files, by name.
    """

    release_id: str
    as_of_date: str
    audience: str | None
    platform: str | None
    table: str | None
    kind: str | None
    status: str | None
    mode: str
    since: int | None
    change_number: int | None
    is_first_sync: bool
    files: tuple[ExportedFile, ...]

    def text(self) -> str:
        """The manifest as JSON text."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2) + "\n"


def check_export(folder: Path) -> Manifest:
    """Check that a folder is a complete export, each file as it was written.

    Returns:
        Its manifest.

    Raises:
        NoExportError: It has no valid manifest.
        DamagedExportError: A file is missing, has other bytes or rows, or is not named.
    """
    manifest = read_manifest(folder)
    named = {MANIFEST, *(file.name for file in manifest.files)}
    for path in sorted(folder.iterdir()):
        if path.name not in named:
            raise DamagedExportError(path, "a file", "nothing of it")
    for file in manifest.files:
        _check(folder / file.name, file)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of an export.

    Raises:
        NoExportError: There is none, or it is something else.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise NoExportError(folder, f"no {MANIFEST}")
    try:
        content: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise NoExportError(folder, f"a {MANIFEST} of format {content['format']}")
        values = {name: content[name] for name in Manifest.__dataclass_fields__}
        values["files"] = tuple(ExportedFile(**file) for file in content["files"])
        manifest = Manifest(**values)
        names = [file.name for file in manifest.files]
    except (ValueError, KeyError, TypeError) as error:
        raise NoExportError(folder, f"a {MANIFEST} of something else") from error
    for name in names:
        if name != Path(name).name or name in {"..", MANIFEST} or names.count(name) > 1:
            raise NoExportError(folder, f"a {MANIFEST} that names {name!r}")
    return manifest


def _check(path: Path, file: ExportedFile) -> None:
    if not path.is_file():
        raise DamagedExportError(path, "no file", f"{file.rows} rows")
    with path.open("rb") as opened:
        found = file_digest(opened, "sha256").hexdigest()
    if found != file.sha256:
        raise DamagedExportError(path, f"bytes of SHA-256 {found}", file.sha256)
    with path.open(encoding="utf-8", newline="") as opened:
        rows = sum(1 for _ in csv.reader(opened)) - file.has_header
    if rows != file.rows:
        raise DamagedExportError(path, f"{rows} rows", f"{file.rows} rows")
