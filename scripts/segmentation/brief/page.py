"""Writes a brief as a page of Markdown."""

from collections.abc import Iterator

from segmentation.brief.brief import Brief, Item
from segmentation.report.numbers import (
    date_text,
    decimal_text,
    money_text,
    share_text,
    signed_share_text,
    spaced,
)
from segmentation.report.settings import DEFAULTS

SHOWN = 5
NOT_DECIDED = "Nobody has decided yet."
_VALUES = (
    ("customer", "expected_revenue_365d", "Expected revenue in the next year"),
    ("customer", "revenue_365d", "Revenue of the last 365 days"),
    ("customer", "revenue_90d", "Revenue of the last 90 days"),
    ("orders", "average_order_value", "Value of an order"),
    ("orders", "discount_share", "Discount, of gross amount"),
    ("total", "expected_revenue_365d", "Expected of all of them together"),
)


def page(brief: Brief) -> str:
    """Return the page of a segment."""
    return "\n".join(_lines(brief)) + "\n"


def _lines(brief: Brief) -> Iterator[str]:
    yield f"# {brief.label} (`{brief.code}`)"
    yield ""
    yield f"As of {date_text(brief.as_of_date)}. Everybody else: all other customers."
    yield ""
    yield "## Who"
    yield ""
    yield brief.description
    yield f"Rule: {brief.rule}."
    if brief.sensitive_basis:
        yield f"It rests on something sensitive. {brief.sensitive_basis}."
    yield ""
    yield "## How many"
    yield ""
    yield _size(brief)
    yield ""
    yield "## Value"
    yield ""
    yield from _values(brief)
    yield from _listed("What sets them apart", _differences(brief))
    yield from _listed("Channels", _channels(brief))
    yield from _listed("Themes", (i.detail or "" for i in brief.of("theme")))
    yield from _listed("What they buy more than others", _affinities(brief))
    for name, title in (
        ("to_do", "Do"),
        ("to_avoid", "Do not"),
        ("offer", "Offer"),
        ("owner", "Owner"),
        ("next_test", "Next test"),
    ):
        yield from ("", f"## {title}", "", brief.copy[name] or NOT_DECIDED)
    yield from ("", "## Review", "", _review(brief))


def _listed(title: str, entries: Iterator[str]) -> Iterator[str]:
    told = [f"- {entry}" for entry in entries]
    yield from ("", f"## {title}", "")
    yield from told or ["Nothing that may be told."]


def _size(brief: Brief) -> str:
    item = brief.one("characteristic", "segment", "customers")
    if item is None or item.customers is None:
        return f"Fewer than {DEFAULTS.smallest_cell} customers."
    return (
        f"{item.customers:,} customers, to the nearest {DEFAULTS.count_step}: "
        f"{share_text(item.value)} of all identified ones."
    )


def _values(brief: Brief) -> Iterator[str]:
    yield "| | a customer | 95% interval | everybody else |"
    yield "|---|--:|--:|--:|"
    for group, name, title in _VALUES:
        item = brief.one("value", group, name)
        if item is None:
            yield f"| {title} | withheld | | |"
            continue
        interval = ""
        if item.lower is not None and item.upper is not None:
            interval = f"{_value(item, item.lower)} to {_value(item, item.upper)}"
        other = "" if item.comparison is None else _value(item, item.comparison)
        yield f"| {title} | {_value(item, item.value)} | {interval} | {other} |"


def _differences(brief: Brief) -> Iterator[str]:
    for item in brief.of("differentiator")[:SHOWN]:
        effect = item.effect or 0
        size = "small" if abs(effect) < DEFAULTS.least_difference else f"{effect:+.2f}"
        yield (
            f"{_name(item)}: {_value(item, item.value)}, everybody else "
            f"{_value(item, item.comparison)} (difference {size})"
        )


def _channels(brief: Brief) -> Iterator[str]:
    for item in brief.of("channel"):
        share = "all" if item.value == 1 else share_text(item.value)
        of = "orders" if item.group == "orders" else "customers, who prefer it"
        yield f"{spaced(item.name)}: {share} of {of}"


def _affinities(brief: Brief) -> Iterator[str]:
    for item in brief.of("affinity", "category")[:SHOWN]:
        yield (
            f"{item.name}: {share_text(item.value)} buy it, {item.effect:.1f} times as "
            f"many as of everybody else (95% interval {item.lower:.1f} to "
            f"{item.upper:.1f})"
        )
    for item in brief.of("affinity", "withheld"):
        why = (
            "sensitive" if item.name == "sensitive" else "bought by too few, or by all"
        )
        yield f"not told: {item.value:.0f} categories, {why}"


def _review(brief: Brief) -> str:
    if brief.review_date is None:
        return NOT_DECIDED
    due = f"By {date_text(brief.review_date)}."
    if brief.days_overdue:
        return (
            f"{due} **Overdue by {brief.days_overdue:,} days: read this page again.**"
        )
    return due


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
