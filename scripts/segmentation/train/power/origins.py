"""Chooses the dates: learn on one quarter, judge on the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

QUARTER_DAYS = 90


class TimeOverlapError(ValueError):
    """What is learned from is not over when judging starts."""


@dataclass(frozen=True)
class Period:
    """Codes of the day `start`, and what happened after it up to the day `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a period that does not go forward."""
        if self.end <= self.start:
            raise TimeOverlapError(
                f"Found a period from {self.start} to {self.end}; expected an end "
                "after the start."
            )


@dataclass(frozen=True)
class Origin:
    """A date at which layers are judged by what came after it.

    Attributes:
        learned: The period before it, whose outcome was known on that date.
        judged: The period after it.
    """

    learned: Period
    judged: Period

    def __post_init__(self) -> None:
        """Refuse to learn from anything that was not over on the date."""
        if self.learned.end > self.judged.start:
            raise TimeOverlapError(
                f"Found an outcome up to {self.learned.end} to learn from and codes "
                f"of {self.judged.start} to judge; expected one that is over by then."
            )


def find_origins(month_ends: Sequence[date]) -> tuple[Origin, ...]:
    """Walk back from the last month end in quarters of at least 90 days.

    Args:
        month_ends: Dates of the panel that end a month, in any order.

    Returns:
        Origins, the oldest first; their periods do not overlap. None when the panel
        holds fewer than three dates that far apart.
    """
    chain: list[date] = []
    for day in sorted(month_ends, reverse=True):
        if not chain or (chain[-1] - day).days >= QUARTER_DAYS:
            chain.append(day)
    periods = [Period(start, end) for start, end in pairwise(reversed(chain))]
    return tuple(Origin(learned, judged) for learned, judged in pairwise(periods))
