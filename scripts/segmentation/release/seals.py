"""Records what a release foresees, and seals what it says.

Hashes are taken by a view of dbt, so that the check of a later build takes the same.
"""

from dataclasses import dataclass
from datetime import datetime

from segmentation.release.ledger import Ledger
from segmentation.release.served import Release
from segmentation.warehouse_tables import Query

FORECAST_COLUMNS = (
    "quarter",
    "customer_id",
    "primary_segment",
    "value_tier",
    "value_version",
    "row_hash",
    "order_probability",
    "expected_orders",
    "orders_variance",
    "expected_revenue",
    "revenue_variance",
    "as_of_date",
    "quarter_start_date",
    "quarter_end_date",
)
SEAL_COLUMNS = "run_id, dataset, kind, subject, content, row_count, sealed_at"


@dataclass(frozen=True)
class SealedForecasts:
    """The forecasts of a quarter as a release sealed them.

    Attributes:
        dataset: Value of `segmentation_dataset`.
        quarter: Calendar quarter, such as 2025-Q4.
        root: Hash of its rows.
        row_count: How many they are.
        sealed_at: When, UTC without zone.
    """

    dataset: str
    quarter: str
    root: str
    row_count: int
    sealed_at: datetime

    @property
    def message(self) -> str:
        """What the team has to do with it."""
        return (
            f"sealed: {self.row_count:,} forecasts of {self.quarter}. Add the line "
            f"{self.dataset},{self.quarter},{self.root},{self.sealed_at} to "
            "seeds/forecast_roots.csv and commit it before the quarter begins"
        )


def record_forecasts(query: Query, made: str, recorded: str, release: Release) -> None:
    """Append the forecasts of a quarter that has not begun and has none.

    Args:
        query: Warehouse, inside a transaction.
        made: Quoted relation with what the build foresees.
        recorded: Quoted table with the forecasts of earlier releases.
        release: The release.
    """
    columns = ", ".join(FORECAST_COLUMNS)
    query(
        f"insert into {recorded} (run_id, {columns}, sealed_at) "
        f"select cast(? as text), {columns}, cast(? as timestamp) from {made} "
        "where not is_over and quarter_starts_at > ? "
        f"and quarter not in (select quarter from {recorded})",
        release.run_id,
        release.released_at,
        release.released_at,
    )


def record_seals(
    query: Query, ledger: Ledger, content: str, seals: str, release: Release
) -> None:
    """Seal what this release recorded, and one before it that was cut off.

    Args:
        query: Warehouse, inside a transaction.
        ledger: Tables with the releases, this one included.
        content: Quoted view of what recorded rows hash to.
        seals: Quoted table of seals.
        release: The release.
    """
    insert = (
        f"insert into {seals} ({SEAL_COLUMNS}) select cast(? as text), dataset, kind, "
        f"subject, content, row_count, cast(? as timestamp) from {content} as content "
    )
    for (run_id,) in query(
        f"select run_id from {ledger.releases} where released_at > coalesce("
        f"(select max(sealed_at) from {seals}), timestamp '0001-01-01') "
        "order by released_at"
    ):
        query(f"{insert} where run_id = ?", run_id, release.released_at, run_id)
    query(
        f"{insert} where kind = 'label' and not exists (select 1 from {seals} as known "
        "where known.kind = 'label' and known.dataset = content.dataset "
        "and known.subject = content.subject)",
        release.run_id,
        release.released_at,
    )


def sealed_forecasts(
    query: Query, seals: str, release: Release
) -> list[SealedForecasts]:
    """List the forecasts that a release sealed: of one quarter, or none."""
    rows = query(
        f"select dataset, subject, content, row_count, sealed_at from {seals} "
        "where run_id = ? and kind = 'forecasts'",
        release.run_id,
    )
    return [SealedForecasts(*row) for row in rows]
