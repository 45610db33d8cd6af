"""The support desk: who asks, about what, and how content they are."""

import numpy as np

from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import DAYS, END, START
from segmentation.demo.omnichannel.details import record_details
from segmentation.demo.omnichannel.frames import (
    DAY,
    HOUR,
    MINUTE,
    Frame,
    Random,
    delivered,
    loaded,
    pick,
    stack,
    take,
)

TICKETS_PER_ORDER = 0.08
SUBJECTS = ("delivery", "return", "invoice", "product", "account")
WAYS = ("mail", "phone", "chat", "form")

SHAPES = (
    (
        "helpdesk_requesters",
        """
        select
            'H' || id as requester, trim(given || ' ' || family) as full_name,
            mail, phone, offset_text(created) as created,
            offset_text(loaded) as imported
        from requesters
        """,
    ),
    (
        "helpdesk_tickets",
        """
        select
            'T-' || id as ticket, 'H' || requester as requester,
            offset_text(opened) as opened,
            case when closed > 0 then offset_text(closed) end as closed,
            offset_text(updated) as updated, subject, via, nullif(stars, 0) as stars,
            offset_text(loaded) as imported
        from tickets
        """,
    ),
    (
        "records",
        """
        select
            'omni_helpdesk' as source_system, 'H' || id as source_customer_id,
            person_key(person) as person_id, true as names_somebody
        from requesters
        """,
    ),
)


def frames(chunk: Chunk, rng: Random) -> dict[str, Frame]:
    """Return requesters and every version of their tickets."""
    orders = take(chunk.orders, rng.random(len(chunk.orders["at"])) < TICKETS_PER_ORDER)
    opened = orders["at"] + rng.integers(HOUR, 12 * DAY, len(orders["at"]))
    inside = opened < END
    owner, opened = orders["owner"][inside], opened[inside]
    count = len(owner)
    closed = opened + (rng.exponential(30 * HOUR, count)).astype(np.int64) + 10 * MINUTE
    mood = 3.9 + 0.6 * chunk.people.latent["loyalty"][owner] + rng.normal(0, 0.8, count)
    stars = np.clip(np.rint(mood), 1, 5).astype(np.int64)
    first = {
        "id": chunk.ids(count, 13),
        "requester": chunk.person_ids(owner, 14),
        "opened": opened,
        "closed": np.zeros(count, dtype=np.int64),
        "updated": opened,
        "subject": np.array(SUBJECTS, dtype=object)[
            pick(rng, count, (0.35, 0.25, 0.15, 0.15, 0.1))
        ],
        "via": np.array(WAYS, dtype=object)[pick(rng, count, (0.45, 0.2, 0.2, 0.15))],
        "stars": np.zeros(count, dtype=np.int64),
        "loaded": loaded(rng, opened),
    }
    later = {
        **first,
        "closed": closed,
        "updated": closed,
        # Four in ten answer when asked.
        "stars": np.where(rng.random(count) < 0.4, stars, 0),
        "loaded": loaded(rng, closed),
    }
    tickets = stack(first, take(later, closed < END))
    return {
        "requesters": _requesters(chunk, owner, opened, rng),
        "tickets": delivered(rng, tickets),
    }


def _requesters(
    chunk: Chunk, owner: np.ndarray, opened: np.ndarray, rng: Random
) -> Frame:
    who = np.unique(owner)
    first = np.full(chunk.people.count, END)
    np.minimum.at(first, owner, opened)
    created = first[who]
    days = np.clip((created - START) / DAY, 0, DAYS)
    details = record_details(chunk.contacts, who, days, 0.3, rng)
    return {
        **details,
        "id": chunk.person_ids(who, 14),
        "person": chunk.people.number[who],
        "created": created,
        "loaded": loaded(rng, created),
    }
