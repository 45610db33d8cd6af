"""Which counts of people may be published, and in what form."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from segmentation.report.settings import DEFAULTS, ReportSettings

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Cell:
    """A count of people as published.

    Attributes:
        people: The count rounded to the step, or nothing where it is too small.
        status: `small` is under the smallest cell; `held` is large enough for its
            count, but its money would give a small cell's away by subtraction.
        bound: The smallest cell, for the words.
    """

    people: int | None
    status: Literal["shown", "small", "held"]
    bound: int

    @property
    def is_shown(self) -> bool:
        """Whether the count may be read."""
        return self.people is not None

    @property
    def has_money(self) -> bool:
        """Whether exact sums over these people may be read."""
        return self.status == "shown"

    @property
    def text(self) -> str:
        """The count in words for the page."""
        return f"fewer than {self.bound}" if self.people is None else f"{self.people:,}"

    @property
    def short(self) -> str:
        """The count for the inside of a grid, explained by the legend beside it."""
        return f"<{self.bound}" if self.people is None else f"{self.people:,}"


def publish_one(count: int, settings: ReportSettings = DEFAULTS) -> Cell:
    """Publish a count that is part of no partition."""
    if count < settings.smallest_cell:
        return Cell(None, "small", settings.smallest_cell)
    return Cell(_rounded(count, settings), "shown", settings.smallest_cell)


def publish(
    counts: Mapping[Key, int], settings: ReportSettings = DEFAULTS
) -> dict[Key, Cell]:
    """Publish the cells of a partition whose total is known.

    Small cells are hidden. Where the people in all hidden cells together are still
    fewer than the smallest cell, their money would follow from the total, so the money
    of the next smallest cells is held back too; their counts are rounded, which is
    protection enough. Empty cells hold nobody to protect.

    Args:
        counts: People by cell.
        settings: Smallest cell and rounding step.

    Returns:
        One published cell per key, in the order of `counts`.
    """
    cells = {key: publish_one(n, settings) for key, n in counts.items()}
    exposed = sum(n for key, n in counts.items() if not cells[key].is_shown)
    shown = [key for key, cell in cells.items() if cell.is_shown]
    for key in sorted(shown, key=lambda key: (counts[key], str(key))):
        if exposed == 0 or exposed >= settings.smallest_cell:
            break
        cells[key] = replace(cells[key], status="held")
        exposed += counts[key]
    return cells


def share_of(part: Cell, whole: Cell) -> float | None:
    """Share of published counts, so that it tells no more than they do."""
    if part.people is None or not whole.people:
        return None
    return min(part.people / whole.people, 1.0)


def _rounded(count: int, settings: ReportSettings) -> int:
    step = settings.count_step
    return (count + step // 2) // step * step
