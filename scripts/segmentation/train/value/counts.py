"""Purchase histories, compressed: how many customers share the same one."""

from dataclasses import dataclass

import numpy as np

from segmentation.train.arrays import Floats, Integers

DAYS_PER_WEEK = 7


@dataclass(frozen=True)
class Histories:
    """Distinct purchase histories, sorted; all arrays have shape (histories,).

    Attributes:
        frequency: Days with an order after the first of them.
        recency: Weeks from the first order to the last.
        age: Weeks from the first order to the date.
        customers: Customers with this history.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    customers: Floats

    @property
    def customer_count(self) -> int:
        """All customers."""
        return int(self.customers.sum())

    @property
    def repeat_count(self) -> int:
        """Customers with a second day of orders."""
        return int(self.customers[self.frequency > 0].sum())


def compress(
    frequency: Integers, recency_days: Integers, age_days: Integers
) -> Histories:
    """Return the distinct histories of customers, whatever the order of the rows.

    Args:
        frequency: Shape (customers,), as are the others.
        recency_days: Days from the first order to the last.
        age_days: Days from the first order to the date.
    """
    rows = np.column_stack([frequency, recency_days, age_days]).reshape(-1, 3)
    distinct, customers = np.unique(rows, axis=0, return_counts=True)
    x, recency, age = distinct.T.astype(float)
    return Histories(
        x, recency / DAYS_PER_WEEK, age / DAYS_PER_WEEK, customers.astype(float)
    )
