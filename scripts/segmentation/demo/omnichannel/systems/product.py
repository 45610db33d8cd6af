"""A connected product: who registered which device, and how it is used."""

import numpy as np

from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import CLOSING, DAYS, END, START, local_to_utc
from segmentation.demo.omnichannel.frames import (
    DAY,
    HOUR,
    Frame,
    Random,
    delivered,
    loaded,
    pick,
    repeated,
    take,
)

FEATURES = ("brew", "schedule", "recipe", "clean", "share")
RUNS_A_WEEK = 1.2

SHAPES = (
    (
        "product_devices",
        """
        select
            printf('SN-%010d', id) as serial, 'C' || account as shop_account,
            moment(registered) as registered, moment(loaded) as ingested
        from devices
        """,
    ),
    (
        "product_usage",
        """
        select
            id as usage_id, printf('SN-%010d', device) as serial, feature,
            moment("at") as used, run_no, moment(loaded) as ingested
        from usage
        """,
    ),
    (
        "records",
        """
        select
            'omni_product' as source_system,
            printf('SN-%010d', id) as source_customer_id,
            person_key(person) as person_id, true as names_somebody
        from devices
        """,
    ),
)


def frames(chunk: Chunk, rng: Random) -> dict[str, Frame]:
    """Return the devices and what they were used for."""
    begins = chunk.touchpoints.device
    who = np.flatnonzero(begins < CLOSING)
    registered = START + (begins[who] * DAY).astype(np.int64)
    devices = {
        "id": chunk.person_ids(who, 11),
        "account": chunk.person_ids(who, 1),
        "person": chunk.people.number[who],
        "registered": registered,
        "loaded": loaded(rng, registered),
    }
    # Use goes on after the last order: whoever owns the thing keeps using it.
    weeks = (DAYS - begins[who]) / 7
    rate = RUNS_A_WEEK * np.exp(0.5 * chunk.people.latent["convenience"][who])
    row, run = repeated(rng.poisson(rate * weeks))
    day = np.floor(begins[who[row]] + rng.random(len(row)) * weeks[row] * 7)
    hour = np.clip(np.rint(rng.normal(8, 2, len(row))), 0, 23)
    local = START + (day * DAY + hour * HOUR).astype(np.int64)
    at = local_to_utc(local + rng.integers(0, HOUR, len(row)))
    kinds = pick(rng, len(row), (0.6, 0.15, 0.12, 0.1, 0.03))
    usage = {
        "id": chunk.ids(len(row), 12),
        "device": devices["id"][row],
        "feature": np.array(FEATURES, dtype=object)[kinds],
        "at": at,
        "run_no": run + 1,
        "loaded": loaded(rng, at),
    }
    is_inside = (at < END) & (at >= np.maximum(registered[row], START))
    return {"devices": devices, "usage": delivered(rng, take(usage, is_inside))}
