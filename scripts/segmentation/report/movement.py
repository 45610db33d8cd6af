"""Who moved between segments; every month keeps the labels of then."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from segmentation.report.disclosure import Cell, publish, publish_one, share_of
from segmentation.report.queries import UNASSIGNED, Dates
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings


@dataclass(frozen=True)
class Move:
    """People who went from one code to another, with what they had spent before.

    Attributes:
        was: Code at the earlier date; nothing for who was not known then.
        became: Code at the later date; nothing for who is not known any more.
        people: Published count.
        revenue: Their revenue of the 90 days before the earlier date.
        share: Share of those who had the earlier code.
    """

    was: str | None
    became: str | None
    people: Cell
    revenue: Decimal | None
    share: float | None

    @property
    def is_change(self) -> bool:
        """Whether the customer was known at both dates and changed code."""
        return None not in {self.was, self.became} and self.was != self.became


@dataclass(frozen=True)
class Matrix:
    """All moves between two dates and the published totals."""

    earlier: date
    later: date
    moves: dict[tuple[str | None, str | None], Move]
    known: Cell
    changed: Cell
    changed_share: float | None

    def is_visible(self, was: str | None) -> bool:
        """Whether any cell of a row is shown."""
        rows = [move for move in self.moves.values() if move.was == was]
        return any(move.people.is_shown for move in rows)

    def largest(self) -> Move | None:
        """The move from one segment to another that took most people."""
        shown = [move for move in self.moves.values() if move.is_change]
        shown = [move for move in shown if move.people.is_shown]
        return max(shown, key=lambda move: move.people.people or 0, default=None)


@dataclass(frozen=True)
class MonthFlow:
    """A segment at one date: its size and who came and left since the date before."""

    as_of: date
    size: Cell
    share: float | None
    came: Cell
    left: Cell


@dataclass(frozen=True)
class Flows:
    """Flows of each segment over the dates of the panel.

    Attributes:
        dates: Dates of the panel, oldest first.
        by_code: One entry per date for each code; the first has no flows.
        changed: Share of customers that changed code, for all dates but the first.
    """

    dates: tuple[date, ...]
    by_code: dict[str, tuple[MonthFlow, ...]]
    changed: tuple[float | None, ...]


def load_matrix(
    serving: Serving, dates: Dates, settings: ReportSettings
) -> Matrix | None:
    """Count moves from the previous date to the current one.

    Returns:
        The moves, or nothing when there is no previous date.
    """
    if dates.previous is None:
        return None
    rows = serving.rows(
        "with earlier as ("
        " select m.customer_id, coalesce(m.primary_segment, $none) as was,"
        " f.revenue_90d as money"
        " from segments__memberships as m left join features__customers as f"
        " on m.customer_id = f.customer_id and m.as_of_date = f.as_of_date"
        " where m.as_of_date = $earlier"
        "), later as ("
        " select customer_id, coalesce(primary_segment, $none) as became"
        " from segments__memberships where as_of_date = $later"
        ") select was, became, count(*), sum(money) from earlier "
        "full outer join later on earlier.customer_id = later.customer_id "
        "group by was, became order by was nulls last, became nulls last",
        {"none": UNASSIGNED, "earlier": dates.previous, "later": dates.current},
    )
    counts = {(was, became): n for was, became, n, _ in rows}
    money = {(was, became): value for was, became, _, value in rows}
    stayed = {key: n for key, n in counts.items() if key[0] == key[1]}
    moved = {key: n for key, n in counts.items() if key[0] != key[1]}
    cells = publish(stayed, settings) | publish(moved, settings)
    opening: dict[str | None, int] = {}
    for (was, _), n in counts.items():
        opening[was] = opening.get(was, 0) + n
    moves = {
        (was, became): Move(
            was,
            became,
            cell,
            money[was, became] if cell.has_money else None,
            share_of(cell, publish_one(opening[was], settings)),
        )
        for (was, became), cell in cells.items()
    }
    changes = sum(counts[key] for key, move in moves.items() if move.is_change)
    known = publish_one(changes + sum(stayed.values()), settings)
    changed = publish_one(changes, settings)
    share = share_of(changed, known)
    return Matrix(dates.previous, dates.current, moves, known, changed, share)


def load_flows(serving: Serving, dates: Dates, settings: ReportSettings) -> Flows:
    """Count sizes, arrivals and departures of each code at each date of the panel."""
    rows = serving.rows(
        "with labelled as ("
        " select as_of_date, coalesce(primary_segment, $none) as became,"
        " lag(coalesce(primary_segment, $none))"
        " over (partition by customer_id order by as_of_date) as was"
        " from segments__memberships where list_contains($panel, as_of_date)"
        ") select as_of_date, was, became, count(*) from labelled "
        "group by as_of_date, was, became",
        {"none": UNASSIGNED, "panel": list(dates.panel)},
    )
    counts: dict[date, dict[tuple[str | None, str], int]] = {d: {} for d in dates.panel}
    for as_of, was, became, n in rows:
        counts[as_of][was, became] = n
    codes = sorted({became for _, _, became, _ in rows})
    by_code = {
        code: tuple(_month(code, day, counts[day], settings) for day in dates.panel)
        for code in codes
    }
    changed = tuple(_changed(counts[day], settings) for day in dates.panel[1:])
    return Flows(dates.panel, by_code, changed)


def _month(
    code: str,
    as_of: date,
    counts: dict[tuple[str | None, str], int],
    settings: ReportSettings,
) -> MonthFlow:
    size = sum(n for (_, became), n in counts.items() if became == code)
    came = sum(n for (was, became), n in counts.items() if became == code != was)
    left = sum(n for (was, became), n in counts.items() if was == code != became)
    cell = publish_one(size, settings)
    share = share_of(cell, publish_one(sum(counts.values()), settings))
    return MonthFlow(
        as_of, cell, share, publish_one(came, settings), publish_one(left, settings)
    )


def _changed(
    counts: dict[tuple[str | None, str], int], settings: ReportSettings
) -> float | None:
    known = {key: n for key, n in counts.items() if key[0] is not None}
    moved = sum(n for (was, became), n in known.items() if was != became)
    return share_of(
        publish_one(moved, settings), publish_one(sum(known.values()), settings)
    )
