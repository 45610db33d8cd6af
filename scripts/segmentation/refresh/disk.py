"""How much room the files of a warehouse take, and how much is left."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from segmentation.connections import duckdb_path
from segmentation.errors import SegmentationError
from segmentation.profiles import Profile
from segmentation.release.kept_files import kept_files
from segmentation.release.settings import PublishSettings

LOGS = "DBT_LOG_PATH"


@dataclass(frozen=True)
class Disk:
    """Bytes on disk, of files of this machine.

    Attributes:
        warehouse_bytes: The warehouse; null where it is no local file.
        served_bytes: Both served files; null like the others where there are none.
        kept_bytes: Files of earlier releases that are no served file too.
        log_bytes: What dbt logged; it begins a new file at 10 MB and keeps five.
        free_bytes: What the disk of the warehouse has left.
    """

    warehouse_bytes: int | None
    served_bytes: int | None
    kept_bytes: int | None
    log_bytes: int
    free_bytes: int


def measure(profile: Profile) -> Disk:
    """Measure them; what does not exist takes no room."""
    folder = profile.project_dir
    logs = folder / os.environ.get(LOGS, "logs")
    log_bytes = _bytes(logs.glob("dbt.log*"))
    try:
        warehouse = duckdb_path(profile).resolve()
        paths = PublishSettings.from_profile(profile).paths()
    except SegmentationError:
        free = shutil.disk_usage(folder).free
        return Disk(None, None, None, log_bytes, free)
    served = (paths.serving, paths.activation)
    kept = [file.path for path in served for file in kept_files(path)]
    served_bytes = _bytes(served)
    return Disk(
        warehouse_bytes=_bytes([warehouse]),
        served_bytes=served_bytes,
        kept_bytes=_bytes([*kept, *served]) - served_bytes,
        log_bytes=log_bytes,
        free_bytes=shutil.disk_usage(warehouse.parent).free,
    )


def _bytes(paths: Iterable[Path]) -> int:
    """Sum the sizes of files, each once under all of its names."""
    sizes = {}
    for path in paths:
        if path.exists():
            found = path.stat()
            sizes[found.st_dev, found.st_ino] = found.st_size
    return sum(sizes.values())
