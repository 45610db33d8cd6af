"""Ends of quarters, at which versions are trained."""

from datetime import date, timedelta


def quarter_end_before(day: date) -> date:
    """Return the last day of the last quarter that ended before a day."""
    first_month = 3 * ((day.month - 1) // 3) + 1
    return day.replace(month=first_month, day=1) - timedelta(days=1)
