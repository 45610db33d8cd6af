"""The four figures at the top of the page, with their history."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from segmentation.report import charts
from segmentation.report.disclosure import Cell, publish_one, share_of
from segmentation.report.movement import Flows, Matrix
from segmentation.report.numbers import (
    count_text,
    date_text,
    money_text,
    share_text,
    signed_share_text,
)
from segmentation.report.queries import Dates, Measure
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings
from segmentation.report.sizes import Sizes


@dataclass(frozen=True)
class Tile:
    """A figure with its words, its history and how it was computed."""

    key: str
    name: str
    value: str
    notes: tuple[str, ...]
    how: str
    spark: Markup
    spark_note: str


@dataclass(frozen=True)
class Moment:
    """Published totals at one as-of date."""

    as_of: date
    customers: Cell
    buyers: Cell
    active: Cell
    revenue_30d: Decimal | None


def load_history(
    serving: Serving, dates: Dates, settings: ReportSettings
) -> tuple[Moment, ...]:
    """Read totals at each date of the panel, oldest first."""
    rows = serving.rows(
        "select as_of_date, count(*), "
        "count(*) filter (where customer_type = 'buyer'), "
        "count(*) filter (where order_count_90d > 0), "
        "case when bool_and(window_status_30d = 'observed') "
        "then coalesce(sum(revenue_30d), 0) end "
        "from features__customers where list_contains(?, as_of_date) "
        "group by as_of_date",
        [list(dates.panel)],
    )
    found = {row[0]: row[1:] for row in rows}
    moments = []
    for day in dates.panel:
        customers, buyers, active, revenue = found.get(day, (0, 0, 0, None))
        cell = publish_one(customers, settings)
        moments.append(
            Moment(
                day,
                cell,
                publish_one(buyers, settings),
                publish_one(active, settings),
                revenue if cell.is_shown else None,
            )
        )
    return tuple(moments)


def build_tiles(
    history: tuple[Moment, ...],
    sizes: Sizes,
    measure: Measure,
    matrix: Matrix | None,
    flows: Flows,
) -> tuple[Tile, ...]:
    """Put the four figures into words."""
    now = history[-1]
    before = history[-2] if len(history) > 1 else None
    active = share_of(now.active, now.customers)
    rows = f"{now.customers.text} rows of features__customers, one per customer"
    return (
        Tile(
            "customers",
            "Customers",
            now.customers.text,
            (f"{now.buyers.text} have bought", _change(now, before, "customers")),
            f"Identified customers on {date_text(now.as_of)}: {rows}. Visitors whom "
            "nothing identifies are not customers here.",
            charts.spark([moment.customers.people for moment in history]),
            "customers, by month end",
        ),
        Tile(
            "revenue",
            measure.phrase.capitalize(),
            sizes.revenue_text,
            (_revenue_note(now, before),),
            f"Sum of {measure.column} over {rows}. Net of discounts and refunds.",
            charts.spark(
                [
                    None if moment.revenue_30d is None else float(moment.revenue_30d)
                    for moment in history
                ]
            ),
            "revenue of 30 days, by month end",
        ),
        Tile(
            "active",
            "Ordered in the last 90 days",
            now.active.text,
            (
                f"{share_text(active)} of customers" if active is not None else "",
                _change(now, before, "active"),
            ),
            f"Customers with order_count_90d above 0, of {rows}.",
            charts.spark([moment.active.people for moment in history]),
            "customers with an order in 90 days, by month end",
        ),
        _moved_tile(matrix, flows),
    )


def _moved_tile(matrix: Matrix | None, flows: Flows) -> Tile:
    name = "Changed segment"
    if matrix is None:
        how = "Needs a month end at least four weeks before the current date."
        note = "There is no earlier date to compare with."
        return Tile("moved", name, "–", (note,), how, Markup(""), "")
    notes = [f"since {date_text(matrix.earlier)}"]
    if len(flows.changed) > 1 and flows.changed[-2] is not None:
        notes.append(f"{share_text(flows.changed[-2])} in the month before")
    value = share_text(matrix.changed_share)
    if matrix.changed_share is None:
        value = matrix.changed.text
    return Tile(
        "moved",
        name,
        value,
        tuple(notes),
        f"{matrix.changed.text} of {matrix.known.text} customers known on both dates "
        "have another primary segment than then (segments__memberships at both dates).",
        charts.spark(flows.changed),
        "share of customers that changed, by month",
    )


def _change(now: Moment, before: Moment | None, field: str) -> str:
    if before is None:
        return "no earlier date to compare with"
    cells: tuple[Cell, Cell] = (getattr(now, field), getattr(before, field))
    if cells[0].people is None or cells[1].people is None:
        return "too few to compare"
    since = f"since {date_text(before.as_of)}"
    change = cells[0].people - cells[1].people
    if change == 0:
        return f"no change {since}"
    return f"{'+' if change > 0 else '−'}{count_text(abs(change))} {since}"


def _revenue_note(now: Moment, before: Moment | None) -> str:
    if now.revenue_30d is None:
        return "last 30 days are not covered by data"
    text = f"{money_text(now.revenue_30d)} in the last 30 days"
    if before is None or before.revenue_30d is None or before.revenue_30d <= 0:
        return text
    change = float(now.revenue_30d / before.revenue_30d) - 1
    words = signed_share_text(change)
    return f"{text}: {words} on the 30 days to {date_text(before.as_of)}"
