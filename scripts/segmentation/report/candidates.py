"""Features that no rule uses and that tell of later orders, as `segment candidates`."""

from dataclasses import dataclass

from segmentation.candidates import Found
from segmentation.candidates.build import CONDITIONS, read_people
from segmentation.candidates.measure import Candidate, judge
from segmentation.report.numbers import spaced
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings
from segmentation.report.statistics import Interval
from segmentation.train.power import Panel

MOST_ROWS = 6
_OUTCOMES = {
    "ordered": "whether they ordered",
    "spend": "what they spent",
    "clicked": "whether they clicked",
}


@dataclass(frozen=True)
class Hint:
    """A feature and what it adds, in words.

    Attributes:
        name: The feature.
        outcome: What it tells of.
        added: Share of the variance that segment and tier leave, with its interval.
        is_found: Whether it is beyond chance, in both halves of the customers.
    """

    name: str
    outcome: str
    added: Interval
    is_found: bool


@dataclass(frozen=True)
class Hints:
    """Candidates that tell most, those that are found first."""

    rows: tuple[Hint, ...]
    found: int
    tested: int
    longest: float


def load_hints(serving: Serving, settings: ReportSettings) -> Hints | None:
    """Judge candidates on the served file; nothing where nobody can be followed."""
    if CONDITIONS not in serving.columns:
        return None
    people = read_people(
        Panel(
            lambda sql, *values: serving.rows(sql, values),
            {table: table for table in serving.columns},
            serving.columns,
        )
    )
    if people is None or len(people.cells) < settings.smallest_cell:
        return None
    return _hints(judge(people))


def _hints(found: Found) -> Hints:
    rows = tuple(_hint(row) for row in found.candidates[:MOST_ROWS])
    return Hints(
        rows,
        sum(row.is_found for row in found.candidates),
        found.tested,
        max((row.added.high for row in rows), default=0.0),
    )


def _hint(row: Candidate) -> Hint:
    figures = (row.added.low, row.added.share, row.added.high)
    return Hint(
        spaced(row.name),
        _OUTCOMES[row.outcome],
        Interval(*(max(value, 0.0) for value in figures)),
        row.is_found,
    )
