"""Refusals of the commands about rules."""

from collections.abc import Iterable, Sequence
from datetime import date

from segmentation.errors import SegmentationError


class SegmentsNotBuiltError(SegmentationError):
    """The warehouse does not hold the tables of a whole build."""

    def __init__(self, warehouse: str, missing: Iterable[str]) -> None:
        super().__init__(
            f"Found no {', '.join(sorted(missing))} in {warehouse}; expected the "
            "tables of a build with the rules that are in use. Run `dbt build`, then "
            "change the rules and run this command."
        )


class BuildNotWholeError(SegmentationError):
    """The last build did not write every table that later builds go on from."""

    def __init__(self) -> None:
        super().__init__(
            "Found a last build that failed, was killed or selected some models; "
            "expected one that wrote all of them, as features and codes must be of one "
            "build. Run `dbt build` without --select, then this command."
        )


class OtherDateError(SegmentationError):
    """The variables ask for another date than the last build stands at."""

    def __init__(self, found: str, built: date) -> None:
        super().__init__(
            f"Found segmentation_as_of {found} in --vars; expected {built}, the date "
            "of the last build, as features are taken from it. Leave it out, or run "
            "`dbt build` with that date first."
        )


class FeaturesChangedError(SegmentationError):
    """What features are made of is not what it was in the last build."""

    def __init__(self) -> None:
        super().__init__(
            "Found other settings, models or macros of state before the segments than "
            "in the last build; expected a change of rules, tiers and seeds of "
            "parameters alone, as all else is taken from that build. Give its "
            "variables, such as --vars 'segmentation_dataset: omnichannel', or run "
            "`dbt build` with the old rules first."
        )


class SeedChangedError(SegmentationError):
    """A seed differs on which customers or their records rest."""

    def __init__(self, seeds: Sequence[str], model: str) -> None:
        super().__init__(
            f"Found other rows in {', '.join(seeds)} than in the last build; expected "
            f"none that {model} rests on, as who is who is taken from that build. Run "
            "`dbt build` with the seeds as they are and the old rules first; `segment "
            "diff identity` says what they do."
        )


class RevenueMissingError(SegmentationError):
    """A limit on revenue cannot be checked without any."""

    def __init__(self) -> None:
        super().__init__(
            "Found no revenue in the 90 days to the as-of date; expected some, as "
            "--max-revenue-share is a share of it. Use --max-customer-share."
        )


class TooManyMoversError(SegmentationError):
    """More moves than the limit allows."""

    def __init__(self, what: str, found: float, most: float) -> None:
        super().__init__(
            f"Found {found:.4%} of {what} with customers whose code of some set "
            f"changes; expected {most:.4%} at most. Look at the list: raise the limit "
            "if the change is meant, else correct the rules."
        )


class GatesFailError(SegmentationError):
    """Gates of the definitions fail on the rules as they stand."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__("\n".join(messages))
