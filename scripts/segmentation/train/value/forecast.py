"""What a fitted model expects of each customer of a world."""

from dataclasses import dataclass

import numpy as np

from segmentation.train.arrays import Floats
from segmentation.train.value.counts import DAYS_PER_WEEK, Histories
from segmentation.train.value.gamma_gamma import OrderValueFit, expected_order_value
from segmentation.train.value.nodes import Nodes, orders_if_alive
from segmentation.train.value.purchase_models import PurchaseFit, probability_alive
from segmentation.train.value.tiers import TierMeasure
from segmentation.train.value.worlds import World

# The months of the coming year end after so many days, as in the warehouse.
MONTH_DAYS = (30, 61, 91, 122, 152, 183, 213, 243, 274, 304, 335, 365)
WINDOW_DAYS = 90


@dataclass(frozen=True)
class ValueModel:
    """Both models, as the warehouse applies them.

    Attributes:
        purchases: How customers order and leave.
        order_values: What an order is worth.
        nodes: Nodes of the former.
        yearly_discount_rate: What a year's wait costs.
    """

    purchases: PurchaseFit
    order_values: OrderValueFit
    nodes: Nodes
    yearly_discount_rate: float

    def orders(self, world: World, days: int) -> Floats:
        """Return the expected orders of each customer, shape (customers,)."""
        return self._alive(world) * self._if_alive(world, days)

    def value(self, world: World) -> Floats:
        """Return the discounted revenue of twelve months, shape (customers,)."""
        total, before = np.zeros(world.age_days.size), np.zeros(world.age_days.size)
        for month, days in enumerate(MONTH_DAYS, start=1):
            orders = self._if_alive(world, days)
            total += (orders - before) * (1 + self.yearly_discount_rate) ** (
                -month / 12
            )
            before = orders
        worth = expected_order_value(self.order_values, world.order_days, world.revenue)
        return self._alive(world) * total * worth

    def combined_spend(self, world: World) -> Floats:
        """Return the mean of three statements of a window's spend, shape (customers,).

        What the models expect, what the own rate to date gives, and what the last
        window was. Equal weights are hard to beat where each errs in its own way
        (Clemen, 1989).
        """
        worth = expected_order_value(self.order_values, world.order_days, world.revenue)
        expected = self.orders(world, WINDOW_DAYS) * worth
        revenue = np.maximum(world.revenue, 0)
        rate = revenue * WINDOW_DAYS / np.maximum(world.age_days, WINDOW_DAYS)
        return np.asarray(expected + rate + world.revenue_90d) / 3

    def measures(self, world: World) -> dict[TierMeasure, Floats]:
        """Return what value tiers may cut, each of shape (customers,)."""
        return {
            TierMeasure.SPEND: world.revenue_90d,
            TierMeasure.EXPECTED: self.value(world),
            TierMeasure.COMBINED: self.combined_spend(world),
        }

    def _alive(self, world: World) -> Floats:
        histories = Histories(
            np.asarray(world.frequency, dtype=float),
            world.recency_days / DAYS_PER_WEEK,
            world.age_days / DAYS_PER_WEEK,
            np.ones(world.age_days.size),
        )
        return probability_alive(self.purchases, histories)

    def _if_alive(self, world: World, days: int) -> Floats:
        pairs, place = np.unique(
            np.column_stack([world.frequency, world.age_days]),
            axis=0,
            return_inverse=True,
        )
        frequency, age = pairs.T.astype(float)
        found = orders_if_alive(
            self.purchases,
            self.nodes,
            frequency,
            age / DAYS_PER_WEEK,
            days / DAYS_PER_WEEK,
        )
        return found[place.ravel()]
