"""Numbers and dates as words; one form per kind, so equal numbers look equal."""

import math
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

WITHHELD = "withheld"


def count_text(value: int) -> str:
    """Write a whole number with thousands separators."""
    return f"{value:,}"


def rows_text(value: int, bound: int) -> str:
    """Write a number of delivered rows; one to `bound` - 1 is not published."""
    return f"fewer than {bound}" if 0 < value < bound else f"{value:,}"


def share_text(value: float | None) -> str:
    """Write a share in whole percent; exactly nobody or everybody is never said."""
    if value is None or not math.isfinite(value):
        return WITHHELD
    percent = math.floor(value * 100 + 0.5)
    if percent < 1 and value >= 0:
        return "under 1%"
    if 99 < percent <= 100:
        return "over 99%"
    return f"{percent}%".replace("-", "−")


def signed_share_text(value: float) -> str:
    """Write a relative change in whole percent with its sign."""
    percent = math.floor(abs(value) * 100 + 0.5)
    if percent == 0:
        return "no change"
    return f"{'+' if value > 0 else '−'}{percent:,}%"


def whole_units(value: Decimal | float) -> int:
    """Round money to whole currency units, halves away from zero."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def money_text(value: Decimal | float | None) -> str:
    """Write money in whole units; from ten million on in millions or billions."""
    if value is None:
        return WITHHELD
    units = whole_units(value)
    size = abs(units)
    if size >= 10_000_000_000:
        text = f"{size / 1e9:,.1f} billion"
    elif size >= 10_000_000:
        text = f"{size / 1e6:,.1f} million"
    else:
        text = f"{size:,}"
    return f"−{text}" if units < 0 else text


def decimal_text(value: float) -> str:
    """Write a plain quantity: one decimal below 100, whole above."""
    text = f"{abs(value):,.1f}" if abs(value) < 100 else f"{abs(value):,.0f}"
    return f"−{text}" if value < 0 and text.strip("0.,") else text


def date_text(value: date) -> str:
    """Write a date with its month in full."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def month_text(value: date) -> str:
    """Write a date as a short month and year, for axes."""
    return f"{_MONTHS[value.month - 1][:3]} {value.year}"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun, `s` added where it is not one."""
    return f"{count:,} {noun if count == 1 else noun + 's'}"


def quoted(label: str) -> str:
    """Put a segment's label into quotation marks."""
    return f"“{label}”"


def listed(items: list[str]) -> str:
    """Join words with commas and a final `and`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def spaced(name: str) -> str:
    """Write a name of the tables in words."""
    return name.replace("_", " ")


def capitalised(text: str) -> str:
    """Write the first letter large and leave the others as they are."""
    return text[:1].upper() + text[1:]
