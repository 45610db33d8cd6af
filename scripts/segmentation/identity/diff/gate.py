"""The limits of a dry run, for a check that must pass before a change is merged."""

from segmentation.identity.diff.compare import Difference
from segmentation.identity.diff.errors import RevenueMissingError, TooMuchChangesError


def check_shares(
    difference: Difference, max_revenue: float | None, max_customers: float | None
) -> None:
    """Refuse a change that concerns too much.

    Raises:
        TooMuchChangesError: A share is above its limit.
        RevenueMissingError: There is no revenue to take a share of.
    """
    share = difference.revenue_share
    if max_revenue is not None and share is None:
        raise RevenueMissingError
    if max_revenue is not None and share is not None and share > max_revenue:
        raise TooMuchChangesError("all revenue", share, max_revenue)
    found = difference.customer_share
    if max_customers is not None and found > max_customers:
        raise TooMuchChangesError("the customers before", found, max_customers)
