"""Refusals of value training."""

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
