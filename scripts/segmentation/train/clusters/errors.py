"""Refusals of the training of clusters."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from segmentation.errors import SegmentationError
from segmentation.train.errors import BUILD


class InputsMissingError(SegmentationError):
    """The warehouse holds no inputs of clusters."""

    def __init__(self, warehouse: str, tables: Iterable[str]) -> None:
        super().__init__(
            f"Found no {' and no '.join(tables)} in {warehouse}; expected the "
            f"customers of a build. {BUILD}"
        )


class HistoryTooShortError(SegmentationError):
    """The panel has no three dates that are far enough apart."""

    def __init__(self, dates: Iterable[date], days: int) -> None:
        listed = ", ".join(day.isoformat() for day in dates) or "no date"
        super().__init__(
            f"Found customers at {listed}; expected three dates {days} days or more "
            "apart, as weights are learned on one quarter and judged on the next. Set "
            "segmentation_history_months to 7 or more and build again, or wait until "
            "the data cover nine months."
        )


class TooFewCustomersError(SegmentationError):
    """There are too few customers to look for clusters among them."""

    def __init__(self, found: int, expected: int) -> None:
        super().__init__(
            f"Found {found:,} customers whose inputs are known at each date that is "
            f"read; expected {expected:,} or more. Wait for more, or train without "
            "--check: where the gate refuses, rules fill the set."
        )


class NotPublishedError(SegmentationError):
    """There are no clusters to check."""

    def __init__(self, file: Path, dataset: str, set_name: str) -> None:
        super().__init__(
            f"Found no clusters of {dataset} for the set {set_name} in {file}; "
            "expected a published version. Train without --check first."
        )


class ClustersDriftedError(SegmentationError):
    """Published clusters are no longer those of the customers."""

    def __init__(self, version: str, as_of: date, failures: Iterable[str]) -> None:
        super().__init__(
            f"Found that version {version} no longer holds at {as_of}: "
            f"{'; '.join(failures)}; expected no more than chance moves. Train without "
            "--check, then build again."
        )


class ParametersUnreadableError(SegmentationError):
    """A seed of clusters is not as training wrote it."""

    def __init__(self, file: Path, found: str, expected: str) -> None:
        super().__init__(
            f"Found {found} in {file}; expected {expected}. Take the file from the "
            "commit in which it was whole, then train again."
        )
