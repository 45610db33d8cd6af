"""Which systems know a person, and since when."""

from dataclasses import dataclass

import numpy as np

from segmentation.demo.omnichannel.frames import Array, Frame, Random
from segmentation.demo.omnichannel.people import PROSPECT, STORE, People, logistic
from segmentation.demo.omnichannel.purchases import Lifetimes


@dataclass(frozen=True)
class Touchpoints:
    """Days since the first day at which each system took a person in; `inf` never.

    Attributes:
        contact: First contact of any kind.
        account: Account of the web shop.
        card: Loyalty card.
        crm: Contact in the CRM.
        subscriber: Address in the mailing tool.
        unsubscribed: End of that.
        respondent: Entry in the preference centre.
        device: Connected product.
        social: Profile seen by the social media monitor.
    """

    contact: Array
    account: Array
    card: Array
    crm: Array
    subscriber: Array
    unsubscribed: Array
    respondent: Array
    device: Array
    social: Array


def draw_touchpoints(
    people: People, lifetimes: Lifetimes, orders: Frame, rng: Random
) -> Touchpoints:
    """Draw them.

    Args:
        people: The persons.
        lifetimes: Their purchase processes.
        orders: Their orders, those before the first day too.
        rng: Random numbers.
    """
    count = people.count
    draw = rng.random((7, count))
    is_prospect = people.entry == PROSPECT
    contact = np.minimum(lifetimes.first, np.where(is_prospect, people.known, np.inf))
    in_store, days = orders["channel"] == STORE, orders["day"]
    first_online = _first(orders["owner"][~in_store], days[~in_store], count)
    first_store = _first(orders["owner"][in_store], days[in_store], count)
    account = np.where(draw[0] < 0.72, first_online, np.inf)
    account = np.where(is_prospect & (draw[0] < 0.5), contact, account)
    signs_up = np.where(is_prospect, 0.75, logistic(0.2 + people.latent["engagement"]))
    subscriber = np.where(
        draw[2] < signs_up, contact + rng.exponential(15, count), np.inf
    )
    crm = np.where(
        people.is_business | (draw[3] < np.where(is_prospect, 0.3, 0.22)),
        contact + rng.exponential(5, count),
        np.inf,
    )
    # A prospect is one because some system knows the name.
    is_unknown = is_prospect & np.isinf(
        np.minimum(np.minimum(account, crm), subscriber)
    )
    subscriber = np.where(is_unknown, contact, subscriber)
    joined = np.minimum(account, subscriber)
    return Touchpoints(
        contact=contact,
        account=account,
        card=np.where(draw[1] < 0.62, first_store, np.inf),
        crm=crm,
        subscriber=subscriber,
        unsubscribed=subscriber + rng.exponential(6_000, count),
        respondent=np.where(draw[4] < 0.7, joined + rng.exponential(3, count), np.inf),
        device=np.where(draw[5] < 0.12, account + rng.exponential(40, count), np.inf),
        social=np.where(draw[6] < 0.06, contact, np.inf),
    )


def _first(owner: Array, days: Array, count: int) -> Array:
    first = np.full(count, np.inf)
    np.minimum.at(first, owner, days)
    return first
