"""Tables that the scorecard reads, planted, and its models as compiled."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import yaml

from dbt_project import REPOSITORY
from model_warehouse import ModelWarehouse

# In the order in which one reads another.
MODELS = {
    "int_segments__distinctness": "main_internal",
    "segments__scorecard_factors": "main",
    "segments__reach": "main",
    "segments__scorecard": "main",
}
PAST, NOW = "2025-09-30", "2025-12-31"
CATEGORIES = 8
VARIABLES = {"segmentation_as_of": NOW, "segmentation_dataset": "omnichannel"}


@dataclass
class Segment:
    """What is planted of one segment; by default nothing is wrong with it.

    Attributes:
        customers: How many it has.
        tiers: Value tiers of its customers, in turn.
        order_rate: Share who order after the past date.
        spend: Mean of the logarithm of later spend of those who do.
        reach: Share whom some channel reaches.
        economics: Columns of `int_segments__economics` that differ from the rest.
    """

    customers: int = 400
    tiers: Sequence[str] = ("gold", "silver")
    order_rate: float = 0.5
    spend: float = 4.0
    reach: float = 0.5
    kappa: float = 0.8
    economics: Mapping[str, float] = field(default_factory=dict)


def named_features() -> set[str]:
    """Return every feature that a rule of the package names."""
    variables = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text())["vars"]
    rules = [
        rule
        for name, entries in variables.items()
        if name.startswith("segmentation_rules_") or name == "segmentation_segments"
        for rule in entries
    ]

    def features(conditions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        for condition in conditions:
            if "any" in condition:
                yield from features(condition["any"])
            else:
                yield condition["feature"]

    return {name for rule in rules for name in features(rule["when"])}


def outcomes(segments: Mapping[str, Segment], seed: int) -> pd.DataFrame:
    """Return later outcomes of the customers of each segment."""
    random = np.random.default_rng(seed)
    tables = []
    for code, segment in segments.items():
        size = segment.customers
        ordered = (random.random(size) < segment.order_rate).astype(int)
        spend = np.maximum(random.normal(segment.spend, 1, size), 0) * ordered
        shares = random.dirichlet(np.ones(CATEGORIES + 4), size)
        tables.append(
            pd.DataFrame(
                {
                    "customer_id": [f"{code}-{i}" for i in range(size)],
                    "as_of_date": pd.Timestamp(PAST).date(),
                    "primary_segment": code,
                    "value_tier": np.resize(segment.tiers, size),
                    "ordered": ordered,
                    "spend": spend,
                    "margin": None,
                    "discount": random.beta(2, 10, size),
                    "clicked": (random.random(size) < 0.2).astype(int),
                    "is_profiled": True,
                    **{
                        f"category_{i + 1}": np.where(ordered, shares[:, i], np.nan)
                        for i in range(CATEGORIES)
                    },
                }
            )
        )
    frame = pd.concat(tables, ignore_index=True)
    return frame.astype({"margin": "float64"})


class ScorecardWarehouse(ModelWarehouse):
    """What the models of the scorecard read, and these models."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, MODELS)
        for schema in ("main_internal", "main_restricted"):
            self.connection.execute(f"create schema {schema}")

    def plant(self, segments: Mapping[str, Segment], seed: int = 1) -> None:
        """Fill the tables with segments of the package's codes."""
        self.give("main_internal.int_segments__outcomes", outcomes(segments, seed))
        self.give(
            "main_internal.int_segments__leading_categories",
            pd.DataFrame(
                {
                    "category_rank": range(1, CATEGORIES + 1),
                    "category": [f"shelf {i}" for i in range(1, CATEGORIES + 1)],
                }
            ),
        )
        self.give(
            "main.segments__definitions",
            pd.DataFrame(
                {
                    "segment_set": "primary",
                    "segment_code": list(segments),
                    "segment_label": list(segments),
                }
            ),
        )
        self.give("main_restricted.int_segments__economics", _economics(segments))
        self.give("main_restricted.int_segments__reach", _reach(segments))
        self.give("main_internal.int_segments__stability", _stability(segments))
        self._give_dates()
        self.give_layers(())
        self.give_market([])
        self.connection.execute(
            "create or replace table main_internal.platform_limits as "
            "select 'x' as platform, 'ads' as channel, 100 as minimum_members"
        )

    def give_layers(self, unknown: Collection[str]) -> None:
        """Let one customer have every feature that rules name, but for some."""
        row = {name: None if name in unknown else "known" for name in named_features()}
        self.give(
            "main_internal.int_segments__layered_customers",
            pd.DataFrame([{"as_of_date": pd.Timestamp(NOW).date(), **row}]),
        )

    def give_market(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Fill the seed `market_inputs`."""
        self.connection.execute(
            "create or replace table main_internal.market_inputs (dataset text, "
            "segment_code text, measure text, value double, stated_on date, "
            "source text)"
        )
        for row in rows:
            self.connection.execute(
                "insert into main_internal.market_inputs values (?, ?, ?, ?, ?, ?)",
                ["omnichannel", *row],
            )

    def scorecard(self) -> pd.DataFrame:
        """Return the scorecard by segment."""
        return self.rows("segments__scorecard").set_index("segment_code")

    def _give_dates(self) -> None:
        self.connection.execute(
            "create or replace table main_internal.int_features__as_of_dates as "
            "select true as is_current, true as is_observed_180d"
        )
        self.connection.execute(
            "create or replace table main.features__as_of_dates as "
            f"select date '{NOW}' as as_of_date, true as is_current "
            f"union all select date '{PAST}', false"
        )
        self.connection.execute(
            "create or replace table main_internal.int_features__value_versions as "
            f"select date '{PAST}' as as_of_date, false as is_in_sample"
        )


def _economics(segments: Mapping[str, Segment]) -> pd.DataFrame:
    rows = []
    for code, segment in segments.items():
        size = segment.customers
        rows.append(
            {
                "segment_code": code,
                "customer_count": size,
                "buyer_count": size,
                "ordering_count": round(0.9 * size),
                "revenue_90d": 100.0 * size,
                "largest_revenue_90d": 500.0,
                "margin_revenue": 1000.0 * size,
                "margin_amount": 300.0 * size,
                "expected_count": size,
                "expected_revenue_365d": 400.0 * size,
                "largest_expected_revenue": 2000.0,
                "probability_count": size,
                "order_probability_90d": 0.5 * size,
                "acquired_count": 0,
                "acquisition_cost_amount": None,
                "largest_acquisition_cost": None,
                "past_count": size,
                "past_revenue": 100.0 * size,
                "largest_past_revenue": 500.0,
                "kept_count": round(0.6 * size),
                "service_tier": "standard",
                **segment.economics,
            }
        )
    return pd.DataFrame(rows).astype(
        {"acquisition_cost_amount": "float64", "largest_acquisition_cost": "float64"}
    )


def _reach(segments: Mapping[str, Segment]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "segment_code": code,
                "channel": channel,
                "customer_count": segment.customers,
                "identified_count": round(0.8 * segment.customers),
                "allowed_count": round(segment.reach * segment.customers),
                "reachable_count": round(segment.reach * segment.customers),
            }
            for code, segment in segments.items()
            for channel in ("email", "ads", "any")
        ]
    )


def _stability(segments: Mapping[str, Segment]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "segment_set": "primary",
                "segment_code": code,
                "before_count": segment.customers,
                "kappa": segment.kappa,
                "stay_rate": 0.9,
            }
            for code, segment in segments.items()
        ]
    )
