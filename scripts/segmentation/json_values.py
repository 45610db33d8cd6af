"""Values of a warehouse in the types that JSON knows."""

from datetime import date
from decimal import Decimal


def plain(value: object) -> object:
    """Return a value that JSON knows.

    Raises:
        TypeError: There is none for it.
    """
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))
