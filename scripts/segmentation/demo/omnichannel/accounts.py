"""Accounts of the web shop, with the versions that they went through."""

import numpy as np

from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import CLOSING, DAYS, END, START
from segmentation.demo.omnichannel.details import record_details
from segmentation.demo.omnichannel.frames import (
    DAY,
    MINUTE,
    Frame,
    Random,
    loaded,
    take,
)


def draw_accounts(chunk: Chunk, rng: Random) -> Frame:
    """Return every version of every account."""
    joined = chunk.touchpoints.account
    who = np.flatnonzero(joined < DAYS)
    opened = np.minimum(START + (joined[who] * DAY).astype(np.int64), END - MINUTE)
    moved = chunk.contacts.moved[who]
    # Most people tell the shop when they move; a few close their account.
    tells = (moved > joined[who]) & (moved < CLOSING) & (rng.random(len(who)) < 0.7)
    told = np.where(tells, START + np.where(tells, moved, 0) * DAY, opened)
    closes = rng.random(len(who)) < 0.01
    closed = rng.integers(told.astype(np.int64), END + 1)
    row = np.concatenate(
        [np.arange(len(who)), np.flatnonzero(tells), np.flatnonzero(closes)]
    )
    version = np.repeat([0, 1, 2], [len(who), tells.sum(), closes.sum()])
    changed = np.choose(version, [opened[row], told[row], closed[row]])
    details = record_details(chunk.contacts, who, joined[who], 0.3, rng)
    frame = take(details, row)
    new_street = chunk.contacts.street[1][who[row]]
    frame["street"] = np.where(
        (version > 0) & tells[row], new_street, details["street"][row]
    )
    return {
        **frame,
        "id": chunk.person_ids(who[row], 1),
        "person": chunk.people.number[who[row]],
        "registered": opened[row],
        "changed": changed.astype(np.int64),
        "deleted": version == 2,
        "loaded": loaded(rng, changed.astype(np.int64)),
    }
