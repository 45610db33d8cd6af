"""Refusals of `segment refresh` that come before the build."""

from pathlib import Path

from segmentation.errors import SegmentationError, sentence


class RefreshLockedError(SegmentationError):
    """Another refresh of the same warehouse runs."""

    def __init__(self, what: Path | str, holder: str, waited_seconds: float) -> None:
        waited = f" and waited {waited_seconds:g} s in vain" if waited_seconds else ""
        super().__init__(
            f"Found {what} locked by {holder}; expected no other refresh of this "
            f"warehouse{waited}. Nothing was run. Let that one end and run the command "
            "again, or have it wait with --wait SECONDS. The lock ends with its "
            "process: nothing need be removed."
        )


class LockUnusableError(SegmentationError):
    """The lock file cannot be opened or locked."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be locked: {sentence(reason)} Expected a folder that "
            "exists, in which this user may write, on a file system with locks. "
            "Create it, or correct the path in the profile."
        )
