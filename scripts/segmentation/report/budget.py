"""What channels cost beside what came by them, and how the next budget is split."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from segmentation.report.disclosure import Cell
from segmentation.report.numbers import (
    WITHHELD,
    count_text,
    decimal_text,
    money_text,
    share_text,
    spaced,
)
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings
from segmentation.report.statistics import Interval

_ECONOMICS = "measurement__channel_economics"
_ALLOCATION = "measurement__budget_allocation"
_CONCENTRATION = "measurement__spend_concentration"
_CONCENTRATION_COLUMNS = ("top_share", "revenue_share", "cost_of_these_share")
# Of the top shares that the table has, the one that the page tells.
_TOP_SHARE = 0.2
_ECONOMIC_COLUMNS = (
    *("calendar_month", "channel", "spend_amount", "reached_count", "acquired_count"),
    *("order_count", "revenue_amount", "cost_per_order", "revenue_per_spend"),
)
_ALLOCATION_COLUMNS = (
    *("budget_month", "channel", "status", "reason", "kept_amount", "proposed_amount"),
    *("gain_amount", "gain_lower_amount", "gain_upper_amount", "shadow_price"),
    *("proposed_marginal_return", "proposed_marginal_lower"),
    "proposed_marginal_upper",
)


@dataclass(frozen=True)
class Economics:
    """What a channel cost in the month, and what came by it, in words."""

    channel: str
    spend: str
    reached: str
    acquired: str
    orders: str
    revenue: str
    cost_per_order: str
    revenue_per_spend: str


@dataclass(frozen=True)
class Line:
    """A channel of the next budget.

    Attributes:
        channel: The channel in words.
        status: Code of the table.
        kept: Its amount in the split as it is.
        proposed: The amount proposed.
        amounts: Both as numbers, to draw.
        reason: Why, in words.
        marginal: What one more unit would bring, with its interval; nothing without a
            curve.
    """

    channel: str
    status: str
    kept: str
    proposed: str
    amounts: tuple[float, float]
    reason: str
    marginal: Interval | None


@dataclass(frozen=True)
class Budget:
    """Channels of the last month that is over, and the next budget."""

    month: date | None
    rows: tuple[Economics, ...]
    next_month: date | None
    lines: tuple[Line, ...]
    total: str
    gain: str
    price: float | None
    has_evidence: bool
    concentration: str
    missing: tuple[str, ...]

    @property
    def largest(self) -> float:
        """Largest amount of a channel, to draw them alike."""
        return max((max(line.amounts) for line in self.lines), default=0.0)

    @property
    def highest(self) -> float:
        """Upper end of the widest interval of a marginal return."""
        return max(
            (line.marginal.high for line in self.lines if line.marginal), default=0.0
        )


def load_budget(serving: Serving, current: date, settings: ReportSettings) -> Budget:
    """Read channels and budget; numbers about people are shared ones already.

    Args:
        serving: Open served file.
        current: Date of the page; a month that is not over is not told.
        settings: Disclosure limits.
    """
    needed = {
        _ECONOMICS: _ECONOMIC_COLUMNS,
        _ALLOCATION: _ALLOCATION_COLUMNS,
        _CONCENTRATION: _CONCENTRATION_COLUMNS,
    }
    if missing := serving.lacks(needed):
        return Budget(None, (), None, (), "", "", None, False, "", missing)
    months = _read(
        serving,
        f"select {', '.join(_ECONOMIC_COLUMNS)} from {_ECONOMICS}"
        " where last_day(calendar_month) <= $current"
        " qualify calendar_month = max(calendar_month) over ()"
        " order by channel in ('unallocated', 'all'), channel = 'all', channel",
        _ECONOMIC_COLUMNS,
        {"current": current},
    )
    lines = _read(
        serving,
        f"select {', '.join(_ALLOCATION_COLUMNS)} from {_ALLOCATION}"
        " order by channel = 'unallocated_budget', proposed_amount desc, channel",
        _ALLOCATION_COLUMNS,
        {},
    )
    total = next((row for row in lines if row["channel"] == "all"), None)
    return Budget(
        month=months[0]["calendar_month"] if months else None,
        rows=tuple(_economics(row, settings) for row in months),
        next_month=total["budget_month"] if total else None,
        lines=tuple(_line(row) for row in lines if row["channel"] != "all"),
        total=money_text(total["proposed_amount"]) if total else "",
        gain=_gain(total) if total else "",
        price=total["shadow_price"] if total else None,
        has_evidence=any(row["proposed_marginal_return"] is not None for row in lines),
        concentration=_concentration(serving),
        missing=(),
    )


def title(budget: Budget) -> str:
    """State what is proposed."""
    if budget.missing:
        return "What channels cost is not in this file"
    if not budget.lines:
        return "Nothing was spent last month, so there is no budget to split"
    if not budget.has_evidence:
        return "No evidence says how to move the budget: keep the split"
    moved = [line for line in budget.lines if line.status == "raised"]
    if not moved:
        return "Nothing is gained by moving the budget"
    most = max(moved, key=lambda line: line.amounts[1] - line.amounts[0])
    more = money_text(Decimal(str(most.amounts[1] - most.amounts[0])))
    return f"Next month {most.channel} is worth {more} more: {budget.gain}"


def _read(
    serving: Serving, sql: str, columns: tuple[str, ...], values: dict[str, object]
) -> list[dict[str, Any]]:
    return [
        dict(zip(columns, row, strict=True)) for row in serving.rows(sql, values or ())
    ]


def _economics(row: dict[str, Any], settings: ReportSettings) -> Economics:
    def people(name: str) -> str:
        return Cell(row[name], "shown", settings.smallest_cell).text

    orders = row["order_count"]
    names = {"unallocated": "No channel", "all": "Everything"}
    return Economics(
        channel=names.get(row["channel"], spaced(row["channel"])),
        spend=money_text(row["spend_amount"]),
        reached="unknown" if row["reached_count"] is None else people("reached_count"),
        acquired=people("acquired_count"),
        orders=WITHHELD if orders is None else count_text(orders),
        revenue=money_text(row["revenue_amount"]),
        cost_per_order=_number(row["cost_per_order"]),
        revenue_per_spend=_number(row["revenue_per_spend"]),
    )


def _line(row: dict[str, Any]) -> Line:
    marginal = None
    if row["proposed_marginal_return"] is not None:
        marginal = Interval(
            row["proposed_marginal_lower"],
            row["proposed_marginal_return"],
            row["proposed_marginal_upper"],
        )
    names = {
        "unallocated": "no channel named",
        "unallocated_budget": "nobody may take",
    }
    return Line(
        channel=names.get(row["channel"], spaced(row["channel"])),
        status=row["status"],
        kept=money_text(row["kept_amount"]),
        proposed=money_text(row["proposed_amount"]),
        amounts=(float(row["kept_amount"]), float(row["proposed_amount"])),
        reason=row["reason"],
        marginal=marginal,
    )


def _gain(row: dict[str, Any]) -> str:
    if row["gain_amount"] is None:
        return ""
    low, high = row["gain_lower_amount"], row["gain_upper_amount"]
    words = f"{money_text(row['gain_amount'])} of margin"
    if low <= 0:
        return f"{words} expected, no more than the errors of the curves"
    return f"{words} expected ({money_text(low)} to {money_text(high)})"


def _concentration(serving: Serving) -> str:
    found = serving.rows(
        f"select revenue_share, cost_of_these_share from {_CONCENTRATION}"
        " where top_share = $share and revenue_share is not null"
        " and cost_of_these_share is not null",
        {"share": _TOP_SHARE},
    )
    if not found:
        return ""
    [(revenue, cost)] = found
    return (
        f"The {share_text(_TOP_SHARE)} of customers who bring most bring "
        f"{share_text(revenue)} of revenue and get {share_text(cost)} of the cost of "
        "campaigns."
    )


def _number(value: float | None) -> str:
    return "–" if value is None else decimal_text(value)
