"""Refusals to write a brief: what was found, what was expected and what to do."""

from collections.abc import Iterable
from pathlib import Path

from segmentation.errors import SegmentationError


class ProfilesMissingError(SegmentationError):
    """The served file has no profiles, or those of another version."""

    def __init__(self, path: Path, missing: Iterable[str]) -> None:
        super().__init__(
            f"Found no {', '.join(sorted(missing))} in {path}; expected the profiles "
            "and playbook of this version. Run `dbt build` with it, then ask again."
        )


class SegmentUnknownError(SegmentationError):
    """No primary segment has this code."""

    def __init__(self, code: str, known: Iterable[str]) -> None:
        super().__init__(
            f"Found no primary segment '{code}' in the last release; expected one of "
            f"{', '.join(known)}. Correct it, or leave it out for all of them."
        )
