"""Visits to web shop and app: of buyers, readers, people just looking, strangers."""

import numpy as np

from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import (
    DAYS,
    END,
    START,
    local_to_utc,
)
from segmentation.demo.omnichannel.frames import (
    DAY,
    HOUR,
    MINUTE,
    Array,
    Frame,
    Random,
    pick,
    repeated,
    stack,
    take,
)
from segmentation.demo.omnichannel.people import APP, PROSPECT, STORE

WEEKLY_VISITS = 0.13
# Visitors who never tell who they are, for each person known, and their visits. A real
# shop has several times as many; they would only cost rows.
STRANGERS, VISITS_OF_STRANGERS = 6.0, 1.25
# Shares of visits of known people and of strangers that end with the page shown.
LEAVING, STRANGERS_LEAVING = 0.33, 0.55
DESKTOP, MOBILE, TABLET, IN_APP = 0, 1, 2, 3
ORGANIC_SHARES = (0.42, 0.33, 0.1, 0.15)


def draw_visits(chunk: Chunk, clicks: Frame, rng: Random) -> Frame:
    """Return visits within the two years.

    Args:
        chunk: Persons and what they do.
        clicks: Clicks on mailings: person, campaign, at. Each opens a visit.
        rng: Random numbers.

    Returns:
        owner (person, below zero for a stranger), at, device, source (position in the
        sources of web analytics), campaign, buys, pages.
    """
    visits = stack(
        _purchases(chunk, rng),
        _from_mailings(clicks, rng),
        _by_themselves(chunk, rng),
        _of_strangers(chunk, rng),
    )
    return take(visits, (visits["at"] < END - HOUR) & (visits["at"] >= START))


def _purchases(chunk: Chunk, rng: Random) -> Frame:
    online = take(chunk.orders, chunk.orders["channel"] != STORE)
    count = len(online["at"])
    device = np.where(online["channel"] == APP, IN_APP, _devices(rng, count))
    is_mailed = online["campaign"] >= 0
    source = np.where(is_mailed, 4, pick(rng, count, ORGANIC_SHARES))
    return _visits(
        online["owner"], online["at"] - 10 * MINUTE, device, source, rng,
        campaign=online["campaign"], buys=np.ones(count, dtype=bool),
    )  # fmt: skip


def _from_mailings(clicks: Frame, rng: Random) -> Frame:
    count = len(clicks["at"])
    return _visits(
        clicks["person"], clicks["at"] + 5, _devices(rng, count), np.full(count, 4),
        rng, campaign=clicks["campaign"],
    )  # fmt: skip


def _by_themselves(chunk: Chunk, rng: Random) -> Frame:
    people, lifetimes = chunk.people, chunk.lifetimes
    contact = chunk.touchpoints.contact
    begins = np.clip(contact - 30, 0, DAYS)
    # Interest fades two months after the last order, or half a year of just looking.
    fades = np.where(people.entry == PROSPECT, people.known + 180, 0)
    fades = np.maximum(
        fades, np.where(np.isinf(lifetimes.first), 0, lifetimes.dropped + 60)
    )
    weeks = np.clip(np.clip(fades, 0, DAYS) - begins, 0, None) / 7
    rate = WEEKLY_VISITS * np.exp(0.6 * people.latent["engagement"])
    owner, _ = repeated(rng.poisson(rate * weeks))
    count = len(owner)
    day = np.floor(begins[owner] + rng.random(count) * weeks[owner] * 7)
    hour = np.clip(people.usual_hour[owner] + np.rint(rng.normal(0, 2.5, count)), 0, 23)
    local = (
        START
        + (day * DAY + hour * HOUR).astype(np.int64)
        + rng.integers(0, HOUR, count)
    )
    uses_app = rng.random(count) < people.channel_shares[owner, APP] * 0.8
    device = np.where(uses_app, IN_APP, _devices(rng, count))
    source = np.where(uses_app, 0, pick(rng, count, ORGANIC_SHARES))
    return _visits(owner, local_to_utc(local), device, source, rng)


def _of_strangers(chunk: Chunk, rng: Random) -> Frame:
    strangers = int(chunk.people.count * STRANGERS)
    number, _ = repeated(1 + rng.poisson(VISITS_OF_STRANGERS - 1, strangers))
    count = len(number)
    at = START + rng.integers(0, DAYS, strangers)[number] * DAY
    at = at + rng.integers(0, 20, count) * DAY
    hour = np.clip(np.rint(rng.normal(15, 5, count)), 0, 23).astype(np.int64)
    local = at + hour * HOUR + rng.integers(0, HOUR, count)
    device = _devices(rng, strangers)[number]
    source = pick(rng, count, (0.25, 0.4, 0.15, 0.2))
    # Below zero: nobody the company knows.
    return _visits(-1 - number, local_to_utc(local), device, source, rng)


def _devices(rng: Random, count: int) -> Array:
    return pick(rng, count, (0.36, 0.58, 0.06))


def _visits(
    owner: Array,
    at: Array,
    device: Array,
    source: Array,
    rng: Random,
    campaign: Array | None = None,
    buys: Array | None = None,
) -> Frame:
    count = len(owner)
    is_buying = np.zeros(count, dtype=bool) if buys is None else buys
    pages = rng.geometric(np.where(owner < 0, STRANGERS_LEAVING, LEAVING))
    return {
        "owner": owner,
        "at": at,
        "device": device,
        "source": source,
        "campaign": np.full(count, -1) if campaign is None else campaign,
        "buys": is_buying,
        "pages": np.minimum(
            np.where(is_buying, 5 + rng.poisson(1.5, count), pages), 40
        ),
    }
