"""Refusals of a question about cut-offs."""

from collections.abc import Iterable

from segmentation.errors import SegmentationError


class WordsError(SegmentationError):
    """The words are not one or two conditions with values."""

    def __init__(self, found: Iterable[str]) -> None:
        super().__init__(
            f"Found '{' '.join(found)}'; expected CODE FEATURE VALUES once or twice, "
            "such as lifecycle.active overdue_ratio 2:5:0.5."
        )


class CodeUnknownError(SegmentationError):
    """No rule gives the code."""

    def __init__(self, found: str, known: Iterable[str]) -> None:
        super().__init__(
            f"Found the code {found}; expected one that a rule gives, as SET.CODE: "
            f"{', '.join(known)}."
        )


class TierCodeError(SegmentationError):
    """Tiers are cut at shares, not by a condition."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"Found the code {found}, which a share of buyers cuts; expected one that "
            "a rule gives. Change its top_share in segmentation_value_tiers and run "
            "`segment diff rules`."
        )


class ConditionMissingError(SegmentationError):
    """The rule compares the feature with no number."""

    def __init__(
        self, code: str, feature: str, own: Iterable[str], elsewhere: Iterable[str]
    ) -> None:
        listed = "; ".join(own) or "none"
        others = "; ".join(elsewhere)
        super().__init__(
            f"Found no condition of {code} that compares {feature} with a number; "
            f"expected one of its numeric conditions: {listed}."
            + (f" Other rules have: {others}." if others else "")
        )


class ConditionUnclearError(SegmentationError):
    """The rule compares the feature with several numbers."""

    def __init__(self, code: str, feature: str, found: Iterable[str]) -> None:
        super().__init__(
            f"Found several conditions of {code} on {feature}: {'; '.join(found)}; "
            f"expected one. Name its operator, such as {feature}.at_least; of two with "
            "one operator the rule needs one only."
        )


class ConditionTwiceError(SegmentationError):
    """Both conditions are the same."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"Found the condition {found} twice; expected two that differ. Leave one "
            "out."
        )


class ValuesError(SegmentationError):
    """The values are no grid."""

    def __init__(self, found: str, reason: str) -> None:
        super().__init__(
            f"Found the values '{found}', {reason}; expected FROM:TO:STEP with a step "
            "above 0, such as 2:5:0.5, or numbers with commas, such as 2,3,6."
        )


class GridTooLargeError(SegmentationError):
    """More points than a person can read."""

    def __init__(self, found: int, most: int) -> None:
        super().__init__(
            f"Found a grid of {found:,} points; expected {most} at most. Take larger "
            "steps."
        )


class TiersChangedError(SegmentationError):
    """Tiers are cut at other shares than in the last build."""

    def __init__(self) -> None:
        super().__init__(
            "Found other shares in segmentation_value_tiers than in the last build; "
            "expected the same, as tiers are taken from it. Run `dbt build` first, or "
            "put them back."
        )
