"""A part of the company small enough to hold in memory, before systems record it."""

from dataclasses import dataclass

import numpy as np

from segmentation.demo.omnichannel.campaigns import RESPONSE_DAYS, draw_campaigns
from segmentation.demo.omnichannel.catalogue import draw_products
from segmentation.demo.omnichannel.clock import DAYS, END, START
from segmentation.demo.omnichannel.contacts import Contacts, draw_contacts
from segmentation.demo.omnichannel.frames import (
    Array,
    Frame,
    Random,
    mixed,
    stack,
    take,
)
from segmentation.demo.omnichannel.people import STORE, WEB, People, draw_people
from segmentation.demo.omnichannel.purchases import (
    Lifetimes,
    complete_orders,
    draw_orders,
)
from segmentation.demo.omnichannel.touchpoints import Touchpoints, draw_touchpoints
from segmentation.demo.omnichannel.world import Company

# A multiple of three, as three households share a firm.
CHUNK_PERSONS = 18_000


@dataclass(frozen=True)
class Chunk:
    """Persons and what they do.

    Attributes:
        number: Which part of the company it is, from 0.
        company: What is generated.
        people: The persons.
        contacts: Their names and addresses.
        lifetimes: Their purchase processes.
        touchpoints: Which systems know them.
        orders: All orders within the two years: owner, at, day, channel, value,
            has_coupon, campaign (-1 when none caused it), store.
        mailings: Who was drawn for which mailing (`draw_campaigns`).
        products: The catalogue.
    """

    number: int
    company: Company
    people: People
    contacts: Contacts
    lifetimes: Lifetimes
    touchpoints: Touchpoints
    orders: Frame
    mailings: Frame
    products: Frame

    def ids(self, count: int, salt: int) -> Array:
        """Return ids for rows of this chunk, unique within a salt."""
        return mixed(self.company.seed, self.number, np.arange(count), salt)

    def person_ids(self, who: Array, salt: int) -> Array:
        """Return the id under which a system knows each person."""
        return mixed(self.company.seed, self.number, who, salt)


def random_for(company: Company, chunk: int, topic: int) -> Random:
    """Return random numbers of a chunk and topic, whatever ran before."""
    words = (company.seed, company.customers, chunk, topic)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def draw_chunk(company: Company, number: int) -> Chunk:
    """Draw everything that happens to the persons of one chunk."""
    first = number * CHUNK_PERSONS
    count = min(CHUNK_PERSONS, company.customers - first)
    world = company.planted
    people = draw_people(world, first, count, random_for(company, number, 0))
    contacts = draw_contacts(people, random_for(company, number, 1))
    rng = random_for(company, number, 2)
    lifetimes, owner, days = draw_orders(world, people, rng)
    orders = complete_orders(people, lifetimes, owner, days, rng)
    touchpoints = draw_touchpoints(
        people, lifetimes, orders, random_for(company, number, 3)
    )
    rng = random_for(company, number, 4)
    mailings = draw_campaigns(world, people, touchpoints, owner, days, rng)
    orders = stack(orders, _caused(people, lifetimes, mailings, rng))
    # Of the year before, the systems kept who is who and no order.
    orders = take(orders, (orders["at"] >= START) & (orders["at"] < END))
    orders = take(orders, np.lexsort((orders["at"], orders["owner"])))
    return Chunk(
        number=number,
        company=company,
        people=people,
        contacts=contacts,
        lifetimes=lifetimes,
        touchpoints=touchpoints,
        orders=orders,
        mailings=mailings,
        products=draw_products(random_for(company, 0, 5)),
    )


def _caused(
    people: People, lifetimes: Lifetimes, mailings: Frame, rng: Random
) -> Frame:
    """Return the orders that mailings cause, all of them online."""
    causing = take(mailings, mailings["orders"])
    days = causing["day"] + rng.uniform(0.5, RESPONSE_DAYS, len(causing["day"]))
    inside = days < DAYS
    owner = causing["person"][inside]
    orders = complete_orders(people, lifetimes, owner, days[inside], rng)
    orders["campaign"] = causing["campaign"][inside]
    orders["channel"] = np.where(orders["channel"] == STORE, WEB, orders["channel"])
    return orders
