"""What a brief says in words; the same on the page of Markdown and in the report."""

from collections.abc import Iterator
from dataclasses import dataclass

from segmentation.report.briefs import Brief, Item
from segmentation.report.numbers import (
    date_text,
    decimal_text,
    money_text,
    share_text,
    signed_share_text,
    spaced,
)
from segmentation.report.settings import DEFAULTS

NOT_DECIDED = "Nobody has decided yet."
NOTHING_TOLD = "Nothing that may be told."
COPY_TITLES = (
    ("to_do", "Do"),
    ("to_avoid", "Do not"),
    ("offer", "Offer"),
    ("owner", "Owner"),
    ("next_test", "Next test"),
)
_VALUES = (
    ("customer", "expected_revenue_365d", "Expected revenue in the next year"),
    ("customer", "revenue_365d", "Revenue of the last 365 days"),
    ("customer", "revenue_90d", "Revenue of the last 90 days"),
    ("orders", "average_order_value", "Value of an order"),
    ("orders", "discount_share", "Discount, of gross amount"),
    ("total", "expected_revenue_365d", "Expected of all of them together"),
)


@dataclass(frozen=True)
class Value:
    """A figure of worth in words; empty where there is none.

    Attributes:
        title: What it is.
        here: Of the segment, per customer or as the title says.
        interval: Its 95% interval.
        others: Of everybody else.
    """

    title: str
    here: str
    interval: str
    others: str


def values(brief: Brief) -> Iterator[Value]:
    """What its customers are worth, one figure after the other."""
    for group, name, title in _VALUES:
        item = brief.one("value", group, name)
        if item is None:
            yield Value(title, "withheld", "", "")
            continue
        interval = ""
        if item.lower is not None and item.upper is not None:
            interval = f"{_value(item, item.lower)} to {_value(item, item.upper)}"
        others = "" if item.comparison is None else _value(item, item.comparison)
        yield Value(title, _value(item, item.value), interval, others)


def differences(brief: Brief) -> Iterator[str]:
    """What sets it apart from everybody else, the largest difference first."""
    for item in brief.of("differentiator"):
        effect = item.effect or 0
        small = abs(effect) < DEFAULTS.least_difference
        words = "small" if small else f"{effect:+.2f}".replace("-", "−")
        yield (
            f"{_name(item)}: {_value(item, item.value)}, everybody else "
            f"{_value(item, item.comparison)} (difference {words})"
        )


def channels(brief: Brief) -> Iterator[str]:
    """Where it orders and what it prefers."""
    for item in brief.of("channel"):
        share = "all" if item.value == 1 else share_text(item.value)
        of = "orders" if item.group == "orders" else "customers, who prefer it"
        yield f"{spaced(item.name)}: {share} of {of}"


def affinities(brief: Brief) -> Iterator[str]:
    """What it surely buys more than others, the surest first."""
    found = brief.of("affinity", "category")
    more = [item for item in found if (item.lower or 0) > 1]
    if found and not more:
        yield "nothing for sure"
    for item in more:
        yield (
            f"{item.name}: {share_text(item.value)} buy it, {item.effect:.1f} times as "
            f"many as of everybody else (95% interval {item.lower:.1f} to "
            f"{item.upper:.1f})"
        )


def untold_affinities(brief: Brief) -> Iterator[str]:
    """How many categories are not told of, and why."""
    for item in brief.of("affinity", "withheld"):
        why = (
            "sensitive" if item.name == "sensitive" else "bought by too few, or by all"
        )
        yield f"not told: {item.value:.0f} categories, {why}"


def review(brief: Brief) -> str:
    """By when somebody reads it again."""
    if brief.review_date is None:
        return NOT_DECIDED
    return f"By {date_text(brief.review_date)}."


def overdue(brief: Brief) -> str:
    """That the review is late; empty when it is not."""
    if not brief.days_overdue:
        return ""
    return f"Overdue by {brief.days_overdue:,} days: read this page again."


def _name(item: Item) -> str:
    if item.group == "feature":
        return spaced(item.name)
    return f"{spaced(item.group)} {item.name}"


def _value(item: Item, value: float | None) -> str:
    if value is None:
        return "withheld"
    if item.unit == "money":
        return money_text(value) if abs(value) >= 100 else f"{value:,.2f}"
    if item.unit == "share":
        return share_text(value)
    if item.unit == "change":
        return signed_share_text(value)
    return decimal_text(value)
