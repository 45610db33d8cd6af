"""Effects of one group against another, in words and on one scale."""

from collections.abc import Iterable
from dataclasses import dataclass

from segmentation.report.numbers import decimal_text
from segmentation.report.statistics import Interval

MEASURES = {
    "ordered": "Share who order",
    "revenue": "Revenue per customer",
    "value_to_date": "Lifetime value to date, per customer",
}


@dataclass(frozen=True)
class Compared:
    """One arm against another, in words.

    Attributes:
        code: What tells the row from others.
        name: The two arms or treatments.
        measure: What is compared.
        people: How many people stand behind it.
        effect: Effect with its interval; nothing where it is not known.
        has_estimate: Whether the middle of the interval may be told.
        extent: Farthest bound of the rows that share its scale.
        text: The effect in words.
        range_text: Its interval in words.
        note: Verdict or evidence.
    """

    code: str
    name: str
    measure: str
    people: str
    effect: Interval | None
    has_estimate: bool
    extent: float
    text: str
    range_text: str
    note: str


def extent_of(intervals: Iterable[Interval | None]) -> float:
    """Return the farthest bound from no effect."""
    bounds = (abs(x) for value in intervals if value for x in (value.low, value.high))
    return max(bounds, default=0.0)


def effect_text(value: float, metric: str) -> str:
    """Write an effect with its sign: in points of a share, or in money."""
    text = points_text(value) if metric == "ordered" else decimal_text(value)
    return f"+{text}" if value > 0 else text


def range_text(effect: Interval | None, metric: str) -> str:
    """Write the bounds of an effect; nothing where it is not known."""
    if effect is None:
        return ""
    low, high = (effect_text(value, metric) for value in (effect.low, effect.high))
    return f"{low} to {high}"


def level_text(value: float, metric: str) -> str:
    """Write a mean outcome: a share in percent, or money."""
    return f"{100 * value:.0f}%" if metric == "ordered" else decimal_text(value)


def points_text(value: float) -> str:
    """Write a difference of shares in points of a percent."""
    return f"{decimal_text(100 * value)} points"
