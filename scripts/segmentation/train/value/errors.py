"""Refusals of value training."""

from datetime import date
from pathlib import Path

from segmentation.errors import SegmentationError


class FitFailedError(SegmentationError):
    """A search for parameters did not settle."""

    def __init__(self, model: str, customers: int) -> None:
        super().__init__(
            f"Found no parameters of {model} at which the likelihood of {customers:,} "
            "customers is highest; expected one. Look for orders that are no orders "
            "(every customer on the same days, thousands by one), or train through "
            "another date."
        )


class TooFewBuyersError(SegmentationError):
    """Too few customers came back to learn from them."""

    def __init__(self, dataset: str, day: date, found: int, least: int) -> None:
        super().__init__(
            f"Found {found} customers of {dataset} who had come back by {day}; "
            f"expected at least {least}. Train through a later date with --through, "
            "name the data set with --dataset, or go without: segments then rest on "
            "rules alone."
        )


class ParametersMissingError(SegmentationError):
    """There is nothing published to compare with."""

    def __init__(self, file: Path, dataset: str) -> None:
        super().__init__(
            f"Found no parameters of {dataset} in {file}; expected published ones to "
            "compare with. Train without --check first."
        )


class SeedUnreadableError(SegmentationError):
    """A seed of value is not one of this version."""

    def __init__(self, file: Path, found: str, expected: str) -> None:
        super().__init__(
            f"Found {found} in {file}; expected {expected}. Correct the file, or move "
            "the seeds of value away and train every data set again."
        )


class DriftError(SegmentationError):
    """Published parameters no longer say what the data say."""

    def __init__(self, found: float, most: float) -> None:
        super().__init__(
            f"Found expected orders that differ by {found:.1%} between published and "
            f"trained parameters; expected {most:.0%} at most. Train without --check, "
            "then build again."
        )
