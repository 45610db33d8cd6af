"""Panels of two dates a year apart, drawn from the processes of the made-up company.

What a customer orders is that of `segmentation.demo.omnichannel`; visits and mails are
drawn beside it, at rates that do not change. Each draw is a company of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from model_warehouse import ModelWarehouse, compiled
from segmentation.demo.omnichannel.clock import FIRST_DAY
from segmentation.demo.omnichannel.people import draw_people, logistic
from segmentation.demo.omnichannel.purchases import draw_orders
from segmentation.demo.omnichannel.world import World

# In the order in which one reads another.
MODELS = {
    "int_segments__stability": "main_internal",
    "int_measurement__drift_bins": "main_restricted",
    "int_measurement__drift_tests": "main_restricted",
    "measurement__drift": "main",
}
ADVICE = {
    "int_segments__distinctness": "main_internal",
    "int_measurement__split_cells": "main_restricted",
    "int_measurement__splits": "main_restricted",
    "measurement__advice": "main",
}
THEN, BEFORE, NOW = date(2024, 12, 31), date(2025, 11, 30), date(2025, 12, 31)
VARIABLES = {
    "segmentation_as_of": NOW.isoformat(),
    "segmentation_dataset": "omnichannel",
}
# Compiled at once, as that takes longer than any of them runs.
COMPILED = ("drift_and_advice", [*MODELS, *ADVICE], VARIABLES)
CALM = World(separation=1.5, has_seasons=False, has_drift=False, has_turnover=False)
SEASONAL = World(separation=1.5, has_drift=False, has_turnover=False)
GROWING = World(separation=0.0, has_drift=False)
DRIFTING = World(separation=1.5, has_turnover=False)
STANDARD = World(separation=1.5)
TRAITS = (
    "price_consciousness",
    "quality_focus",
    "novelty_seeking",
    "brand_consciousness",
    "convenience",
    "sustainability",
)


@dataclass(frozen=True)
class Panel:
    """Rows of the dates of a panel.

    Attributes:
        features: As `features__customers`, what drift reads of it.
        memberships: As `segments__memberships`.
    """

    features: pd.DataFrame
    memberships: pd.DataFrame


def draw_panel(world: World, customers: int, seed: int) -> Panel:
    """Return a company at the as-of date, a month and a year before."""
    random = np.random.default_rng([seed, customers])
    people = draw_people(world, 0, customers, random)
    _, owner, day = draw_orders(world, people, random)
    # What was bought before the first day is not delivered.
    owner, day = owner[day >= 0], day[day >= 0]
    value = np.exp(3.5 + 0.45 * people.latent["basket"][owner])
    value = (value * random.lognormal(0, 0.8, len(owner))).round(2)
    visits = 2 * np.exp(0.7 * people.latent["engagement"])
    is_mailed = random.random(customers) < 0.6
    clicks = logistic(people.latent["engagement"] - 2.5)
    age_band = random.choice(["18-34", "35-54", "55+"], customers)
    trait = np.argmax([people.latent[name] for name in TRAITS], axis=0)
    leading = np.array(TRAITS)[trait]
    leading[people.latent["price_consciousness"] > 0.5] = TRAITS[0]
    features, memberships = [], []
    for as_of in (THEN, BEFORE, NOW):
        end = (as_of - FIRST_DAY).days + 1
        age = end - day

        def counted(days: int, past: np.ndarray = age) -> np.ndarray:
            within = (past > 0) & (past <= days)
            return np.bincount(owner[within], minlength=customers)

        def spent(days: int, past: np.ndarray = age) -> np.ndarray:
            within = (past > 0) & (past <= days)
            return np.bincount(owner[within], value[within], customers)

        last = np.full(customers, np.inf)
        np.minimum.at(last, owner[age > 0], np.floor(age[age > 0]))
        sessions = random.poisson(visits)
        quarter, half = spent(90), spent(180)
        rows = pd.DataFrame(
            {
                "customer_id": [f"c{i}" for i in range(customers)],
                "as_of_date": as_of,
                "is_profiled": True,
                "order_count_90d": counted(90),
                "order_count_365d": counted(365),
                "revenue_90d": quarter,
                "revenue_365d": spent(365),
                "revenue_trend_90d": np.where(
                    half > quarter,
                    quarter / np.maximum(half - quarter, 0.01) - 1,
                    np.nan,
                ),
                "days_since_last_order": np.where(np.isfinite(last), last, np.nan),
                "session_count_90d": sessions,
                "active_day_count_90d": np.minimum(sessions, 90),
                "page_count_90d": random.poisson(3 * sessions),
                "product_use_day_count_90d": 0,
                "support_ticket_count_365d": random.poisson(0.2, customers),
                "satisfaction_score_365d": None,
                "social_interaction_count_365d": random.poisson(0.1, customers),
                "social_sentiment_365d": None,
                "message_sent_count_90d": 6 * is_mailed,
                "message_open_count_90d": random.binomial(6, 0.4, customers),
                "message_click_count_90d": random.binomial(6, clicks),
            }
        ).astype(
            dict.fromkeys(
                (
                    "revenue_trend_90d",
                    "days_since_last_order",
                    "satisfaction_score_365d",
                    "social_sentiment_365d",
                ),
                "float64",
            )
        )
        features.append(rows)
        primary = np.select(
            [
                rows["order_count_90d"] > 1,
                rows["order_count_90d"] > 0,
                rows["days_since_last_order"] <= 180,
                np.isfinite(last),
            ],
            ["best", "steady", "slipping", "lapsed"],
            "prospect",
        )
        is_known = people.known <= end
        memberships.append(
            pd.DataFrame(
                {
                    "customer_id": rows["customer_id"],
                    "as_of_date": as_of,
                    "primary_segment": primary,
                    "value_tier": np.where(quarter > 0, "gold", "dormant"),
                    "rfm": primary,
                    "lifecycle": primary,
                    "behavior": np.where(
                        people.latent["online"] > 0, "online_led", "store_led"
                    ),
                    "demographic": age_band,
                    "psychographic": leading,
                }
            )[is_known | np.isfinite(last) | (people.entry != 2)]
        )
    return Panel(pd.concat(features), pd.concat(memberships))


class DriftWarehouse(ModelWarehouse):
    """What the models of drift read, and these models."""

    def __init__(self) -> None:
        super().__init__(compiled(*COMPILED), MODELS)

    def drift(
        self,
        panel: Panel,
        dates: Mapping[date, bool] | None = None,
    ) -> pd.DataFrame:
        """Return `measurement__drift` of a panel.

        Args:
            panel: Its rows.
            dates: Its dates, and whether each is observed for a year; all are by
                default.
        """
        dates = dates or dict.fromkeys((THEN, BEFORE, NOW), True)
        frame = pd.DataFrame(
            {
                "as_of_date": list(dates),
                "is_current": [day == max(dates) for day in dates],
                "is_reference": False,
                "is_observed_365d": list(dates.values()),
            }
        )
        self.give("main.features__as_of_dates", frame)
        self.give("main_internal.int_features__as_of_dates", frame)
        kept = {
            name: rows[rows["as_of_date"].isin(list(dates))]
            for name, rows in vars(panel).items()
        }
        self.give("main.features__customers", kept["features"])
        self.give("main.segments__memberships", kept["memberships"])
        self.run()
        return self.rows("measurement__drift")
