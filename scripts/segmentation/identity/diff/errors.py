"""Refusals of the dry run."""

from collections.abc import Iterable, Sequence

from segmentation.errors import SegmentationError


class NothingToCompareError(SegmentationError):
    """The warehouse holds no identities of a build."""

    def __init__(self, warehouse: str, missing: Iterable[str]) -> None:
        super().__init__(
            f"Found no {', '.join(missing)} in {warehouse}; expected the identities of "
            "a build to compare with. Run `dbt build` with the rules that are in use, "
            "then change them and run this command."
        )


class OtherDataError(SegmentationError):
    """The last build and the project as it stands have no source in common."""

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        super().__init__(
            f"Found records of {', '.join(before) or 'no source'} in the last build "
            f"and of {', '.join(after) or 'no source'} in the project as it stands; "
            "expected a source in common. Give the variables of the last build, such "
            "as --vars 'segmentation_dataset: omnichannel'."
        )


class RevenueMissingError(SegmentationError):
    """A limit on revenue cannot be checked without any."""

    def __init__(self) -> None:
        super().__init__(
            "Found no revenue in the orders as they stand; expected some, as "
            "--max-revenue-share is a share of it. Map orders, or use "
            "--max-customer-share."
        )


class TooMuchChangesError(SegmentationError):
    """More changes than the gate allows."""

    def __init__(self, what: str, found: float, most: float) -> None:
        super().__init__(
            f"Found {found:.4%} of {what} with customers that change; expected "
            f"{most:.4%} at most. Look at the list: raise the limit if the change is "
            "meant, else correct the rules."
        )
