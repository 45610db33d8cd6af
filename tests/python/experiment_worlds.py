"""Replicated outcome tables with planted effects, and the models that judge them.

Each replicate is an experiment of one build: hundreds of experiments are people of one
table, and the very SQL of the project estimates all of them at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from model_warehouse import ModelWarehouse, compiled

MODELS = {
    "int_measurement__experiment_samples": "main_restricted",
    "int_measurement__experiment_cells": "main_restricted",
    "int_measurement__experiment_contrasts": "main_restricted",
    "int_measurement__experiment_estimates": "main_restricted",
    "int_measurement__experiment_heterogeneity": "main_restricted",
}
PEOPLE = "main_restricted.int_measurement__experiment_people"
VARIABLES: dict[str, Any] = {
    "segmentation_as_of": "2024-03-31",
    "segmentation_dataset": "omnichannel",
    "segmentation_timezone": "UTC",
    "segmentation_experiments": [],
}
SHARES = {"offer": 0.6, "holdout": 0.4}
# Of six segments the last two are the smallest third.
SEGMENTS = ("best", "steady", "slipping", "new", "deal_seekers", "lapsed")
SEGMENT_SHARES = np.array([0.30, 0.25, 0.20, 0.10, 0.08, 0.07])
ORDER_RATES = np.array([0.20, 0.12, 0.08, 0.07, 0.06, 0.06])
SMALLEST = ("deal_seekers", "lapsed")
# Correlation of the margin with what it was before: what CUPED can make use of.
RHO = 0.6
METRICS = {"ordered": "ordered", "revenue": "revenue_amount", "margin": "margin_amount"}


@dataclass(frozen=True)
class World:
    """What the offer does.

    Attributes:
        uplifts: Added chance of an order, by segment.
        margin_effect: Added margin per person, in standard deviations.
        tail: Spread of the logarithm of an amount; 1.3 is that of the real baskets.
    """

    uplifts: Sequence[float] = (0.03,) * len(SEGMENTS)
    margin_effect: float = 0.1
    tail: float = 1.3


NOTHING = World(uplifts=(0.0,) * len(SEGMENTS), margin_effect=0.0)
UNEVEN = World(uplifts=(0.10, 0.0, 0.0, 0.0, 0.0, 0.0))


def people_of(world: World, people: int, random: np.random.Generator) -> pd.DataFrame:
    """Return outcomes of people drawn into two arms; amounts in cents."""
    segment = random.choice(len(SEGMENTS), people, p=SEGMENT_SHARES)
    is_offer = random.random(people) < SHARES["offer"]
    # Who orders often did so before, too.
    habit = random.gamma(2.0, 0.5, people)
    chance = np.minimum(ORDER_RATES[segment] * habit, 0.8)
    before = random.random(people) < chance
    uplift = np.where(is_offer, np.take(world.uplifts, segment), 0.0)
    ordered = random.random(people) < np.minimum(chance + uplift, 1.0)
    amounts = np.exp(random.normal(3.0, world.tail, (2, people)))
    past_margin = random.normal(0.0, 1.0, people)
    noise = random.normal(0.0, np.sqrt(1 - RHO**2), people)
    margin = RHO * past_margin + noise + world.margin_effect * is_offer
    return pd.DataFrame(
        {
            "arm": np.where(is_offer, "offer", "holdout"),
            "primary_segment": np.take(SEGMENTS, segment),
            "ordered": ordered.astype(np.int64),
            "revenue_amount": np.round(amounts[0] * ordered, 2),
            "margin_amount": np.round(20 + 10 * margin, 2),
            "past_ordered": before.astype(np.int64),
            "past_revenue_amount": np.round(amounts[1] * before, 2),
            "past_margin_amount": np.round(20 + 10 * past_margin, 2),
        }
    )


def replicated(world: World, count: int, people: int, seed: int) -> pd.DataFrame:
    """Return people of many experiments."""
    random = np.random.default_rng(seed)
    frame = people_of(world, count * people, random)
    numbers = np.arange(count * people)
    frame["experiment_code"] = [f"r{i}" for i in range(count) for _ in range(people)]
    frame["customer_id"] = [f"c{i}" for i in numbers]
    frame["person_number"] = numbers % people
    return frame


@dataclass(frozen=True)
class Truth:
    """What an interval should hold, and how far the best one reaches.

    Attributes:
        effect: Difference of the means of outcomes, each counted up to the cap.
        error: True standard error of the difference, without use of the past.
        adjusted_error: The same, with the best use of it.
        correlation: Of the outcome with the past, within arms.
    """

    effect: float
    error: float
    adjusted_error: float
    correlation: float


def truths(world: World, people: int, seed: int = 99) -> dict[tuple[str, str], Truth]:
    """Return the truth per metric and segment, from two million people."""
    frame = people_of(world, 2_000_000, np.random.default_rng(seed))
    found = {}
    for metric, column in METRICS.items():
        outcome, past = (
            capped(frame[name].to_numpy(float), metric)
            for name in (column, f"past_{column}")
        )
        arms = frame["arm"].to_numpy()
        slope, correlation = within_arms(outcome, past, arms)
        for code in ("all", *SEGMENTS):
            own = (
                np.ones(len(frame), bool)
                if code == "all"
                else (frame["primary_segment"].to_numpy() == code)
            )
            size = people * own.mean()
            sides = [
                (own & (arms == arm), size * share) for arm, share in SHARES.items()
            ]
            # Where nothing is planted the truth is nothing, and not what chance gives.
            one, other = (
                outcome[side].mean() if world != NOTHING else 0.0 for side, _ in sides
            )
            error, adjusted_error = (
                np.sqrt(sum(values[side].var() / count for side, count in sides))
                for values in (outcome, outcome - slope * past)
            )
            found[metric, code] = Truth(one - other, error, adjusted_error, correlation)
    return found


def capped(values: np.ndarray[Any, Any], metric: str) -> np.ndarray[Any, Any]:
    """Count an amount up to the 99th percentile of those that are not nothing."""
    if metric == "ordered":
        return values
    cap = np.quantile(np.abs(values[values != 0]), 0.99, method="inverted_cdf")
    return np.asarray(np.clip(values, -cap, cap))


def within_arms(
    outcome: np.ndarray[Any, Any],
    past: np.ndarray[Any, Any],
    arms: np.ndarray[Any, Any],
) -> tuple[float, float]:
    """Return slope and correlation of the outcome on the past, within arms."""
    centred = [
        values - np.select([arms == arm for arm in SHARES], means)
        for values in (outcome, past)
        for means in [[values[arms == arm].mean() for arm in SHARES]]
    ]
    (square, product), (_, past_square) = centred @ np.transpose(centred)
    return float(product / past_square), float(product / np.sqrt(square * past_square))


class ExperimentWarehouse(ModelWarehouse):
    """People of many experiments, and the models that estimate."""

    def __init__(self, models: Mapping[str, str] = MODELS) -> None:
        super().__init__(compiled("experiment_results", models, VARIABLES), models)
        for schema in ("main", "main_internal", "main_restricted"):
            self.connection.execute(f"create schema if not exists {schema}")

    def give_people(self, frame: pd.DataFrame, looks: int = 1) -> None:
        """Fill the table of people; of several looks each has more of them.

        Args:
            frame: People of `replicated`.
            looks: How often each experiment is looked at; the code of an experiment
                then ends with the number of the look.
        """
        self.connection.register("given", frame)
        self.connection.execute(
            f"create or replace table {PEOPLE} as "
            "select experiment_code || '/' || look as experiment_code, customer_id, "
            "arm, primary_segment, true as is_compared, true as is_complete, "
            "date '2024-03-01' as assigned_date, date '2024-03-14' as last_day, "
            "ordered, ordered as order_count, past_ordered, "
            "past_ordered as past_order_count, "
            + ", ".join(
                f"cast({past}{column} as decimal(18, 2)) as {past}{column}"
                for past in ("", "past_")
                for column in ("revenue_amount", "margin_amount")
            )
            + ", cast(revenue_amount as decimal(18, 2)) as value_amount, "
            "cast(past_revenue_amount as decimal(18, 2)) as past_value_amount "
            "from given inner join (select unnest(generate_series(1, $looks)) as look) "
            "on person_number * $looks < look * "
            "(select max(person_number) + 1 from given)",
            {"looks": looks},
        )
        self.connection.unregister("given")
        codes = self.connection.sql(
            f"select distinct experiment_code from {PEOPLE}"
        ).df()["experiment_code"]
        self.give(
            "main_internal.int_measurement__experiment_designs",
            pd.DataFrame(
                [
                    {
                        "experiment_code": code,
                        "arm": arm,
                        "kind": "message",
                        "treatment": None,
                        "planned_share": share,
                        "cell_count": round(100 * share),
                        "arm_number": number,
                        "is_control": arm == "holdout",
                        "ends_on": pd.Timestamp("2024-03-14"),
                    }
                    for code in codes
                    for number, (arm, share) in enumerate(SHARES.items(), 1)
                ]
            ),
        )
