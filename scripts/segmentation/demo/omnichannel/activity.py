"""What becomes of each mail: read by people or programs, clicked, bounced."""

import numpy as np

from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import DAYS, END, START, local_to_utc
from segmentation.demo.omnichannel.frames import (
    DAY,
    HOUR,
    Array,
    Frame,
    Random,
    loaded,
    stack,
    take,
)
from segmentation.demo.omnichannel.people import logistic

BOUNCE_SHARE, COMPLAINT_SHARE = 0.006, 0.0002
# Mail programs that load every picture by themselves, and how often they do.
PROXY_SHARE, PROXY_OPENS = 0.25, 0.95


def draw_activity(chunk: Chunk, mailings: Frame, sent: Array, rng: Random) -> Frame:
    """Return all events of the mails that were sent.

    Args:
        chunk: Persons and what they do.
        mailings: Who was sent what (`draw_campaigns`).
        sent: Second at which each of these mails left.
        rng: Random numbers.

    Returns:
        id, person, subscriber, campaign, planted (whether the mailing plants its
        clicks), action (code of the mailing tool), at, by_proxy, loaded.
    """
    who, count = mailings["person"], len(sent)
    engagement = chunk.people.latent["engagement"][who]
    draw = rng.random((6, count))
    bounces = draw[0] < BOUNCE_SHARE
    arrives = ~bounces
    has_proxy = (rng.random(chunk.people.count) < PROXY_SHARE)[who]
    by_proxy = arrives & has_proxy & (draw[1] < PROXY_OPENS)
    click = logistic(-4.3 + 0.6 * engagement + 1.2 * mailings["matches"])
    click = np.where(mailings["click"] >= 0, mailings["click"], click)
    clicks = draw[2] < click
    opens = arrives & (clicks | (draw[3] < logistic(-1.55 + 0.6 * engagement)))
    clicks = clicks & opens
    # Many look when they always do, the others when it comes in.
    usual = START + mailings["day"] * DAY + chunk.people.usual_hour[who] * HOUR
    usual = local_to_utc(usual + rng.integers(-HOUR, HOUR, count))
    usual = np.where(usual <= sent, usual + DAY, usual)
    soon = sent + 60 + (rng.exponential(5 * HOUR, count)).astype(np.int64)
    opened = np.where(draw[4] < 0.6, usual, soon)
    clicked = opened + rng.integers(5, 300, count)
    kinds = (
        ("S", np.ones(count, dtype=bool), sent, 0),
        ("B", bounces, sent + rng.integers(1, HOUR, count), 0),
        ("O", by_proxy, sent + rng.integers(1, 2 * HOUR, count), 1),
        ("O", opens, opened, 0),
        ("C", clicks, clicked, 0),
        ("A", arrives & (draw[5] < COMPLAINT_SHARE), opened + 60, 0),
        ("U", _last_before_leaving(chunk, mailings), opened + 90, 0),
    )
    found = [
        {
            "person": who[where],
            "campaign": mailings["campaign"][where],
            "planted": mailings["click"][where] >= 0,
            "action": np.full(int(where.sum()), action, dtype=object),
            "at": at[where],
            "by_proxy": np.full(int(where.sum()), proxy),
        }
        for action, where, at, proxy in kinds
    ]
    activity = stack(*found)
    activity = take(activity, activity["at"] < END)
    activity["subscriber"] = chunk.person_ids(activity["person"], 6)
    activity["id"] = chunk.ids(len(activity["at"]), 7)
    activity["loaded"] = loaded(rng, activity["at"])
    return activity


def _last_before_leaving(chunk: Chunk, mailings: Frame) -> Array:
    """Return whether a mailing is the last one of somebody who then unsubscribes."""
    who, day = mailings["person"], mailings["day"]
    last = np.full(chunk.people.count, -1)
    np.maximum.at(last, who, day)
    leaves = chunk.touchpoints.unsubscribed[who] < DAYS
    is_last: Array = leaves & (day == last[who])
    return is_last
