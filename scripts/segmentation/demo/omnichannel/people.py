"""Persons, the households they live in and what drives them."""

from dataclasses import dataclass

import numpy as np

from segmentation.demo.omnichannel.clock import DAY, DAYS, START
from segmentation.demo.omnichannel.frames import Array, Random, pick
from segmentation.demo.omnichannel.world import World

# What sets archetypes apart, then traits in which they do not differ.
LATENT = (
    "order_rate",
    "loyalty",
    "online",
    "engagement",
    "basket",
    "price_consciousness",
    "quality_focus",
    "novelty_seeking",
    "brand_consciousness",
    "convenience",
    "sustainability",
)
TRAITS = (
    "price_consciousness",
    "quality_focus",
    "brand_consciousness",
    "novelty_seeking",
    "convenience",
    "sustainability",
)
# Rows of a Hadamard matrix: any two differ in half of the eight dimensions.
CENTRES = np.array(
    [
        [1, -1, 1, -1, 1, -1, 1, -1],
        [1, 1, -1, -1, 1, 1, -1, -1],
        [1, -1, -1, 1, 1, -1, -1, 1],
        [1, 1, 1, 1, -1, -1, -1, -1],
        [1, -1, 1, -1, -1, 1, -1, 1],
    ]
) / np.sqrt(8)
ARCHETYPES = ("hibiscus", "juniper", "lavender", "mallow", "yarrow")
ARCHETYPE_SHARES = (0.25, 0.22, 0.2, 0.18, 0.15)
HOUSEHOLD_SIZES = (0.42, 0.34, 0.14, 0.10)
EXISTING, DIRECT, PROSPECT = 0, 1, 2
ENTRY_SHARES = (0.25, 0.5, 0.25)
BUSINESS_SHARE = 0.07
TWIN_SHARE = 0.015
STORE, WEB, APP = 0, 1, 2


@dataclass(frozen=True)
class People:
    """Persons of one chunk, as columns of equal length.

    Attributes:
        number: Number over all chunks.
        household: Number of the household over all chunks.
        member: Position within the household.
        is_twin: Whether the first two of the household are twins.
        archetype: Position in `ARCHETYPES`; without segments -1.
        latent: Standard normal values by `LATENT`, plus the archetype's centre.
        affinity: Category of products liked most, of `CATEGORIES`.
        channel_shares: Shares of store, web and app among orders, persons x 3.
        usual_hour: Local hour around which the person acts.
        is_business: Whether the person buys for a company.
        entry: How the person came: `EXISTING`, `DIRECT` or `PROSPECT`.
        known: Days since the first day at which a prospect became known.
        birth: Days since 1970 of the birth date.
        is_female: Gender, with which first names go.
    """

    number: Array
    household: Array
    member: Array
    is_twin: Array
    archetype: Array
    latent: dict[str, Array]
    affinity: Array
    channel_shares: Array
    usual_hour: Array
    is_business: Array
    entry: Array
    known: Array
    birth: Array
    is_female: Array

    @property
    def count(self) -> int:
        """Number of persons."""
        return len(self.number)


def logistic(values: Array) -> Array:
    """Return 1 / (1 + exp(-values))."""
    return 1 / (1 + np.exp(-values))


def draw_people(world: World, first: int, count: int, rng: Random) -> People:
    """Draw persons number `first` to `first + count - 1`."""
    household, member, is_twin = _households(count, rng)
    archetype = pick(rng, count, ARCHETYPE_SHARES)
    values = rng.standard_normal((count, len(LATENT)))
    values[:, : CENTRES.shape[1]] += CENTRES[archetype] * world.separation / np.sqrt(2)
    latent = {name: values[:, place] for place, name in enumerate(LATENT)}
    online = logistic(0.1 + 1.5 * latent["online"])
    app = online * logistic(-0.8 + 0.7 * latent["novelty_seeking"])
    entry = pick(rng, count, ENTRY_SHARES)
    if not world.has_turnover:
        entry[:] = EXISTING
    # Each archetype has a favourite category; the others are liked here and there.
    affinity = np.where(
        rng.random(count) < (0.45 if world.separation else 0.0),
        archetype,
        rng.integers(0, 8, count),
    )
    return People(
        number=np.arange(first, first + count),
        household=household + first,
        member=member,
        is_twin=is_twin,
        archetype=archetype if world.separation else np.full(count, -1),
        latent=latent,
        affinity=affinity,
        channel_shares=np.column_stack([1 - online, online - app, app]),
        usual_hour=_usual_hours(world, count, rng),
        is_business=rng.random(count) < BUSINESS_SHARE,
        entry=entry,
        known=rng.uniform(0, DAYS, count),
        birth=_births(household, member, is_twin, rng),
        is_female=rng.random(count) < 0.56,
    )


def _households(count: int, rng: Random) -> tuple[Array, Array, Array]:
    sizes = 1 + pick(rng, count, HOUSEHOLD_SIZES)
    of_row = np.repeat(np.arange(count), sizes)[:count]
    first = np.searchsorted(of_row, of_row)
    size = np.bincount(of_row, minlength=count)[of_row]
    has_twins = rng.random(count)[of_row] < TWIN_SHARE
    member = np.arange(count) - first
    is_twin = has_twins & (size > 1) & (member < 2)
    # Persons of a household do not stand next to each other.
    order = rng.permutation(count)
    return of_row[order], member[order], is_twin[order]


def _usual_hours(world: World, count: int, rng: Random) -> Array:
    # Most people shop after work, some at lunch, a few early: groups, where there are.
    centre = np.array([19.0, 12.5, 8.0, 15.5])
    peak = centre[pick(rng, count, (0.5, 0.22, 0.1, 0.18))]
    spread = rng.normal(0, 1, count)
    hour = np.rint(peak + 1.2 * spread if world.separation else 15 + 3 * spread)
    return np.clip(hour, 6, 22).astype(np.int64)


def _births(household: Array, member: Array, is_twin: Array, rng: Random) -> Array:
    """Return birth days: partners are of an age, children younger, twins equal."""
    count = len(household)
    age = 20 + 55 * rng.beta(1.6, 1.9, int(household.max()) + 1)[household]
    age = age + np.where(member == 1, rng.normal(0, 3, count), 0)
    age = np.where(member > 1, np.maximum(16, age - rng.uniform(20, 34, count)), age)
    days = START // DAY - np.rint(np.clip(age, 17, 92) * 365.25).astype(np.int64)
    jitter = rng.integers(0, 365, count)
    of_household = np.zeros(int(household.max()) + 1, dtype=np.int64)
    of_household[household] = days + jitter
    return np.where(is_twin, of_household[household], days + jitter)
