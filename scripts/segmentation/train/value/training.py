"""Trains what customers are worth, a version for each cut-off."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from segmentation.train.quarters import quarter_end_before
from segmentation.train.value.backtest import Backtest, backtest
from segmentation.train.value.errors import TooFewBuyersError
from segmentation.train.value.first_orders import FirstOrders, train_first_orders
from segmentation.train.value.forecast import ValueModel
from segmentation.train.value.gamma_gamma import fit_order_values
from segmentation.train.value.nodes import choose_nodes
from segmentation.train.value.purchase_models import PurchaseModel, fit_purchases
from segmentation.train.value.seed_rows import ValueParameters
from segmentation.train.value.tiers import TierMeasure
from segmentation.train.value.worlds import (
    World,
    WorldSource,
    window_start,
)

# Four parameters from fewer people who came back say more about the people.
LEAST_REPEAT_BUYERS = 100

Advance = Callable[[str], None]
Build = Callable[[date], World | None]


@dataclass(frozen=True)
class Version:
    """A trained version and what it rests on.

    Attributes:
        parameters: What the seeds say.
        world: The world of its cut-off.
        backtest: The window before; null when the data do not reach back so far.
        node_error: Largest relative error of the sum over its nodes.
        log_likelihood: Of the histories to the cut-off.
        first_orders: What was learned of who never ordered.
        top_shares: Shares of buyers at which the value tiers end.
    """

    parameters: ValueParameters
    world: World
    backtest: Backtest | None
    node_error: float
    log_likelihood: float
    first_orders: FirstOrders
    top_shares: tuple[float, ...]

    @property
    def model(self) -> ValueModel:
        """The models as the warehouse applies them."""
        return model_of(self.parameters)


@dataclass(frozen=True)
class Settings:
    """What the trainer chose.

    Attributes:
        dataset: Data set that is trained.
        through: Cut-off; null for the last quarter end before the as-of date.
        is_backfill: Whether to train a version for each quarter end up to it.
        yearly_discount_rate: What a year's wait costs.
    """

    dataset: str
    through: date | None = None
    is_backfill: bool = False
    yearly_discount_rate: float = 0.1


def model_of(parameters: ValueParameters) -> ValueModel:
    """Return the models that parameters stand for, as the warehouse applies them."""
    return ValueModel(
        parameters.purchases,
        parameters.order_values,
        parameters.nodes,
        parameters.yearly_discount_rate,
    )


def train_versions(
    worlds: WorldSource, settings: Settings, advance: Advance
) -> tuple[Version, ...]:
    """Train the versions, the newest first.

    Args:
        worlds: What builds the world of a day.
        settings: What to train.
        advance: Called with what is done next.

    Raises:
        SegmentationError: A world does not build, or has too few buyers.
    """
    through = settings.through or quarter_end_before(worlds.as_of)
    known: dict[date, World | None] = {}

    def world(day: date) -> World | None:
        if day not in known:
            advance(f"building {day}")
            known[day] = worlds.build(day)
        return known[day]

    newest = world(through)
    if newest is None:
        raise TooFewBuyersError(settings.dataset, through, 0, LEAST_REPEAT_BUYERS)
    versions = []
    for day in _cut_offs(through, newest, is_backfill=settings.is_backfill):
        here = world(day)
        repeated = here.histories.repeat_count if here else 0
        if here is None or repeated < LEAST_REPEAT_BUYERS:
            if day != through:
                break  # no earlier one has more
            raise TooFewBuyersError(
                settings.dataset, day, repeated, LEAST_REPEAT_BUYERS
            )
        before = _world_before(world, newest, day)
        advance(f"fitting {day}")
        earlier = partial(_world_before, world, newest, window_start(day))
        first_orders = train_first_orders(here, before, earlier)
        versions.append(_train(here, before, settings, worlds.top_shares, first_orders))
    return tuple(versions)


def _cut_offs(through: date, newest: World, *, is_backfill: bool) -> Iterator[date]:
    yield through
    day = quarter_end_before(through)
    while is_backfill and (day - newest.first_day).days + 1 >= 90:
        yield day
        day = quarter_end_before(day)


def _world_before(build: Build, newest: World, day: date) -> World | None:
    """Return the world of the start of the window that ends on a day."""
    start = window_start(day)
    return build(start) if (start - newest.first_day).days + 1 >= 90 else None


def _train(
    here: World,
    before: World | None,
    settings: Settings,
    shares: tuple[float, ...],
    first_orders: FirstOrders,
) -> Version:
    judged = None
    if before is not None and before.histories.repeat_count >= LEAST_REPEAT_BUYERS:
        judged = backtest(before, here, settings.yearly_discount_rate, shares)
    histories = here.histories
    if judged is not None:
        fit = fit_purchases(judged.winner, histories)
    else:
        fits = [fit_purchases(model, histories) for model in PurchaseModel]
        fit = max(fits, key=lambda each: each.log_likelihood)
    nodes, error = choose_nodes(fit, histories)
    tiers = judged.tiers if judged is not None else None
    parameters = ValueParameters(
        dataset=settings.dataset,
        trained_through=here.as_of,
        purchases=fit,
        order_values=fit_order_values(here.order_days, here.revenue / here.order_days),
        margin_share=_margin_share(here),
        yearly_discount_rate=settings.yearly_discount_rate,
        tier_measure=tiers.winner if tiers is not None else TierMeasure.SPEND,
        nodes=nodes,
        first_orders=first_orders.fit,
    )
    return Version(
        parameters, here, judged, error, fit.log_likelihood, first_orders, shares
    )


def _margin_share(world: World) -> float | None:
    """Return margin over revenue of all; null where an order has no margin."""
    revenue = math.fsum(world.revenue)
    if world.lacks_margin or revenue <= 0:
        return None
    return math.fsum(world.margin) / revenue
