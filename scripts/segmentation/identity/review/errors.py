"""Refusals of the review."""

from collections.abc import Sequence
from pathlib import Path

from segmentation.errors import SegmentationError


class ReviewUnwritableError(SegmentationError):
    """A file cannot be written."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(
            f"{file} could not be written: {reason}. Expected a folder that this user "
            "may write to. Name another, or change its rights."
        )


class ReviewExistsError(SegmentationError):
    """The file to write is there already, perhaps with answers."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"Found {file}, which may hold answers; expected no such file. Take its "
            f"answers with --answers {file}, then remove it or name another."
        )


class AnswersUnreadableError(SegmentationError):
    """The file with answers, or the seed, is not what the review writes."""

    def __init__(self, file: Path, found: str, expected: str) -> None:
        super().__init__(
            f"Found {found} in {file}; expected {expected}. Save it as text with "
            "commas, in UTF-8 and with the columns that it had."
        )


class AnswersRefusedError(SegmentationError):
    """Some answers cannot be taken; nothing was written."""

    def __init__(self, file: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"- {problem}" for problem in problems)
        super().__init__(
            f"No answer of {file} was taken. Correct these and take it again:\n{lines}"
        )
