"""Keeps files that were served before, beside those that are.

A kept file is a hard link to the served one: it costs no time and, until another
release is served, no room.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from segmentation.release import files
from segmentation.release.record import Rollback
from segmentation.release.served import KEPT_RELEASES, ROLES, SERVING, Release

FOLDER = "kept_releases"
INTENT = "rollback.json"
_SUFFIX = re.compile(r"\.([0-9]{6,})\.([^.]+)")


@dataclass(frozen=True, order=True)
class KeptFile:
    """An earlier version of a served file.

    Attributes:
        number: Its place in the order of keeping, from 1.
        run_id: Release that it holds.
        path: Where it lies.
    """

    number: int
    run_id: str
    path: Path


def kept_files(path: Path) -> list[KeptFile]:
    """List all that is kept of a served file, last kept first.

    A release may be there twice after a crash.
    """
    found = (
        (_SUFFIX.fullmatch(file.name, len(path.name)), file)
        for file in (path.parent / FOLDER).glob("*")
        if file.name.startswith(path.name)
    )
    return sorted(
        (KeptFile(int(match[1]), match[2], file) for match, file in found if match),
        reverse=True,
    )


class KeptFiles:
    """What is kept of the served files.

    Args:
        connection: Any connection; files are attached read-only for a moment.
        paths: The served file of each role.
    """

    def __init__(
        self, connection: DuckDBPyConnection, paths: Mapping[str, Path]
    ) -> None:
        self._connection = connection
        self._paths = paths
        self._intent = paths[SERVING].parent / FOLDER / INTENT

    def releases(self) -> list[Release]:
        """Releases of which both files are kept and readable, last kept first."""
        found = []
        for run_id in self._complete():
            paths = [self._file(role, run_id) for role in ROLES]
            first, *others = [files.read_release(self._connection, p) for p in paths]
            if first is not None and all(other == first for other in others):
                found.append(first)
        return found

    def keep(self, role: str) -> None:
        """Keep what a place holds, as the last one, before something replaces it."""
        path = self._paths[role]
        release = files.read_release(self._connection, path)
        if release is None:
            return
        kept = kept_files(path)
        last = kept[0] if kept else KeptFile(0, "", path)
        if last.run_id == release.run_id and last.path.samefile(path):
            return
        folder = path.parent / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        goal = folder / f"{path.name}.{last.number + 1:06d}.{release.run_id}"
        files.replace(files.link_next(path, goal), goal)
        for file in kept:
            if file.run_id == release.run_id:
                file.path.unlink()

    def serve(self, role: str, run_id: str) -> None:
        """Put a kept file in the place of what is served, at once for every reader."""
        path = self._paths[role]
        next_path = files.link_next(self._file(role, run_id), path)
        files.set_mode(next_path, path, role)
        files.replace(next_path, path)

    def prune(self, served: str) -> None:
        """Remove the oldest and what has no pair, never files of the served release."""
        others = [run_id for run_id in self._complete() if run_id != served]
        stay = {served, *others[:KEPT_RELEASES]}
        for path in self._paths.values():
            for file in kept_files(path):
                if file.run_id not in stay:
                    file.path.unlink()

    def remove_leftovers(self) -> None:
        """Remove what a killed run left half done among the kept files."""
        for path in self._paths.values():
            for leftover in (path.parent / FOLDER).glob(f"{path.name}.*.next-*"):
                leftover.unlink()

    def intend(self, rollback: Rollback) -> None:
        """Write down a rollback before its first step; the ledger has it at the end."""
        files.replace_text(self._intent, json.dumps(asdict(rollback), default=str))

    def intended(self) -> Rollback | None:
        """Rollback that was begun; null when none was, or when it cannot be ended."""
        if not self._intent.exists():
            return None
        read = json.loads(self._intent.read_text(encoding="utf-8"))
        at = datetime.fromisoformat(read.pop("rolled_back_at"))
        rollback = Rollback(rolled_back_at=at, **read)
        return rollback if rollback.run_id in self._complete() else None

    def forget(self) -> None:
        """Remove what was written down of a rollback."""
        self._intent.unlink(missing_ok=True)

    def _complete(self) -> list[str]:
        """Releases of which both files are kept, last kept first."""
        kept = {
            role: dict.fromkeys(file.run_id for file in kept_files(path))
            for role, path in self._paths.items()
        }
        return [run for run in kept[SERVING] if all(run in kept[role] for role in kept)]

    def _file(self, role: str, run_id: str) -> Path:
        kept = kept_files(self._paths[role])
        return next(file.path for file in kept if file.run_id == run_id)
