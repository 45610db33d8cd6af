"""What is compared between two records, and what is known of it beforehand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """A comparison of two records, with levels from clearly different upwards.

    Attributes:
        name: Column of the pattern counts.
        levels: What each level means, level 0 first; the last is exact agreement.
        is_common_in_household: Whether persons of one household tend to agree, more
            than strangers do. Other values each person has independently.
        is_identifier: Whether strangers agree exactly once in all pairs at most.
        is_ordered: Whether a higher level should speak more for one person.
        is_flag: Whether it says something of an agreeing value, which random pairs
            show too rarely to learn it from them.
        is_common_among_strangers: Of a flag, whether blocks bring enough strangers
            together that agree.
        unordered_level: Level outside the order, as part of it is not observed.
        twin_share: Share of household pairs that agree because they are twins.
    """

    name: str
    levels: tuple[str, ...]
    is_common_in_household: bool = False
    is_identifier: bool = False
    is_ordered: bool = True
    is_flag: bool = False
    is_common_among_strangers: bool = False
    unordered_level: int | None = None
    twin_share: float = 0.0

    @property
    def size(self) -> int:
        """Number of levels."""
        return len(self.levels)

    @property
    def missing(self) -> int:
        """Level that stands for not observed."""
        return len(self.levels)


_SHARED = (
    "held by one first name",
    "held by several first names",
    "of a kind that is shared",
)

COMPARISONS = (
    Comparison(
        "first_name",
        ("different", "begins alike", "swapped with last", "similar", "equal"),
    ),
    Comparison(
        "last_name",
        ("different", "similar or swapped", "equal"),
        is_common_in_household=True,
    ),
    # About three of a hundred pairs of siblings are twins.
    Comparison(
        "birth_date",
        ("different", "two edits", "one edit", "equal"),
        twin_share=0.03,
    ),
    Comparison("gender", ("different", "equal"), is_ordered=False),
    Comparison(
        "address",
        (
            "different",
            "same place",
            "same place, street unknown",
            "similar street",
            "equal",
        ),
        is_common_in_household=True,
        # A street that is unknown contradicts less than one that only looks alike.
        unordered_level=2,
    ),
    Comparison(
        "email",
        ("different", "similar", "equal"),
        is_common_in_household=True,
        is_identifier=True,
    ),
    Comparison(
        "phone",
        ("different", "similar", "equal"),
        is_common_in_household=True,
        is_identifier=True,
    ),
    Comparison("national_id", ("different", "similar", "equal"), is_identifier=True),
    Comparison(
        "email_shared",
        _SHARED,
        is_common_in_household=True,
        is_ordered=False,
        is_flag=True,
    ),
    Comparison(
        "phone_shared",
        _SHARED,
        is_common_in_household=True,
        is_ordered=False,
        is_flag=True,
    ),
    Comparison(
        "name_frequency",
        ("rare name", "uncommon name", "common name", "very common name"),
        is_common_in_household=True,
        is_ordered=False,
        is_flag=True,
        is_common_among_strangers=True,
    ),
    Comparison(
        "inbox",
        ("different inboxes of one name", "similar inboxes of one name"),
        is_ordered=False,
        is_flag=True,
        is_common_among_strangers=True,
    ),
)

# Blocks of an identifier that a household may have in common.
SHARED_BLOCKS = ("email", "phone")

_LEVELS = {comparison.name: comparison.levels for comparison in COMPARISONS}


def meaning(comparison: str, level: int) -> str:
    """Return what a level of a comparison means, in words."""
    levels = _LEVELS.get(comparison, ())
    return levels[level] if level < len(levels) else f"level {level}"
