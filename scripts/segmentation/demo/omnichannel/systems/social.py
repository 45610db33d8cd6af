"""The social media monitor: profiles, a few of them linked, and what they post."""

import numpy as np

from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import CLOSING, END, START
from segmentation.demo.omnichannel.frames import (
    DAY,
    HOUR,
    NOTHING,
    Frame,
    Random,
    delivered,
    loaded,
    pick,
    repeated,
    take,
)

NETWORKS = ("instagram", "facebook", "x", "youtube")
KINDS = ("mention", "comment", "share", "message")
LINKED_SHARE = 0.4

SHAPES = (
    (
        "social_profiles",
        """
        select
            '@' || to_base(id, 36) as handle, network, linked_mail,
            linked as linked_s, loaded as pulled_s
        from profiles
        """,
    ),
    (
        "social_posts",
        """
        select
            id as post_id, '@' || to_base(profile, 36) as handle, network, kind,
            mood, "at" as posted_s, loaded as pulled_s
        from posts
        """,
    ),
    (
        "records",
        """
        select
            'omni_social' as source_system,
            network || ':@' || to_base(id, 36) as source_customer_id,
            person_key(person) as person_id, linked_mail is not null as names_somebody
        from profiles
        """,
    ),
)


def frames(chunk: Chunk, rng: Random) -> dict[str, Frame]:
    """Return profiles and posts."""
    begins = chunk.touchpoints.social
    who = np.flatnonzero(begins < CLOSING)
    since = np.clip(begins[who], 0, None)
    linked = START + (since * DAY).astype(np.int64)
    network = np.array(NETWORKS, dtype=object)[
        pick(rng, len(who), (0.45, 0.25, 0.1, 0.2))
    ]
    is_linked = rng.random(len(who)) < LINKED_SHARE
    profiles = {
        "id": chunk.person_ids(who, 15),
        "person": chunk.people.number[who],
        "network": network,
        "linked_mail": np.where(is_linked, chunk.contacts.mail[who], NOTHING),
        "linked": linked,
        "loaded": loaded(rng, linked),
    }
    row, _ = repeated(1 + rng.poisson(3, len(who)))
    at = linked[row] + (rng.random(len(row)) * (END - linked[row])).astype(np.int64)
    mood = 0.2 + 0.25 * chunk.people.latent["loyalty"][who[row]]
    mood = np.clip(mood + rng.normal(0, 0.35, len(row)), -1, 1)
    posts = {
        "id": chunk.ids(len(row), 16),
        "profile": profiles["id"][row],
        "network": network[row],
        "kind": np.array(KINDS, dtype=object)[
            pick(rng, len(row), (0.3, 0.4, 0.2, 0.1))
        ],
        "mood": np.round(mood, 3),
        "at": at,
        "loaded": loaded(rng, at + HOUR),
    }
    return {"profiles": profiles, "posts": delivered(rng, take(posts, at < END))}
