"""Writes CSV files of an export in parts, each with its consents, and reads them back.

UTF-8 without a byte order mark, which platforms would take for a part of the first
header; lines end with a line feed.
"""

import csv
import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from segmentation.export.cells import line, neutralised, restored
from segmentation.export.manifest import ExportedFile
from segmentation.release.files import OWNER_ONLY

CONSENTS = "consents"


@dataclass(frozen=True)
class Line:
    """What one line holds.

    Attributes:
        cells: Its cells, neutralised.
        consents: Key of the row and the consents that allow it; null where it needs
            none.
    """

    cells: Sequence[str]
    consents: tuple[str, str] | None = None


@dataclass(frozen=True)
class Layout:
    """What the files of one kind have in common.

    Attributes:
        content: What they hold, which is the first part of their names.
        header: Names of the columns; empty for a file without.
        consents_header: The same for their consents; empty where there are none.
        maximum_rows: Most lines in one file; null for no limit.
    """

    content: str
    header: Sequence[str]
    consents_header: Sequence[str] = ()
    maximum_rows: int | None = None


def write_parts(
    folder: Path, layout: Layout, lines: Iterable[Line]
) -> list[ExportedFile]:
    """Write lines into numbered files, `add-001.csv` and so on, at least one.

    Returns:
        What was written, each file followed by its consents.
    """
    written: list[ExportedFile] = []
    remaining = iter(lines)
    following = next(remaining, None)
    number = 0
    while following is not None or number == 0:
        number += 1
        name = f"{layout.content}-{number:03d}"
        with ExitStack() as opened:
            part = opened.enter_context(_Part(folder / f"{name}.csv", layout.header))
            consents = None
            if layout.consents_header:
                path = folder / f"{name}.{CONSENTS}.csv"
                consents = opened.enter_context(_Part(path, layout.consents_header))
            while following is not None and part.rows != layout.maximum_rows:
                part.write(following.cells)
                if consents is not None and following.consents is not None:
                    consents.write([neutralised(cell) for cell in following.consents])
                following = next(remaining, None)
        written.append(part.exported(layout.content))
        if consents is not None:
            written.append(consents.exported(CONSENTS))
    return written


def read_export(path: Path) -> list[list[str]]:
    """Read a file of an export: every text as it was before it was neutralised.

    Returns:
        Its lines, the header, where it has one, as the first.
    """
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, strict=True)
        return [[restored(cell) for cell in cells] for cells in lines]


class _Part:
    """A new file that is written line by line, readable by its owner alone."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self.rows = 0
        self._path = path
        self._header = header
        self._hash = sha256()

    def __enter__(self) -> Self:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self._file = os.fdopen(os.open(self._path, flags, OWNER_ONLY), "wb")
        if self._header:
            self._put(self._header)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._file:
            self._file.flush()
            os.fsync(self._file.fileno())

    def write(self, cells: Sequence[str]) -> None:
        """Write a line."""
        self._put(cells)
        self.rows += 1

    def exported(self, content: str) -> ExportedFile:
        """Return what was written."""
        return ExportedFile(
            self._path.name,
            content,
            bool(self._header),
            self.rows,
            self._hash.hexdigest(),
        )

    def _put(self, cells: Sequence[str]) -> None:
        text = line(cells).encode()
        self._hash.update(text)
        self._file.write(text)
