"""A card per primary segment: its brief, short enough for one printed page."""

from dataclasses import dataclass
from itertools import islice

from segmentation.report import brief_words as words
from segmentation.report.briefs import Brief, load_briefs, missing_for_briefs
from segmentation.report.queries import Dates
from segmentation.report.serving import Serving

_DIFFERENCES, _VALUES = 3, 2


@dataclass(frozen=True)
class Card:
    """A brief in the words of the card; lists are empty where nothing may be told."""

    sensitive_basis: str
    values: tuple[words.Value, ...]
    differences: tuple[str, ...]
    channels: tuple[str, ...]
    affinity: str
    copy: tuple[tuple[str, str], ...]
    review: str
    overdue: str


@dataclass(frozen=True)
class Cards:
    """Cards by primary code, and what an older file lacks for them."""

    by_code: dict[str, Card]
    missing: tuple[str, ...]

    @property
    def overdue(self) -> int:
        """How many reviews are late."""
        return sum(bool(card.overdue) for card in self.by_code.values())


def load_cards(serving: Serving, dates: Dates) -> Cards:
    """Read the cards of all primary segments that a rule makes."""
    if missing := missing_for_briefs(serving):
        return Cards({}, missing)
    briefs = load_briefs(serving, dates.current)
    return Cards({brief.code: _card(brief) for brief in briefs}, ())


def _card(brief: Brief) -> Card:
    return Card(
        sensitive_basis=brief.sensitive_basis or "",
        values=tuple(islice(words.values(brief), _VALUES)),
        differences=tuple(islice(words.differences(brief), _DIFFERENCES)),
        channels=tuple(words.channels(brief)),
        affinity=next(words.affinities(brief), words.NOTHING_TOLD),
        copy=tuple(
            (title, brief.copy[name] or words.NOT_DECIDED)
            for name, title in words.COPY_TITLES
        ),
        review=words.review(brief),
        overdue=words.overdue(brief),
    )
