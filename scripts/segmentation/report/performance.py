"""What became of each segment in its last month, and of what customers are worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from segmentation.report.disclosure import Cell
from segmentation.report.numbers import WITHHELD, money_text, share_text
from segmentation.report.queries import Definition
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings
from segmentation.report.statistics import Interval

_TABLE = "measurement__segment_months"
_COUNTS = (
    *("opening_count", "recoded_in_count", "recoded_out_count", "moved_in_count"),
    *("moved_out_count", "new_count", "closing_count", "ordering_count"),
)
_AMOUNTS = (
    *("opening_amount", "new_amount", "grown_amount", "shrunk_amount"),
    *("closing_amount", "revenue_amount", "discount_amount", "refunded_amount"),
    *("marketing_amount", "service_cost_amount", "contribution_amount"),
)
_RATES = ("order_rate", "order_rate_low", "order_rate_high")
_COLUMNS = (
    *("segment_set", "segment_code", "month", "opens_on", "closes_on"),
    *("is_complete", *_COUNTS, *_AMOUNTS, *_RATES),
)


@dataclass(frozen=True)
class Performed:
    """One segment in the month, in words.

    Attributes:
        definition: The segment.
        counts: Counts of people by column, as published.
        amounts: Sums of money by column.
        order_rate: Share who ordered with its interval of 95%; nothing where withheld.
        order_rate_text: The share in words.
    """

    definition: Definition
    counts: dict[str, str]
    amounts: dict[str, str]
    order_rate: Interval | None
    order_rate_text: str


@dataclass(frozen=True)
class Step:
    """A step of the bridge from what customers were worth to what they are worth.

    Attributes:
        key: Column of the table without its ending.
        words: What the step is.
        amount: Change, or the level at either end; nothing where withheld.
        text: The amount in words.
        start: Where its bar starts, as a share of the longest level.
        length: How long it is.
    """

    key: str
    words: str
    amount: Decimal | None
    text: str
    start: float
    length: float


@dataclass(frozen=True)
class Performance:
    """The last whole month, or the running one where none is whole."""

    month: date | None
    opens_on: date | None
    closes_on: date | None
    is_complete: bool
    rows: tuple[Performed, ...]
    bridge: tuple[Step, ...]
    largest_rate: float
    missing: tuple[str, ...]


def load_performance(
    serving: Serving, labels: Mapping[str, Definition], settings: ReportSettings
) -> Performance:
    """Read the last month; all numbers are shared ones already."""
    if missing := serving.lacks({_TABLE: _COLUMNS}):
        return Performance(None, None, None, False, (), (), 0.0, missing)
    found = serving.rows(
        f"select {', '.join(_COLUMNS)} from {_TABLE} "
        "where segment_set in ('primary', 'all') "
        "qualify month = first_value(month)"
        " over (order by is_complete desc, month desc)"
    )
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in found]
    if not rows:
        return Performance(None, None, None, False, (), (), 0.0, ())
    of_code = {row["segment_code"]: row for row in rows if row["segment_set"] != "all"}
    everybody = next(
        (r for r in rows if (r["segment_set"], r["segment_code"]) == ("all", "all")),
        None,
    )
    performed = tuple(
        _performed(of_code[code], definition, settings)
        for code, definition in labels.items()
        if code in of_code
    )
    highs = [row.order_rate.high for row in performed if row.order_rate]
    first = rows[0]
    return Performance(
        month=first["month"],
        opens_on=first["opens_on"],
        closes_on=first["closes_on"],
        is_complete=bool(first["is_complete"]),
        rows=performed,
        bridge=_bridge(everybody) if everybody else (),
        largest_rate=max(highs, default=0.0),
        missing=(),
    )


def title(performance: Performance) -> str:
    """State what the month brought."""
    if performance.missing:
        return "What became of each segment is not in this file"
    steps = {step.key: step for step in performance.bridge}
    opening, closing = steps.get("opening"), steps.get("closing")
    if not (opening and closing and opening.amount and closing.amount is not None):
        return "No month has passed yet"
    change = float(closing.amount / opening.amount) - 1
    if abs(change) < 0.005:
        return "Customers are worth what they were a month before"
    direction = "more" if change > 0 else "less"
    return (
        f"Customers are worth {share_text(abs(change))} {direction} than a month before"
    )


def _performed(
    row: Mapping[str, Any], definition: Definition, settings: ReportSettings
) -> Performed:
    rate = None
    if row["order_rate"] is not None:
        rate = Interval(
            row["order_rate_low"], row["order_rate"], row["order_rate_high"]
        )
    return Performed(
        definition=definition,
        counts={
            name: Cell(row[name], "shown", settings.smallest_cell).text
            for name in _COUNTS
        },
        amounts={
            name: WITHHELD if row[name] is None else money_text(row[name])
            for name in _AMOUNTS
        },
        order_rate=rate,
        order_rate_text=WITHHELD if rate is None else share_text(rate.middle),
    )


def _bridge(row: Mapping[str, Any]) -> tuple[Step, ...]:
    """Return the steps from the start of the month to its end, as a waterfall."""
    words = {
        "opening": "At the start",
        "new": "New customers",
        "grown": "Worth more",
        "shrunk": "Worth less",
        "closing": "At the end",
    }
    amounts = {key: row[f"{key}_amount"] for key in words}
    longest = float(
        sum(
            (amounts[key] or Decimal(0) for key in ("opening", "new", "grown")),
            Decimal(0),
        )
    )
    level = 0.0
    steps = []
    for key, text in words.items():
        amount = amounts[key]
        length = float(amount or 0) / longest if longest else 0.0
        if key in {"opening", "closing"}:
            start, level = 0.0, length
        elif key == "shrunk":
            start = level = max(level - length, 0.0)
        else:
            start, level = level, level + length
        steps.append(
            Step(
                key,
                text,
                amount,
                WITHHELD if amount is None else money_text(amount),
                start,
                length,
            )
        )
    return tuple(steps)
