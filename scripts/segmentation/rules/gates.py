"""What a change of rules must not do: fail a gate, or move more than is allowed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentation.rules.errors import (
    GatesFailError,
    RevenueMissingError,
    TooManyMoversError,
)
from segmentation.warehouse_tables import Query

if TYPE_CHECKING:
    from segmentation.rules.difference import Difference

ANALYSIS = "failing_gates"
OF_ONE_SEGMENT = ("size", "distinctness")
_FAILING = """
select segment_set, segment_code, gate
from {table}
where status = 'fail'
"""


@dataclass(frozen=True)
class FailedGate:
    """A gate that fails on the rules as they stand.

    Attributes:
        segment_set: The set it judges.
        code: The code or place it judges; null where the whole set.
        gate: Its name.
        message: What was found, what was expected and what to do.
        is_new: Whether it does not fail in the last build.
    """

    segment_set: str
    code: str | None
    gate: str
    message: str
    is_new: bool


def failed_gates(query: Query, sql: str, before: str) -> tuple[FailedGate, ...]:
    """Return the gates that fail.

    Args:
        query: Runs a statement.
        sql: The analysis `failing_gates` on the rules as they stand.
        before: SQL name of the gates of the last build.
    """
    known = {tuple(row) for row in query(_FAILING.format(table=before))}
    return tuple(
        FailedGate(name, code, gate, message, (name, code, gate) not in known)
        for name, code, gate, message in query(sql)
    )


def check_gates(difference: "Difference") -> None:
    """Refuse rules on which a gate fails, as the build would.

    What was the fault of one segment before is none of the others' change.

    Raises:
        GatesFailError: One fails.
    """
    changed = {(change.segment_set, change.code) for change in difference.definitions}
    messages = [
        gate.message
        for gate in difference.failed_gates
        if gate.is_new
        or gate.gate not in OF_ONE_SEGMENT
        or (gate.segment_set, gate.code) in changed
    ]
    if messages:
        raise GatesFailError(messages)


def check_shares(
    difference: "Difference", max_revenue: float | None, max_customers: float | None
) -> None:
    """Refuse rules that move too much.

    Raises:
        TooManyMoversError: A share is above its limit.
        RevenueMissingError: There is no revenue to take a share of.
    """
    share = difference.revenue_share
    if max_revenue is not None and share is None:
        raise RevenueMissingError
    if max_revenue is not None and share is not None and share > max_revenue:
        raise TooManyMoversError("the revenue of 90 days", share, max_revenue)
    found = difference.customer_share
    if max_customers is not None and found > max_customers:
        raise TooManyMoversError("the customers", found, max_customers)
