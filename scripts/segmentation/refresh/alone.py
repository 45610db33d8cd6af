"""One command at a time that changes a warehouse and what is served of it."""

import contextlib
import time
from collections.abc import Callable, Iterator

from segmentation.profiles import Profile
from segmentation.refresh.lock import exclusive, lock_path
from segmentation.refresh.server_lock import exclusive_on_server


@contextlib.contextmanager
def alone(
    profile: Profile,
    command: str,
    wait_seconds: float = 0.0,
    on_wait: Callable[[str], None] = lambda _: None,
) -> Iterator[None]:
    """Hold the lock of this machine, and that of the server where there is one.

    Args:
        profile: The warehouse.
        command: Command line of this process, for those who find the lock taken.
        wait_seconds: How long to wait for another holder.
        on_wait: Gets a description of the holder once, before waiting.

    Raises:
        RefreshLockedError: Another process holds a lock and did not let go in time.
        SegmentationError: The lock file cannot be used, or the server not be reached.
    """
    deadline = time.monotonic() + wait_seconds
    with exclusive(lock_path(profile), command, wait_seconds, on_wait):
        if profile.adapter != "postgres":
            yield
            return
        left = max(deadline - time.monotonic(), 0.0)
        with exclusive_on_server(profile, left, on_wait):
            yield
