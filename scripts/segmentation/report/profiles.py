"""What sets a segment apart, leaving out what its own rule fixes."""

import math
from dataclasses import dataclass
from typing import Literal

from segmentation.report.circularity import features_fixed_by_rules
from segmentation.report.numbers import decimal_text, money_text, share_text
from segmentation.report.queries import UNASSIGNED, Dates
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings

Kind = Literal["share", "change", "money", "days", "number"]

TABLE = "features__customers"
_FEATURES: tuple[tuple[str, str, Kind], ...] = (
    ("average_order_value", "Value of an order", "money"),
    ("order_count_90d", "Orders in 90 days", "number"),
    ("revenue_90d", "Revenue in 90 days", "money"),
    ("days_since_last_order", "Days since the last order", "days"),
    ("mean_gap_days", "Days between orders", "days"),
    ("overdue_ratio", "Time since the last order, in usual gaps", "number"),
    ("revenue_trend_90d", "Revenue trend over 90 days", "change"),
    ("discount_share", "Discount, of gross amount", "share"),
    ("refund_rate", "Refunds, of revenue", "share"),
    ("online_order_share", "Orders placed online", "share"),
    ("weekend_order_share", "Orders at weekends", "share"),
    ("morning_order_share", "Orders in the morning", "share"),
    ("afternoon_order_share", "Orders in the afternoon", "share"),
    ("evening_order_share", "Orders in the evening", "share"),
    ("night_order_share", "Orders at night", "share"),
    ("product_count", "Different products bought", "number"),
    ("category_count", "Different categories bought", "number"),
    ("top_category_share", "Spend in the top category", "share"),
    ("private_label_share", "Spend on private labels", "share"),
    ("tenure_days", "Days since the first order", "days"),
)


@dataclass(frozen=True)
class Difference:
    """A feature in which a segment differs from the average of everybody."""

    name: str
    here: str
    average: str
    is_above: bool


@dataclass(frozen=True)
class _Sums:
    count: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.count

    @property
    def deviation(self) -> float:
        return math.sqrt(max(self.squares / self.count - self.mean**2, 0.0))


def load_differences(
    serving: Serving,
    dates: Dates,
    settings: ReportSettings,
    most: int = 3,
) -> dict[str, tuple[Difference, ...]]:
    """Find what differs most between a segment and the average of everybody.

    Differences are standardised by the deviation over everybody, so that features of
    any unit compare. Features that the segment's rule uses are left out: they differ
    by construction.

    Returns:
        At most `most` differences per segment code, the largest first.
    """
    features = [item for item in _FEATURES if serving.has_column(TABLE, item[0])]
    sums = _sums_by_code(serving, dates, [column for column, _, _ in features])
    fixed = features_fixed_by_rules(serving, [column for column, _, _ in _FEATURES])
    found: dict[str, tuple[Difference, ...]] = {}
    for code, own in sums.items():
        ranked: list[tuple[float, Difference]] = []
        for i, (column, name, kind) in enumerate(features):
            everybody = _added([item[i] for item in sums.values()])
            here = own[i]
            if here.count < settings.smallest_cell or column in fixed.get(code, ()):
                continue
            if everybody.deviation <= 0:
                continue
            size = (here.mean - everybody.mean) / everybody.deviation
            words = _words(here.mean, kind), _words(everybody.mean, kind)
            if abs(size) >= settings.least_difference and words[0] != words[1]:
                ranked.append((abs(size), Difference(name, *words, size > 0)))
        ranked.sort(key=lambda item: (-item[0], item[1].name))
        found[code] = tuple(difference for _, difference in ranked[:most])
    return found


def _sums_by_code(
    serving: Serving, dates: Dates, columns: list[str]
) -> dict[str, list[_Sums]]:
    # Sums of decimals do not depend on the order of rows.
    sums = ", ".join(
        f"count({column}), "
        f"coalesce(sum(cast({column} as decimal(38, 9))), 0), "
        f"coalesce(sum(cast(cast({column} as double) * {column} as decimal(38, 9))), 0)"
        for column in columns
    )
    rows = serving.rows(
        f"select coalesce(m.primary_segment, $none) as code, count(*), {sums} "
        "from features__customers as f left join segments__memberships as m "
        "on f.customer_id = m.customer_id and f.as_of_date = m.as_of_date "
        "where f.as_of_date = $current group by code order by code",
        {"none": UNASSIGNED, "current": dates.current},
    )
    return {
        row[0]: [
            _Sums(row[i], float(row[i + 1]), float(row[i + 2]))
            for i in range(2, len(row), 3)
        ]
        for row in rows
    }


def _added(parts: list[_Sums]) -> _Sums:
    return _Sums(
        sum(part.count for part in parts),
        sum(part.total for part in parts),
        sum(part.squares for part in parts),
    )


def _words(value: float, kind: Kind) -> str:
    if kind == "money":
        return money_text(value)
    if kind in {"days", "number"}:
        return decimal_text(value)
    if kind == "change":
        return f"{'−' if value < 0 else '+'}{abs(value) * 100:.0f}%"
    return share_text(value)
