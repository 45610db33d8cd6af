"""What an export says of itself: `manifest.json` beside one Parquet file per table.

A file is named after the hash of its bytes. The manifest is replaced last, so that at
any moment it names files that are there and complete.
"""

import json
import re
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path

from segmentation.ledger.errors import NoExportError

MANIFEST = "manifest.json"
FORMAT = "segmentation ledger 1"
DATA_FILE = re.compile(r"^[a-z_][a-z0-9_]*\.[0-9a-f]{16}\.parquet$")


@dataclass(frozen=True)
class ExportedTable:
    """One table of an export.

    Attributes:
        table: Name of the recorded table.
        columns: Name and DuckDB type of each column, in order.
        row_count: Number of rows.
        content_hash: SHA-256 of the file's bytes, in hex.
    """

    table: str
    columns: tuple[tuple[str, str], ...]
    row_count: int
    content_hash: str

    @property
    def file(self) -> str:
        """Name of its file in the folder."""
        return f"{self.table}.{self.content_hash[:16]}.parquet"


@dataclass(frozen=True)
class Manifest:
    """All tables of one export.

    Attributes:
        project_version: Version of the package that wrote it.
        exported_at: When, UTC, as ISO 8601 text.
        tables: Its tables, by name.
    """

    project_version: str
    exported_at: str
    tables: tuple[ExportedTable, ...]

    def text(self) -> str:
        """The manifest as JSON text."""
        tables = [
            {**asdict(table), "columns": [list(column) for column in table.columns]}
            for table in self.tables
        ]
        content = {"format": FORMAT, **asdict(self), "tables": tables}
        return json.dumps(content, indent=2) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of an export.

    Raises:
        NoExportError: There is none, or it is something else.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise NoExportError(folder, f"no {MANIFEST}")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise NoExportError(folder, f"a {MANIFEST} of format {content['format']}")
        manifest = Manifest(
            str(content["project_version"]),
            str(content["exported_at"]),
            tuple(
                ExportedTable(
                    str(table["table"]),
                    tuple((str(name), str(kind)) for name, kind in table["columns"]),
                    int(table["row_count"]),
                    str(table["content_hash"]),
                )
                for table in content["tables"]
            ),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise NoExportError(folder, f"a {MANIFEST} of something else") from error
    for table in manifest.tables:
        if not DATA_FILE.match(table.file):
            raise NoExportError(folder, f"a {MANIFEST} that names {table.file!r}")
    return manifest


def hash_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
