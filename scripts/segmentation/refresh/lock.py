"""One refresh of a warehouse at a time.

The operating system holds the lock, on an open file: it ends with the process, however
that ends, and a killed run leaves none behind. What the file says is for people only.
"""

import fcntl
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from segmentation.connections import duckdb_path
from segmentation.errors import UnsupportedWarehouseError
from segmentation.profiles import Profile
from segmentation.refresh.errors import LockUnusableError, RefreshLockedError

NAME = "refresh.lock"
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Holder:
    """Who holds the lock, as its file tells it.

    Attributes:
        pid: Process id.
        host: Machine that the process runs on.
        since: When it took the lock, UTC in ISO 8601.
        command: Its command line.
    """

    pid: int
    host: str
    since: str
    command: str

    @classmethod
    def this_process(cls, command: str) -> "Holder":
        """Describe the running process."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(os.getpid(), socket.gethostname(), now, command)

    def __str__(self) -> str:
        return (
            f"process {self.pid} on {self.host} since {self.since} (`{self.command}`)"
        )


def lock_path(profile: Profile) -> Path:
    """Return the file to lock: beside a DuckDB file, in dbt's target folder otherwise.

    The latter keeps apart the refreshes of one machine and project folder only. It is
    made where it is missing, as dbt would.
    """
    try:
        warehouse = duckdb_path(profile).resolve()
    except UnsupportedWarehouseError:
        target = profile.project_dir / os.environ.get("DBT_TARGET_PATH", "target")
        target.mkdir(parents=True, exist_ok=True)
        return target / f"{profile.name}.{profile.target}.{NAME}"
    return warehouse.with_name(f"{warehouse.name}.{NAME}")


@contextmanager
def exclusive(
    path: Path,
    command: str,
    wait_seconds: float = 0.0,
    on_wait: Callable[[str], None] = lambda _: None,
) -> Iterator[None]:
    """Hold the lock for the length of a block.

    Args:
        path: The file to lock; it stays there, empty.
        command: Command line of this process, for those who find the lock taken.
        wait_seconds: How long to wait for another holder.
        on_wait: Gets a description of the holder once, before waiting.

    Raises:
        RefreshLockedError: Another process holds the lock and did not let go in time.
        LockUnusableError: The file cannot be opened or locked.
    """
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise LockUnusableError(path, error.strerror or str(error)) from error
    with file:
        if not _taken(file, path):
            if wait_seconds > 0:
                on_wait(_held_by(file))
            _wait(file, path, wait_seconds)
        _write(file, json.dumps(asdict(Holder.this_process(command))))
        try:
            yield
        finally:
            _write(file, "")


def _wait(file: TextIO, path: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(POLL_SECONDS, left))
        if _taken(file, path):
            return
    raise RefreshLockedError(path, _held_by(file), seconds)


def _taken(file: TextIO, path: Path) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise LockUnusableError(path, error.strerror or str(error)) from error
    return True


def _held_by(file: TextIO) -> str:
    file.seek(0)
    try:
        return str(Holder(**json.loads(file.read())))
    except (ValueError, TypeError):
        # Read before the holder had written, or after it had cleared.
        return "another process"


def _write(file: TextIO, text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()
