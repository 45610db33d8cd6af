"""What was expected of the customers of a quarter, beside what happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from segmentation.report.disclosure import Cell
from segmentation.report.numbers import (
    WITHHELD,
    date_text,
    listed,
    money_text,
)
from segmentation.report.queries import Definition
from segmentation.report.serving import Serving
from segmentation.report.settings import ReportSettings
from segmentation.report.sizes import define
from segmentation.report.statistics import Interval

_TABLE = "measurement__validation"
_COLUMNS = (
    "quarter",
    "segment_set",
    "segment_code",
    "measure",
    "evidence",
    "root",
    "customer_count",
    "predicted",
    "predicted_low",
    "predicted_high",
    "actual",
    "calibration_ratio",
    "tenth_slope",
    "gini_share",
    "is_covered",
    "in_sample_count",
    "no_forecast_count",
    "gone_count",
    "erased_count",
    "as_of_date",
    "quarter_start_date",
    "sealed_at",
)
REVENUE, SHARE, EVERYBODY = "revenue", "ordered_share", "all"
_LEFT_OUT = {
    "no_forecast_count": "of whom nothing was expected",
    "in_sample_count": "whose parameters knew the quarter",
    "gone_count": "whose id nobody has any more",
    "erased_count": "who have been erased",
}


@dataclass(frozen=True)
class Graded:
    """One measure of one segment.

    Attributes:
        expected: The forecast with its interval; null where too few people are in it.
        actual: What happened, or nothing where it is withheld.
        is_covered: Whether that lies in the interval, by the exact numbers.
    """

    expected: Interval | None
    actual: float | None
    is_covered: bool | None

    @property
    def verdict(self) -> str:
        """What to say where the interval did not hold; bounds are rounded outwards."""
        if self.is_covered is not False or not self.expected or self.actual is None:
            return ""
        is_near = self.expected.low <= self.actual <= self.expected.high
        return ", just missed" if is_near else ", missed"


@dataclass(frozen=True)
class Grade:
    """A segment of then, or everybody, with what was expected and what happened."""

    definition: Definition
    people: str
    revenue: Graded
    share: Graded


@dataclass(frozen=True)
class Quarter:
    """A quarter in one line.

    Attributes:
        name: Its code, such as 2025-Q4.
        evidence: sealed, backtest or none.
        ratio: Revenue over what was expected, in words.
        slope: Slope over ten groups, in words.
        rank: Gini share, in words.
        held: Of how many segments the interval of revenue held.
        judged: Of how many segments it could be told.
    """

    name: str
    evidence: str
    ratio: str
    slope: str
    rank: str
    held: int
    judged: int


@dataclass(frozen=True)
class Forecasts:
    """The last quarter that can be graded, and all quarters.

    Attributes:
        name: The quarter; empty where none can be graded.
        basis: How the forecast came about, as a sentence.
        rows: Segments of then, the highest forecast of revenue first.
        everybody: All customers.
        left_out: Who is not in it, in words.
        quarters: Every quarter of the panel, the last first.
        missing: Tables and columns that an older file lacks.
    """

    name: str
    basis: str
    rows: tuple[Grade, ...]
    everybody: Grade | None
    left_out: str
    quarters: tuple[Quarter, ...]
    missing: tuple[str, ...]

    @property
    def is_sealed(self) -> bool:
        """Whether the forecast was recorded before its quarter began."""
        return any(
            row.name == self.name and row.evidence == "sealed" for row in self.quarters
        )

    def largest(self) -> float:
        """Right end of the scale of revenue."""
        rows = [row.revenue for row in self.rows]
        ends = [row.expected.high for row in rows if row.expected]
        return max([*ends, *(row.actual for row in rows if row.actual)], default=0.0)


def load_forecasts(
    serving: Serving, labels: Mapping[str, Definition], settings: ReportSettings
) -> Forecasts:
    """Read the grades of quarters that are over; all numbers are shared already."""
    if missing := serving.lacks({_TABLE: _COLUMNS}):
        return Forecasts("", "", (), None, "", (), missing)
    quarters: dict[str, list[dict[str, Any]]] = {}
    for values in serving.rows(
        f"select {', '.join(_COLUMNS)} from {_TABLE} "
        "order by quarter desc, segment_set, segment_code, measure"
    ):
        row = dict(zip(_COLUMNS, values, strict=True))
        quarters.setdefault(row["quarter"], []).append(row)
    lines = tuple(_quarter(name, rows) for name, rows in quarters.items())
    last = next((line.name for line in lines if line.evidence != "none"), None)
    if last is None:
        return Forecasts("", "", (), None, "", lines, ())
    rows = quarters[last]
    found = {
        (segment_set, code): [
            row
            for row in rows
            if (row["segment_set"], row["segment_code"]) == (segment_set, code)
        ]
        for segment_set, code in {
            (row["segment_set"], row["segment_code"]): None for row in rows
        }
    }
    grades = [
        _grade(define(labels, code), part, settings)
        for (segment_set, code), part in found.items()
        if segment_set == "primary"
    ]
    grades.sort(
        key=lambda row: -row.revenue.expected.middle if row.revenue.expected else 1.0
    )
    everybody = _grade(define({}, "everybody"), found[EVERYBODY, EVERYBODY], settings)
    return Forecasts(
        last, _basis(rows[0]), tuple(grades), everybody, _left_out(rows[0]), lines, ()
    )


def title(found: Forecasts) -> str:
    """Title: what a customer spent in the last quarter, and what was expected."""
    if found.missing:
        return "What became of forecasts is not in this file"
    revenue = found.everybody.revenue if found.everybody else None
    if revenue is None or revenue.expected is None or revenue.actual is None:
        return "No forecast can be graded yet"
    kind = "the sealed forecast" if found.is_sealed else "a backtest"
    return (
        f"In {found.name} a customer spent {money_text(revenue.actual)}; {kind} says "
        f"{money_text(revenue.expected.middle)}, {money_text(revenue.expected.low)} to "
        f"{money_text(revenue.expected.high)}"
    )


def _quarter(name: str, rows: list[dict[str, Any]]) -> Quarter:
    money = [row for row in rows if row["measure"] == REVENUE]
    [everybody] = [row for row in money if row["segment_set"] == EVERYBODY]
    told = [
        row["is_covered"]
        for row in money
        if row["segment_set"] == "primary" and row["is_covered"] is not None
    ]
    ratio, slope, rank = (
        WITHHELD if everybody[column] is None else f"{everybody[column]:.2f}"
        for column in ("calibration_ratio", "tenth_slope", "gini_share")
    )
    evidence = everybody["evidence"]
    return Quarter(name, evidence, ratio, slope, rank, sum(told), len(told))


def _grade(
    definition: Definition, rows: list[dict[str, Any]], settings: ReportSettings
) -> Grade:
    by_measure = {row["measure"]: row for row in rows}
    count = by_measure[SHARE]["customer_count"]
    return Grade(
        definition,
        Cell(count, "shown", settings.smallest_cell).text,
        _graded(by_measure.get(REVENUE)),
        _graded(by_measure[SHARE]),
    )


def _graded(row: dict[str, Any] | None) -> Graded:
    if row is None or row["predicted"] is None:
        return Graded(None, None, None)
    expected = Interval(row["predicted_low"], row["predicted"], row["predicted_high"])
    return Graded(expected, row["actual"], row["is_covered"])


def _basis(row: dict[str, Any]) -> str:
    foreseen: date = row["as_of_date"]
    if row["evidence"] == "sealed":
        sealed: datetime = row["sealed_at"]
        return (
            f"Sealed on {date_text(sealed.date())}, before the quarter began, with "
            f"what was known on {date_text(foreseen)}. Root: {row['root']}."
        )
    return (
        "A backtest: nothing was sealed before the quarter began. It is computed "
        f"afterwards from what was known on {date_text(foreseen)}, with parameters "
        "trained on nothing later."
    )


def _left_out(row: dict[str, Any]) -> str:
    words = [
        f"{row[column]:,} {why}" for column, why in _LEFT_OUT.items() if row[column]
    ]
    return listed(words) if words else "nobody, or fewer than 10 for any one reason"
