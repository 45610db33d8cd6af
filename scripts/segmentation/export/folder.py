"""Folders that are there whole or not at all, and never change."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from segmentation.export.errors import ExportRunningError, FolderInTheWayError
from segmentation.release.files import flush

OWNER_FOLDER = 0o700
WRITTEN = "written"
UNCHANGED = "unchanged"
# Nobody else gives a folder such a name: what is left of one is removed.
_UNFINISHED = ".segment-export-"


@contextmanager
def exports_in(parent: Path) -> Iterator[None]:
    """Let nobody else export into a folder, and remove what a killed export left.

    The operating system holds the lock: it ends with the process, however that ends.

    Raises:
        FolderInTheWayError: A file has that name.
        ExportRunningError: Another export holds the lock.
    """
    if parent.exists() and not parent.is_dir():
        raise FolderInTheWayError(parent, "a file")
    parent.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
    descriptor = os.open(parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ExportRunningError(parent) from error
        for leftover in parent.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(leftover)
        yield
    finally:
        os.close(descriptor)


def write_folder(parent: Path, name: str, fill: Callable[[Path], None]) -> str:
    """Fill a new folder and give it its name; a folder of that name stays as it is.

    Args:
        parent: Folder that `exports_in` locked.
        name: Name of the folder.
        fill: Writes its files.

    Returns:
        WRITTEN, or UNCHANGED where a folder of that name holds the same bytes.

    Raises:
        FolderInTheWayError: Something else has that name.
    """
    final = parent / name
    temporary = Path(tempfile.mkdtemp(prefix=f"{_UNFINISHED}{name}-", dir=parent))
    try:
        fill(temporary)
        flush(temporary)
        if os.path.lexists(final):
            if not _are_equal(temporary, final):
                raise FolderInTheWayError(final, "something else")
            return UNCHANGED
        temporary.rename(final)
        flush(parent)
        return WRITTEN
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _are_equal(one: Path, other: Path) -> bool:
    """Whether two folders hold files of the same names and bytes."""
    if not other.is_dir() or other.is_symlink():
        return False
    names = sorted(path.name for path in one.iterdir())
    if names != sorted(path.name for path in other.iterdir()):
        return False
    return all(
        (other / name).is_file()
        and (one / name).read_bytes() == (other / name).read_bytes()
        for name in names
    )
