"""Finds values in the bytes of files, thousands of them in one pass."""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1 << 24
_WINDOW = 8
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_BITS = 22


@dataclass(frozen=True)
class Hit:
    """A value that was found where it must not be.

    Attributes:
        place: File, or table and column.
        count: How often, at least.
    """

    place: str
    count: int


class Needles:
    """Values to look for in bytes: as UTF-8, as UTF-16 and as JSON writes them.

    Args:
        values: The values.
    """

    def __init__(self, values: Iterable[str]) -> None:
        forms = {form for value in values for form in _forms(value)}
        self.longest = max((len(form) for form in forms), default=1)
        self._short = sorted(form for form in forms if len(form) < _WINDOW)
        self._long: dict[bytes, list[bytes]] = {}
        for form in sorted(forms):
            if len(form) >= _WINDOW:
                self._long.setdefault(form[:_WINDOW], []).append(form)
        self._marked = np.zeros(1 << _BITS, dtype=np.bool_)
        if self._long:
            beginnings = np.frombuffer(b"".join(self._long), dtype="<u8")
            self._marked[_places(beginnings)] = True

    def count_in(self, data: bytes) -> int:
        """Count values in some bytes; one may be counted as part of another."""
        found = sum(data.count(form) for form in self._short)
        if not self._long:
            return found
        for shift in range(_WINDOW):
            length = (len(data) - shift) // _WINDOW
            if length <= 0:
                break
            words = np.frombuffer(data, dtype="<u8", count=length, offset=shift)
            for index in np.flatnonzero(self._marked[_places(words)]):
                start = shift + int(index) * _WINDOW
                for form in self._long.get(data[start : start + _WINDOW], ()):
                    found += data.startswith(form, start)
        return found

    def count_in_file(self, path: Path) -> int:
        """Count values in a file; what lies across two pieces is found too."""
        found, tail = 0, b""
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                data = tail + piece
                kept = min(len(data), self.longest - 1)
                found += self.count_in(data) - (self.count_in(tail) if tail else 0)
                tail = data[len(data) - kept :]
        return found


def scan_files(paths: Iterable[Path], needles: Needles) -> tuple[list[Hit], int, int]:
    """Look for values in files.

    Returns:
        What was found; how many files and how many bytes were read.
    """
    hits, files, size = [], 0, 0
    for path in paths:
        files += 1
        size += path.stat().st_size
        if count := needles.count_in_file(path):
            hits.append(Hit(str(path), count))
    return hits, files, size


def files_below(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield each file once, those in folders too; what is not there is left out."""
    seen = set()
    for path in paths:
        below = sorted(path.rglob("*")) if path.is_dir() else [path]
        for each in below:
            if each.is_file() and not each.is_symlink() and each not in seen:
                seen.add(each)
                yield each


def redact(path: Path, needles: Needles) -> None:
    """Put a word in place of each line of a text file that holds a value."""
    lines = path.read_bytes().splitlines(keepends=True)
    left = [b"[erased]\n" if needles.count_in(each) else each for each in lines]
    temporary = path.with_name(f"{path.name}.next")
    temporary.write_bytes(b"".join(left))
    shutil.copymode(path, temporary)
    temporary.replace(path)


def _forms(value: str) -> Sequence[bytes]:
    return (
        value.encode(),
        value.encode("utf-16-le"),
        json.dumps(value)[1:-1].encode(),
    )


def _places(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (words * _FACTOR) >> np.uint64(64 - _BITS)
