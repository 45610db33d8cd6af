"""Customers that profiles are made of, planted, and its models as compiled."""

from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import yaml

from dbt_project import REPOSITORY
from model_warehouse import ModelWarehouse

# In the order in which one reads another.
MODELS = {
    "int_segments__profile_sums": "main_internal",
    "int_segments__profile_counts": "main_internal",
    "int_segments__profile_cells": "main_internal",
    "int_segments__profile_numbers": "main_internal",
    "int_segments__profile_ratios": "main_internal",
    "segments__profiles": "main",
}
NOW = pd.Timestamp("2025-12-31").date()
VARIABLES = {"segmentation_as_of": "2025-12-31", "segmentation_dataset": "omnichannel"}
SETS = {
    "primary": "primary_segment",
    **{name: name for name in ("value_tier", "rfm", "lifecycle", "behavior")},
    **{name: name for name in ("demographic", "psychographic")},
}
ATTRIBUTES = (
    *("age_band", "income_band", "household_size", "household_composition"),
    *("children_count", "home_ownership", "marital_status", "gender", "region"),
    *("industry", "account_size_band", "job_title_group", "main_device"),
    "preferred_channel",
)
CHANNELS = ("store", "web", "app", "phone", "other")


def features() -> list[str]:
    """Return the numeric features that sums are kept of."""
    path = REPOSITORY / "models/segments/int_segments__profile_sums.yml"
    [model] = yaml.safe_load(path.read_text())["models"]
    names = [column["name"] for column in model["columns"]]
    suffix = "_squares"
    return [name.removesuffix(suffix) for name in names if name.endswith(suffix)]


def customers(count: int, seed: int) -> pd.DataFrame:
    """Return customers, one row each, with features, purchases and two sets."""
    random = np.random.default_rng(seed)
    orders = random.integers(1, 12, count)
    web = random.binomial(orders, random.choice([0.0, 0.6], count))
    net = random.lognormal(4, 1.5, count).round(2)
    discount = (net * random.beta(1, 6, count)).round(2)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(count)],
            "as_of_date": NOW,
            "is_profiled": True,
            **{
                name: random.lognormal(4, 1.5, count).round(6)
                if "revenue" in name or "value" in name
                else random.beta(1, 3, count).round(6)
                for name in features()
            },
            **{name: random.choice(["a", "b", "c"], count) for name in ATTRIBUTES},
            **dict.fromkeys(SETS.values(), "otherwise"),
            "order_count": orders,
            **{f"{name}_order_count": 0 for name in CHANNELS},
            "web_order_count": web,
            "store_order_count": orders - web,
            "net_amount": net,
            "refunded_amount": 0.0,
            "gross_amount": net + discount,
            "discount_amount": discount,
        }
    )


class ProfileWarehouse(ModelWarehouse):
    """What the models of profiles read, and these models."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, MODELS)
        self.connection.execute("create schema main_internal")
        for name, columns in {
            "main_internal.int_features__category_months": "customer_id text, "
            "category text, bought_month date, net_amount decimal(18, 2)",
            "main_internal.sensitive_features": "kind text, pattern text",
            "main.segments__definitions": "segment_set text, segment_code text, "
            "origin text, is_sensitive boolean",
            "main.segments__playbook": "segment_set text, segment_code text, "
            "value_proposition text, message_theme text",
        }.items():
            self.connection.execute(f"create table {name} ({columns})")

    def profiles(self, people: pd.DataFrame) -> pd.DataFrame:
        """Return `segments__profiles` of these customers."""
        self.connection.register("people", people)
        purchases = ("order_count", *(f"{name}_order_count" for name in CHANNELS))
        amounts = ("net_amount", "refunded_amount", "gross_amount", "discount_amount")
        for name, columns in {
            "main.features__customers": (*features(), *ATTRIBUTES, "is_profiled"),
            "main.segments__memberships": tuple(SETS.values()),
            "main_internal.int_features__purchase_sums": (
                *(f"cast({name} as bigint) as {name}" for name in purchases),
                *(f"cast({name} as decimal(18, 2)) as {name}" for name in amounts),
            ),
        }.items():
            self.connection.execute(
                f"create or replace table {name} as select customer_id, as_of_date, "
                f"{', '.join(columns)} from people"
            )
        self.run()
        return self.rows("segments__profiles")
