"""What a change of rules does to the codes of the last build."""

from dataclasses import dataclass
from datetime import date

from segmentation.rules.definitions import DefinitionChange
from segmentation.rules.gates import FailedGate
from segmentation.rules.movers import Mover, Size, Total


@dataclass(frozen=True)
class Difference:
    """What would change.

    Attributes:
        as_of_date: Date of the last build.
        currency: Currency of every revenue.
        total: Customers of that date, and those who move.
        definitions: Definitions that differ.
        movers: By date, newest first, set and pair of codes.
        sizes: By date, newest first, set and code.
        failed_gates: Gates that fail on the rules as they stand.
        notes: What else is to be known, in sentences.
    """

    as_of_date: date
    currency: str
    total: Total
    definitions: tuple[DefinitionChange, ...]
    movers: tuple[Mover, ...]
    sizes: tuple[Size, ...]
    failed_gates: tuple[FailedGate, ...]
    notes: tuple[str, ...]

    @property
    def customer_share(self) -> float:
        """Share of the customers of the as-of date whose code of some set changes."""
        return self.total.moved / max(self.total.customers, 1)

    @property
    def revenue_share(self) -> float | None:
        """Their share of the revenue of 90 days; null without any."""
        revenue = self.total.revenue_90d
        return float(self.total.revenue_moved / revenue) if revenue else None
