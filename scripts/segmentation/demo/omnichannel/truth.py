"""What is true of the persons, and the numbers that were planted."""

import numpy as np

from segmentation.demo.omnichannel import ads, campaigns, clock
from segmentation.demo.omnichannel.catalogue import CATEGORIES
from segmentation.demo.omnichannel.chunk import Chunk
from segmentation.demo.omnichannel.clock import DAY, START
from segmentation.demo.omnichannel.frames import Array, Frame
from segmentation.demo.omnichannel.people import ARCHETYPES, TRAITS
from segmentation.demo.omnichannel.systems import shop
from segmentation.demo.omnichannel.world import Company

CHANNELS = ("store", "web", "app")

SHAPES = (
    (
        "persons",
        """
        select
            person_key(person) as person_id,
            'H' || lpad(cast(household as varchar), 8, '0') as household_id,
            archetype, affinity, preferred_channel, usual_hour, engagement,
            price_consciousness, quality_focus, brand_consciousness, novelty_seeking,
            convenience, sustainability, is_business, is_twin,
            moment(known) as known_at
        from persons
        """,
    ),
    (
        "lifetimes",
        """
        select
            person_key(person) as person_id, weekly_rate,
            dropout as dropout_probability,
            mean_value as mean_order_value, order_count,
            moment(first_order) as first_order_at, moment(last_order) as last_order_at,
            case when dropped > -1000000000000 then moment(dropped) end
                as dropped_out_at
        from lifetimes
        """,
    ),
    (
        "prospects",
        """
        select
            person_key(person) as person_id, daily_hazard, moment(known) as known_at,
            case when first_order > -1000000000000 then moment(first_order) end
                as first_order_at
        from prospects
        """,
    ),
)
COMMON_SHAPES = (
    ("settings", "select name, value from settings"),
    ("planted", "select quantity, detail, value from planted"),
)
# Stands for a time that never came.
NEVER = -1_000_000_000_000


def frames(chunk: Chunk) -> dict[str, Frame]:
    """Return the true persons, lifetimes and prospects of a chunk."""
    people, lifetimes = chunk.people, chunk.lifetimes
    archetypes = np.array([*ARCHETYPES, None], dtype=object)
    persons = {
        "person": people.number,
        "household": people.household,
        "archetype": archetypes[people.archetype],
        "affinity": np.array(CATEGORIES, dtype=object)[people.affinity],
        "preferred_channel": np.array(CHANNELS, dtype=object)[
            people.channel_shares.argmax(axis=1)
        ],
        "usual_hour": people.usual_hour,
        "engagement": people.latent["engagement"],
        **{name: people.latent[name] for name in TRAITS},
        "is_business": people.is_business,
        "is_twin": people.is_twin,
        "known": _seconds(chunk.touchpoints.contact),
    }
    own = np.flatnonzero(chunk.orders["campaign"] < 0)
    owner = chunk.orders["owner"][own]
    buyers = np.flatnonzero(np.isfinite(lifetimes.first))
    return {
        "persons": persons,
        "lifetimes": {
            "person": people.number[buyers],
            "weekly_rate": lifetimes.weekly_rate[buyers],
            "dropout": lifetimes.dropout[buyers],
            "mean_value": lifetimes.mean_value[buyers],
            "order_count": np.bincount(owner, minlength=people.count)[buyers],
            "first_order": _seconds(lifetimes.first[buyers]),
            "last_order": _seconds(lifetimes.last[buyers]),
            "dropped": _seconds(lifetimes.dropped[buyers]),
        },
        "prospects": _prospects(chunk),
    }


def _prospects(chunk: Chunk) -> Frame:
    hazard = chunk.lifetimes.daily_hazard
    those = np.flatnonzero(~np.isnan(hazard))
    return {
        "person": chunk.people.number[those],
        "daily_hazard": hazard[those],
        "known": _seconds(chunk.people.known[those]),
        "first_order": _seconds(chunk.lifetimes.first[those]),
    }


def _seconds(days: Array) -> Array:
    is_known = np.isfinite(days)
    whole = START + (np.where(is_known, days, 0) * DAY).astype(np.int64)
    return np.where(is_known, whole, NEVER)


def common_frames(company: Company) -> dict[str, Frame]:
    """Return the settings, and the planted numbers by name."""
    world = company.planted
    settings = {
        "customers": company.customers,
        "seed": company.seed,
        "world": company.world,
        "separation": world.separation,
        "first_day": clock.FIRST_DAY,
        "last_day": clock.LAST_DAY,
    }
    effect = float(world.has_effects)
    planted: list[tuple[str, str, float]] = [
        ("uplift_generic", "all", campaigns.UPLIFT_GENERIC * effect),
        ("uplift_segmented", "own theme", campaigns.UPLIFT_OWN_THEME * effect),
        ("uplift_segmented", "other theme", campaigns.UPLIFT_OTHER_THEME * effect),
    ]
    for month, demand in clock.demand_of_months(world).items():
        planted.append(("demand_of_month", str(month), demand))
    for weekday, demand in enumerate(clock.demand_of_weekdays(world)):
        planted.append(("demand_of_weekday", str(weekday), demand))
    drifts = (clock.DRIFT_PRICE_CONSCIOUS, clock.DRIFT_OTHERS)
    for group, drift in zip(("price-conscious", "others"), drifts, strict=True):
        planted.append(("drift_of_demand", group, drift if world.has_drift else 1.0))
    if world.has_effects and world.has_drift:
        for group, waves in campaigns.REVERSAL_CLICKS.items():
            for wave, click in zip(("first", "second"), waves, strict=True):
                planted.append(("reversal_click", f"{group}, {wave}", click))
    for channel, curve in ads.CURVES.items():
        planted.append(("ad_margin_most", channel, curve.most))
        planted.append(("ad_margin_scale", channel, curve.scale))
    for currency, rate in shop.PER_EURO.items():
        planted.append(("units_per_euro", currency, rate))
    quantity, detail, value = zip(*planted, strict=True)
    return {
        "settings": {
            "name": np.array(list(settings), dtype=object),
            "value": np.array(
                [str(value) for value in settings.values()], dtype=object
            ),
        },
        "planted": {
            "quantity": np.array(quantity, dtype=object),
            "detail": np.array(detail, dtype=object),
            "value": np.array(value, dtype=float),
        },
    }
