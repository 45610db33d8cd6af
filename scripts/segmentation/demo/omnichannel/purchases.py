"""Who orders when, for how long, and how much."""

from dataclasses import dataclass

import numpy as np

from segmentation.demo.omnichannel.catalogue import SWISS_STORE
from segmentation.demo.omnichannel.clock import (
    DAYS,
    DAYS_BEFORE,
    DRIFT_OTHERS,
    DRIFT_PRICE_CONSCIOUS,
    START,
    TradingTime,
    local_to_utc,
)
from segmentation.demo.omnichannel.frames import DAY, HOUR, Array, Frame, Random, pick
from segmentation.demo.omnichannel.people import (
    EXISTING,
    PROSPECT,
    STORE,
    People,
    logistic,
)
from segmentation.demo.omnichannel.world import World

WEEKLY_RATE = 0.17
DAILY_HAZARD = 0.0011
# From here on a person counts as price-conscious.
PRICE_CONSCIOUS = 0.5
MOST_ORDERS = 400


@dataclass(frozen=True)
class Lifetimes:
    """The purchase process of each person, as columns; times are days.

    Attributes:
        weekly_rate: Orders a week of trading time while active.
        dropout: Probability to stop after any order.
        mean_value: Expected value of an order, EUR.
        daily_hazard: Of a prospect's first order; null for others.
        first: First order, `inf` when there is none by the last day.
        last: Last order, those that mailings cause left out.
        dropped: Order after which the person stopped, `inf` while active.
    """

    weekly_rate: Array
    dropout: Array
    mean_value: Array
    daily_hazard: Array
    first: Array
    last: Array
    dropped: Array


def draw_orders(
    world: World, people: People, rng: Random
) -> tuple[Lifetimes, Array, Array]:
    """Draw everybody's orders by themselves, before any campaign.

    An order follows the last after an exponential time at the person's own rate, and
    after each order the person drops out with a probability of their own: the process
    of Batislam et al. (2007), with demand that follows the calendar.

    Returns:
        The lifetimes, and owner and day of each order, those before the first day too.
    """
    latent = people.latent
    weekly_rate = WEEKLY_RATE * np.exp(0.75 * latent["order_rate"])
    dropout = logistic(-0.4 - latent["loyalty"])
    if not world.has_turnover:
        # As many orders as elsewhere, from customers who all stay.
        weekly_rate, dropout = 0.15 * weekly_rate, np.zeros(people.count)
    hazard = DAILY_HAZARD * np.exp(0.7 * latent["engagement"])
    hazard = np.where(people.entry == PROSPECT, hazard, np.nan)
    clocks = (
        TradingTime(world, DRIFT_OTHERS),
        TradingTime(world, DRIFT_PRICE_CONSCIOUS),
    )
    which = (latent["price_consciousness"] > PRICE_CONSCIOUS).astype(np.int64)
    first = _first_orders(people, hazard, clocks[0], rng)
    owners, days = [], []
    units = np.where(which, clocks[1].of_days(first), clocks[0].of_days(first))
    active = np.flatnonzero(np.isfinite(first))
    now = first
    dropped = np.full(people.count, np.inf)
    for _ in range(MOST_ORDERS):
        owners.append(active)
        days.append(now[active])
        stops = rng.random(len(active)) < dropout[active]
        dropped[active[stops]] = now[active[stops]]
        active = active[~stops]
        units[active] += rng.exponential(7 / weekly_rate[active])
        now = np.full(people.count, np.inf)
        for number, clock in enumerate(clocks):
            those = active[which[active] == number]
            now[those] = clock.to_days(units[those])
        active = active[np.isfinite(now[active])]
        if not len(active):
            break
    owner, day = np.concatenate(owners), np.concatenate(days)
    last = np.full(people.count, -np.inf)
    np.maximum.at(last, owner, day)
    # Firms spend more, where there are groups at all.
    extra = np.where(people.is_business & (world.separation > 0), 0.35, 0.0)
    lifetimes = Lifetimes(
        weekly_rate=weekly_rate,
        dropout=dropout,
        mean_value=np.exp(3.85 + 0.45 * latent["basket"] + extra),
        daily_hazard=hazard,
        first=first,
        last=last,
        dropped=dropped,
    )
    return lifetimes, owner, day


def _first_orders(
    people: People, hazard: Array, clock: TradingTime, rng: Random
) -> Array:
    """Return the day of the first order; `inf` for prospects who never order."""
    opening, start, end = clock.of_days(np.array([-DAYS_BEFORE, 0.0, DAYS]))
    is_existing = people.entry == EXISTING
    units = rng.uniform(
        np.where(is_existing, opening, start), np.where(is_existing, start, end)
    )
    waiting = rng.exponential(1 / np.where(np.isnan(hazard), 1.0, hazard))
    first = np.where(
        people.entry == PROSPECT, people.known + waiting, clock.to_days(units)
    )
    return np.where(first < DAYS, first, np.inf)


def complete_orders(
    people: People, lifetimes: Lifetimes, owner: Array, days: Array, rng: Random
) -> Frame:
    """Return orders with second, channel, country, coupon and intended value.

    Args:
        people: The persons.
        lifetimes: Their purchase processes.
        owner: Person of each order.
        days: Day of each order since the first day.
        rng: Random numbers.
    """
    count = len(owner)
    draws = rng.random((2, count))
    shares = np.cumsum(people.channel_shares[owner], axis=1)
    channel = (draws[0][:, None] > shares[:, :2]).sum(axis=1)
    hour = people.usual_hour[owner] + np.rint(rng.normal(0, 2.2, count))
    anytime = rng.random(count) < 0.2
    hour[anytime] = rng.integers(7, 24, int(anytime.sum()))
    hour = np.where(channel == STORE, np.clip(hour, 9, 19), np.clip(hour, 0, 23))
    local = START + np.floor(days).astype(np.int64) * DAY
    local = local + (hour * HOUR).astype(np.int64) + rng.integers(0, HOUR, count)
    price = people.latent["price_consciousness"][owner]
    return {
        "owner": owner,
        "at": local_to_utc(local),
        "day": days,
        "channel": channel,
        "value": lifetimes.mean_value[owner] * np.exp(rng.normal(-0.32, 0.8, count)),
        "has_coupon": draws[1] < logistic(-1.3 + 0.9 * price),
        "campaign": np.full(count, -1, dtype=np.int64),
        "store": np.where(
            people.household[owner] % 8 == 0,
            SWISS_STORE,
            pick(rng, count, (0.3, 0.25, 0.2, 0.15, 0.1)),
        ),
    }
