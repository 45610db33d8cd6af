"""Refusals of the question about a customer."""

from collections.abc import Iterable

from segmentation.errors import SegmentationError


class SegmentsMissingError(SegmentationError):
    """The warehouse does not hold the tables that an explanation needs."""

    def __init__(self, warehouse: str, lacking: Iterable[str]) -> None:
        super().__init__(
            f"Found no {', '.join(sorted(lacking))} in {warehouse}; expected the "
            "segment tables of a build. Run `dbt build` with this profile and target, "
            "then ask again."
        )


class CustomerUnknownError(SegmentationError):
    """Nobody is known by this name."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"Found no customer '{found}' in the last build; expected a customer_id of "
            "segments__customers, one that was merged since, or a record as SOURCE/ID, "
            "such as shop/4711. Correct it, or run `dbt build` if the customer is new."
        )
