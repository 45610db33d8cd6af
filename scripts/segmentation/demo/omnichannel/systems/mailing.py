"""The mailing tool: addresses, mailings, cells of experiments, what happened."""

import numpy as np

from segmentation.demo.omnichannel.activity import draw_activity
from segmentation.demo.omnichannel.campaigns import ARMS, EXPERIMENT, schedule
from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import CLOSING, START, local_to_utc
from segmentation.demo.omnichannel.details import record_details
from segmentation.demo.omnichannel.frames import (
    DAY,
    HOUR,
    MINUTE,
    NOTHING,
    Array,
    Frame,
    Random,
    delivered,
    loaded,
    take,
)

CELLS = ("SEG", "GEN", "NONE")
SEND_HOUR = 10
EURO_PER_SEND = 0.004

SHAPES = (
    (
        "mailing_subscribers",
        """
        select
            id as subscriber, mail as address, given as name,
            new_york(joined) as joined, new_york(changed) as updated,
            new_york(loaded) as fetched
        from subscribers
        """,
    ),
    (
        "mailing_cells",
        """
        select
            campaign, subscriber, cell, new_york(drawn) as drawn,
            case when cell <> 'NONE' then new_york(sent) end as sent,
            new_york(loaded) as fetched
        from cells
        """,
    ),
    (
        "mailing_activity",
        """
        select
            id as activity, subscriber, campaign, "action",
            new_york("at") as happened, by_proxy, new_york(loaded) as fetched
        from activity
        """,
    ),
    (
        "records",
        """
        select
            'omni_mailing' as source_system, cast(id as varchar) as source_customer_id,
            person_key(person) as person_id, true as names_somebody
        from subscribers
        """,
    ),
    (
        "campaign_outcomes",
        """
        select
            campaign as campaign_id, person_key(person) as person_id, arm,
            matches as matches_affinity, is_recent, uplift_generic,
            uplift_segmented, responded
        from outcomes
        """,
    ),
)
COMMON_SHAPE = (
    "mailing_campaigns",
    """
    select
        number as campaign, title, audience, new_york(starts) as starts,
        new_york(ends) as ends, cost, offer, new_york(starts) as fetched
    from campaigns
    """,
)


def common_frame(customers: int) -> Frame:
    """Return the mailings themselves; their cost follows the size of the company."""
    found = schedule()
    starts = np.array([send_time(item.day) for item in found])
    return {
        "number": np.array([item.number for item in found]),
        "title": np.array([item.title for item in found], dtype=object),
        "audience": np.array(
            ["SEG" if item.kind == EXPERIMENT else "ALL" for item in found],
            dtype=object,
        ),
        "starts": starts,
        "ends": starts + 14 * DAY,
        "cost": np.full(len(found), round(120 + customers * EURO_PER_SEND, 2)),
        "offer": np.array(
            [
                f"MAIL{item.number}" if item.kind == EXPERIMENT else None
                for item in found
            ],
            dtype=object,
        ),
    }


def send_time(day: int) -> int:
    """Return the second at which a mailing of a day leaves."""
    return int(local_to_utc(np.array([START + day * DAY + SEND_HOUR * HOUR]))[0])


def frames(chunk: Chunk, rng: Random) -> dict[str, Frame]:
    """Return the rows of the mailing tool, and `clicks` for the web shop to see."""
    mailings = chunk.mailings
    sent_by_day = {day: send_time(day) for day in np.unique(mailings["day"]).tolist()}
    sent = np.array([sent_by_day[day] for day in mailings["day"].tolist()])
    sent = sent + rng.integers(0, 10 * MINUTE, len(sent))
    is_sent = mailings["arm"] != ARMS.index("no_contact")
    activity = draw_activity(chunk, take(mailings, is_sent), sent[is_sent], rng)
    is_click = activity["action"] == "C"
    cells = _cells(chunk, sent, rng)
    return {
        "subscribers": _subscribers(chunk, rng),
        "cells": cells,
        "outcomes": _outcomes(chunk, activity),
        "clicks": take(activity, is_click),
        "activity": delivered(rng, activity),
    }


def _subscribers(chunk: Chunk, rng: Random) -> Frame:
    joined = chunk.touchpoints.subscriber
    who = np.flatnonzero(joined < CLOSING)
    details = record_details(chunk.contacts, who, joined[who], 0.3, rng)
    at = START + (joined[who] * DAY).astype(np.int64)
    no_name = rng.random(len(who)) < 0.4
    mail = details["mail"]
    return {
        # Without an address there is nothing to subscribe with.
        "mail": np.where(mail == NOTHING, chunk.contacts.mail[who], mail),
        "given": np.where(no_name, NOTHING, details["given"]),
        "id": chunk.person_ids(who, 6),
        "person": chunk.people.number[who],
        "joined": at,
        "changed": at,
        "loaded": loaded(rng, at),
    }


def _cells(chunk: Chunk, sent: Array, rng: Random) -> Frame:
    mailings = chunk.mailings
    is_drawn = mailings["arm"] >= 0
    drawn = take(mailings, is_drawn)
    at = sent[is_drawn]
    return {
        "campaign": drawn["campaign"],
        "subscriber": chunk.person_ids(drawn["person"], 6),
        "cell": np.array(CELLS, dtype=object)[drawn["arm"]],
        "drawn": at - DAY,
        "sent": at,
        "loaded": loaded(rng, at),
    }


def _outcomes(chunk: Chunk, activity: Frame) -> Frame:
    """Return what is true of each drawing: arm, planted uplift, response."""
    mailings = chunk.mailings
    mailings = take(mailings, (mailings["arm"] >= 0) | (mailings["click"] >= 0))
    clicked = activity["planted"] & (activity["action"] == "C")
    scale = chunk.people.count
    hits = activity["campaign"][clicked] * scale + activity["person"][clicked]
    has_clicked = np.isin(mailings["campaign"] * scale + mailings["person"], hits)
    arms = np.array([*ARMS, "broadcast"], dtype=object)
    return {
        **{
            name: mailings[name]
            for name in (
                "campaign",
                "matches",
                "is_recent",
                "uplift_generic",
                "uplift_segmented",
            )
        },
        "person": chunk.people.number[mailings["person"]],
        "arm": arms[mailings["arm"]],
        "responded": np.where(mailings["arm"] >= 0, mailings["orders"], has_clicked),
    }
