"""What customers did after they were labelled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from segmentation.report.disclosure import Cell, publish, publish_one
from segmentation.report.queries import UNASSIGNED, Dates, Definition
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings
from segmentation.report.sizes import define
from segmentation.report.statistics import Interval, mean_interval, wilson_interval


@dataclass(frozen=True)
class Outcome:
    """Later revenue per person and later order rate of one segment."""

    definition: Definition
    people: Cell
    revenue: Interval | None
    order_rate: Interval | None


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of all segments from the past date to the current one."""

    past: date
    current: date
    rows: tuple[Outcome, ...]
    everybody: Outcome

    @property
    def days(self) -> int:
        """Length of the period that is looked at."""
        return (self.current - self.past).days


def load_outcomes(
    serving: Serving,
    dates: Dates,
    definitions: Mapping[str, Definition],
    settings: ReportSettings,
) -> Outcomes | None:
    """Compare totals at the current date with those at the past date, per customer.

    Only the difference is used, so nothing that made the label is in the outcome.

    Returns:
        Segments of then, most later revenue first; nothing without a past date.
    """
    if dates.past is None:
        return None
    rows = serving.rows(
        "with followed as ("
        " select coalesce(m.primary_segment, $none) as code,"
        " coalesce(later.revenue, 0) - coalesce(past.revenue, 0) as money,"
        " coalesce(later.order_count, 0) > coalesce(past.order_count, 0) as ordered"
        " from features__customers as past inner join features__customers as later"
        " on past.customer_id = later.customer_id and later.as_of_date = $current"
        " left join segments__memberships as m"
        " on past.customer_id = m.customer_id and past.as_of_date = m.as_of_date"
        " where past.as_of_date = $past"
        ") select code, count(*), sum(money),"
        # A sum of decimals does not depend on the order of rows.
        " sum(cast(cast(money as double) * cast(money as double) as decimal(38, 4))),"
        " count(*) filter (where ordered) from followed group by code order by code",
        {"none": UNASSIGNED, "past": dates.past, "current": dates.current},
    )
    sums = {row[0]: _Sums(row[1], float(row[2]), float(row[3]), row[4]) for row in rows}
    cells = publish({code: value.people for code, value in sums.items()}, settings)
    outcomes = [
        _outcome(define(definitions, code), cell, sums[code])
        for code, cell in cells.items()
    ]
    outcomes.sort(key=lambda row: -row.revenue.middle if row.revenue else float("inf"))
    total = _Sums(
        sum(value.people for value in sums.values()),
        sum(value.money for value in sums.values()),
        sum(value.squares for value in sums.values()),
        sum(value.ordered for value in sums.values()),
    )
    everybody = _outcome(
        define({}, "everybody"), publish_one(total.people, settings), total
    )
    return Outcomes(dates.past, dates.current, tuple(outcomes), everybody)


@dataclass(frozen=True)
class _Sums:
    people: int
    money: float
    squares: float
    ordered: int


def _outcome(definition: Definition, cell: Cell, sums: _Sums) -> Outcome:
    if not cell.has_money:
        return Outcome(definition, cell, None, None)
    return Outcome(
        definition,
        cell,
        mean_interval(sums.people, sums.money, sums.squares),
        wilson_interval(sums.ordered, sums.people),
    )
