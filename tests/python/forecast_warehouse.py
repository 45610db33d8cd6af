"""Customers whose quarters are foreseen and graded, and the models as compiled."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped]

from model_warehouse import ModelWarehouse, compiled

# In the order in which one reads another.
MODELS = {
    "int_measurement__quarter_forecasts": "main_restricted",
    "int_measurement__graded_forecasts": "main_restricted",
    "int_measurement__forecast_grades": "main_restricted",
    "measurement__validation": "main",
}
# As of the middle of May two quarters lie in the panel, as do the days before them.
VARIABLES = {
    "segmentation_as_of": "2025-05-15",
    "segmentation_timezone": "Europe/Berlin",
    "segmentation_dataset": "omnichannel",
    "segmentation_history_months": 8,
}
EVES = ("2024-09-30", "2024-12-31")
END = "2025-03-31"
QUARTERS = {"2024-Q4": EVES, "2025-Q1": (EVES[1], END)}
# r, and p and q of Gamma-Gamma.
SHAPES = (0.8, 2.5, 3.5)
SCHEMAS = {
    "features__value": "main",
    "segments__memberships": "main",
    "int_features__value_versions": "main_internal",
    "int_features__purchases": "main_internal",
    "identity__aliases": "main_identity",
    "measurement__forecasts": "main_ledger",
    "measurement__seals": "main_ledger",
}
TYPES = {
    "main.features__value": "customer_id text, as_of_date date, value_version text, "
    "is_in_sample boolean, probability_alive double, order_probability_90d double, "
    "first_order_probability_90d double, expected_orders_90d double, "
    "expected_orders_180d double, expected_revenue_90d decimal(18, 2), "
    "expected_revenue_180d decimal(18, 2)",
    "main.segments__memberships": "customer_id text, as_of_date date, "
    "primary_segment text, value_tier text",
    "main_internal.int_features__purchases": "customer_id text, as_of_date date, "
    "gap_count bigint, tenure_days bigint, net_amount decimal(18, 2)",
    "main_identity.identity__aliases": "alias_customer_id text, customer_id text",
    "main_ledger.measurement__forecasts": "run_id text, quarter text, "
    "customer_id text, primary_segment text, value_tier text, value_version text, "
    "row_hash text, order_probability double, expected_orders double, "
    "orders_variance double, expected_revenue decimal(18, 2), revenue_variance double, "
    "as_of_date date, quarter_start_date date, quarter_end_date date, "
    "sealed_at timestamp",
    "main_ledger.measurement__seals": "kind text, subject text, content text",
}


class ForecastWarehouse(ModelWarehouse):
    """What the models of forecasts read, and these models."""

    def __init__(self, variables: Mapping[str, Any] = VARIABLES) -> None:
        as_of = variables["segmentation_as_of"]
        folder: Path = compiled(f"forecasts_{as_of}", MODELS, variables)
        super().__init__(folder, MODELS)
        for schema in sorted(set(SCHEMAS.values()) | set(MODELS.values())):
            self.connection.execute(f"create schema if not exists {schema}")
        for name, columns in TYPES.items():
            self.connection.execute(f"create table {name} ({columns})")
        r, p, q = SHAPES
        dates = ", ".join(f"(date '{day}')" for day in (*EVES, as_of))
        self.connection.execute(
            "create table main_internal.int_features__value_versions as "
            f"select as_of_date, {r}::double as r, {p}::double as order_value_p, "
            f"{q}::double as order_value_q from (values {dates}) as t(as_of_date)"
        )

    def add(self, name: str, frame: pd.DataFrame) -> None:
        """Append rows to a table by the names of their columns."""
        self.connection.register("given", frame)
        self.connection.execute(
            f"insert into {SCHEMAS[name]}.{name} by name select * from given"
        )
        self.connection.unregister("given")

    def forecast(self, day: str, people: pd.DataFrame) -> None:
        """Add what features say of people at a date, their segments included."""
        dated = people.assign(as_of_date=day)
        codes = ["customer_id", "as_of_date", "primary_segment", "value_tier"]
        self.add("segments__memberships", dated[codes])
        self.add("features__value", dated.drop(columns=codes[2:]))

    def history(self, day: str, people: pd.DataFrame) -> None:
        """Add gaps, tenure and revenue of people at a date."""
        self.add("int_features__purchases", people.assign(as_of_date=day))
