"""The tables of the panel, in the warehouse or in the served file."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from segmentation.train.power.layers import LAYERS, RFM_GRID, Layer
from segmentation.warehouse_tables import Query

DATES = "features__as_of_dates"
CUSTOMERS = "features__customers"
MEMBERSHIPS = "segments__memberships"
DEFINITIONS = "segments__definitions"
AUDIT = "measurement__source_audit"
NEEDED_TABLES = (DATES, CUSTOMERS, MEMBERSHIPS, DEFINITIONS)
PANEL_TABLES = (*NEEDED_TABLES, AUDIT, "features__value")
# Who is judged: rows of features at the date, called `past`.
BUYERS = "past.customer_type = 'buyer' and past.is_profiled"
SCORES = ("recency_score", "frequency_monetary_score")


def day(value: date) -> str:
    """Return a date as SQL."""
    return f"date '{value.isoformat()}'"


@dataclass(frozen=True)
class Panel:
    """Where the panel is read from.

    Attributes:
        query: Runs a statement.
        relations: SQL name of each table that is there.
        columns: Names of the columns of each.
    """

    query: Query
    relations: Mapping[str, str]
    columns: Mapping[str, Collection[str]]

    def has(self, table: str, *columns: str) -> bool:
        """Whether a table has these columns."""
        return set(columns) <= set(self.columns.get(table, ()))

    def layers(self) -> tuple[Layer, ...]:
        """Layers whose columns are there."""
        return tuple(layer for layer in LAYERS if self._has_layer(layer))

    def month_ends(self) -> tuple[date, ...]:
        """Dates of the panel that end a month."""
        rows = self.query(
            f"select as_of_date from {self.relations[DATES]} "
            "where is_month_end order by as_of_date"
        )
        return tuple(day for (day,) in rows)

    def in_sample_dates(self, layer: Layer) -> frozenset[date]:
        """Dates on which a layer was scored with what was learned later."""
        if layer.in_sample is None or not self.has(*layer.in_sample):
            return frozenset()
        table, column = layer.in_sample
        # What is said of who never ordered has a training of its own.
        others = " and first_order_probability_90d is null"
        rows = self.query(
            f"select distinct as_of_date from {self.relations[table]} where {column}"
            + (others if self.has(table, "first_order_probability_90d") else "")
        )
        return frozenset(day for (day,) in rows)

    def is_undated(self, layer: Layer) -> bool:
        """Whether a layer rests on values that do not say from when they hold."""
        needed = ("entity", "is_mapped", "is_point_in_time")
        if layer.entity is None or not self.has(AUDIT, *needed):
            return False
        ((undated,),) = self.query(
            f"select count(*) from {self.relations[AUDIT]} "
            f"where entity = '{layer.entity}' and is_mapped and not is_point_in_time"
        )
        return bool(undated)

    def _has_layer(self, layer: Layer) -> bool:
        if layer.column is not None:
            return self.has(MEMBERSHIPS, layer.column)
        needed = SCORES if layer.name == RFM_GRID else (layer.cut_feature or "",)
        return self.has(CUSTOMERS, *needed)
