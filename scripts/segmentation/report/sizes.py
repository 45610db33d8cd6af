"""How many people each segment holds and what they are worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from segmentation.report.disclosure import Cell, publish, publish_one, share_of
from segmentation.report.numbers import money_text, share_text
from segmentation.report.palette import REST
from segmentation.report.queries import UNASSIGNED, Dates, Definition, Measure
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings


@dataclass(frozen=True)
class SegmentSize:
    """A segment with what may be published of its size and worth."""

    definition: Definition
    people: Cell
    people_share: float | None
    revenue: Decimal | None
    revenue_share: float | None
    per_person: Decimal | None

    @property
    def people_share_text(self) -> str:
        """Share of customers in words."""
        return share_text(self.people_share)

    @property
    def revenue_text(self) -> str:
        """Revenue in words."""
        return money_text(self.revenue)

    @property
    def revenue_share_text(self) -> str:
        """Share of revenue in words."""
        if self.revenue is not None and self.revenue_share is None:
            return "no revenue to share"
        return share_text(self.revenue_share)

    @property
    def per_person_text(self) -> str:
        """Revenue per customer in words."""
        return money_text(self.per_person)


@dataclass(frozen=True)
class Sizes:
    """All segments of a set and their published totals."""

    rows: tuple[SegmentSize, ...]
    people: Cell
    revenue: Decimal | None
    per_person: Decimal | None

    @property
    def revenue_text(self) -> str:
        """Revenue of everybody in words."""
        return money_text(self.revenue)

    @property
    def per_person_text(self) -> str:
        """Revenue per customer over everybody in words."""
        return money_text(self.per_person)

    @property
    def longest(self) -> float:
        """Largest share of people or revenue, which fills the chart's width."""
        shares = [(row.people_share, row.revenue_share) for row in self.rows]
        return max((share or 0.0 for pair in shares for share in pair), default=0.0)

    def by_code(self) -> dict[str, SegmentSize]:
        """Sizes by segment code."""
        return {row.definition.code: row for row in self.rows}

    def leader(self) -> SegmentSize | None:
        """The named segment whose share of revenue is furthest above that of people."""
        told = [
            (row.revenue_share - row.people_share, row)
            for row in self.rows
            if row.revenue_share is not None and row.people_share is not None
            if not is_rest(row.definition)
        ]
        return max(told, key=lambda pair: pair[0])[1] if told else None


def is_rest(definition: Definition) -> bool:
    """Whether a code names no segment of its own."""
    return definition.is_reserved or definition.code == UNASSIGNED


def define(definitions: Mapping[str, Definition], code: str) -> Definition:
    """Definition of a code; one that is not declared is shown under its own name."""
    return definitions.get(code) or Definition(code, code, "", "", "", REST, False)


def load_sizes(
    serving: Serving,
    column: str,
    definitions: Mapping[str, Definition],
    dates: Dates,
    measure: Measure,
    settings: ReportSettings,
) -> Sizes:
    """Count people and sum the measure by segment at the current date.

    Args:
        serving: Open served file.
        column: Column of `segments__memberships` that holds the code.
        definitions: Declared segments of the set; those without people are listed too.
        dates: As-of dates of the page.
        measure: Money figure to sum.
        settings: Disclosure limits.
    """
    rows = serving.rows(
        f"select coalesce(m.{column}, ?) as code, count(*), "
        f"coalesce(sum(f.{measure.column}), 0) "
        "from features__customers as f left join segments__memberships as m "
        "on f.customer_id = m.customer_id and f.as_of_date = m.as_of_date "
        "where f.as_of_date = ? group by code order by code",
        [UNASSIGNED, dates.current],
    )
    counts = dict.fromkeys(definitions, 0) | {code: n for code, n, _ in rows}
    money = {code: Decimal(value) for code, _, value in rows}
    people = publish_one(sum(counts.values()), settings)
    total = sum(money.values(), Decimal(0))
    rows_of_set = [
        _size(define(definitions, code), counts[code], cell, people, money, total)
        for code, cell in publish(counts, settings).items()
    ]
    # A reason for having no code is told only where enough customers share it.
    kept = [row for row in rows_of_set if row.people.is_shown or not _is_reason(row)]
    if column == "primary_segment":
        kept.sort(key=lambda row: (row.revenue is None, -(row.revenue or Decimal(0))))
    if not people.is_shown:
        return Sizes(tuple(kept), people, None, None)
    return Sizes(tuple(kept), people, total, total / sum(counts.values()))


def _is_reason(row: SegmentSize) -> bool:
    return row.definition.is_reserved and row.definition.code != "otherwise"


def _size(
    definition: Definition,
    count: int,
    cell: Cell,
    everybody: Cell,
    money: Mapping[str, Decimal],
    total: Decimal,
) -> SegmentSize:
    people_share = share_of(cell, everybody)
    if not cell.has_money:
        return SegmentSize(definition, cell, people_share, None, None, None)
    revenue = money.get(definition.code, Decimal(0))
    share = float(revenue / total) if total > 0 else None
    return SegmentSize(definition, cell, people_share, revenue, share, revenue / count)
