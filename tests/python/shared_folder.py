"""Let the workers of one test run share what is costly to make: the first makes it.

folder = made_once("shop_release", build_it)  # build_it(folder) fills the folder

Nobody changes what it holds; who must takes a copy.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

# Names the folder of a test run; conftest sets it before the workers start.
VARIABLE = "TESTS_SHARED_FOLDER"


@cache
def _own_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="segmentation_")


def shared_root() -> Path:
    """Return the folder of this test run, or one of this process outside of pytest."""
    return Path(os.environ.get(VARIABLE) or _own_folder().name)


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder of that name, filled by the first process that asks.

    Args:
        name: What is in it; equal names are equal content.
        make: Fills the empty folder; when it fails, the next to ask tries again.
    """
    folder = shared_root() / name
    done = folder.with_name(f"{name}.done")
    with folder.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
