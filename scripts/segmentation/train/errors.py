"""Refusals of training."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from segmentation.errors import SegmentationError

BUILD = "Run `dbt build` with this profile and target, then train."


class PatternsMissingError(SegmentationError):
    """The warehouse holds no pattern counts."""

    def __init__(self, warehouse: str, table: str) -> None:
        super().__init__(
            f"Found no {table} in {warehouse}; expected the pattern counts of a build. "
            f"{BUILD}"
        )


class PatternsUnreadableError(SegmentationError):
    """The pattern counts are not those of this version."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(
            f"Found {found} in the pattern counts; expected {expected}, as this "
            f"version of the project builds them. {BUILD}"
        )


class DatasetUnknownError(SegmentationError):
    """No name of a data set, or one that cannot be a file's name."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"Found {found} as the name of the data set; expected letters, digits, "
            "hyphens, underscores and full stops, as in segmentation_dataset of "
            "dbt_project.yml. Name the data set with --dataset."
        )


class WeightsUnreadableError(SegmentationError):
    """The seed with the published weights is not one of this version."""

    def __init__(self, file: Path, found: str, expected: str) -> None:
        super().__init__(
            f"Found {found} in {file}; expected {expected}. Correct the file, or move "
            "it away and train every data set again."
        )


class WeightsMissingError(SegmentationError):
    """There are no published weights to compare with."""

    def __init__(self, file: Path, dataset: str) -> None:
        super().__init__(
            f"Found no weights of {dataset} in {file}; expected published ones to "
            "compare with. Train without --check first."
        )


class FilesUnwritableError(SegmentationError):
    """The seed or the model card cannot be written."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(
            f"{file} could not be written: {reason}. Expected a project folder that "
            "this user may write to. Change its rights, or train in a copy of the "
            "project with --project-dir."
        )


@dataclass(frozen=True)
class Refusal:
    """A gate that did not pass.

    Attributes:
        found: What was found.
        expected: What was expected.
        action: What to do.
    """

    found: str
    expected: str
    action: str


class TrainingRefusedError(SegmentationError):
    """One or more gates did not pass; nothing was written."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        lines = [
            f"- Found {refusal.found}; expected {refusal.expected}. {refusal.action}"
            for refusal in refusals
        ]
        super().__init__("\n".join(["Not trained, nothing was written.", *lines]))


class CurveNotShownError(SegmentationError):
    """The cells of an experiment show no response curve."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"No response curve can be fitted: {found}; expected cells at three spends "
            "above zero or more, with returns that level off. Try spends further "
            "apart, or state points of the curve in the seed response_curves."
        )
