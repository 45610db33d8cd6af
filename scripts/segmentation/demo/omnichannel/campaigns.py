"""Mailings, who is drawn into which arm, and the orders that they cause."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from segmentation.demo.omnichannel.catalogue import CATEGORIES
from segmentation.demo.omnichannel.clock import FIRST_DAY
from segmentation.demo.omnichannel.frames import Array, Frame, Random, stack
from segmentation.demo.omnichannel.people import People
from segmentation.demo.omnichannel.touchpoints import Touchpoints
from segmentation.demo.omnichannel.world import World

EXPERIMENT, NEWSLETTER, REVERSAL = "experiment", "newsletter", "reversal"
ARMS = ("segmented", "generic", "no_contact")
ARM_SHARES = (0.4, 0.4, 0.2)
# Added probability of an order within a fortnight. It depends on what somebody likes,
# and not on when they last bought.
UPLIFT_GENERIC = 0.015
UPLIFT_OTHER_THEME = 0.015
UPLIFT_OWN_THEME = 0.085
RECENT_DAYS = 90
RESPONSE_DAYS = 14
# The reversal: from the first to the second mailing each group clicks more, and all
# together less, because the second goes to those who hardly click.
REVERSAL_CLICKS = {"recent": (0.060, 0.100), "others": (0.010, 0.017)}
REVERSAL_REACH = {"recent": (0.90, 0.45), "others": (0.15, 0.95)}


@dataclass(frozen=True)
class Campaign:
    """One mailing to many.

    Attributes:
        number: Its number in the mailing tool.
        kind: `EXPERIMENT` with three arms, `NEWSLETTER` to all, or one of the two of
            the `REVERSAL`.
        day: Day since the first day on which it is sent.
        theme: Position in `CATEGORIES` of what it advertises.
        wave: 0 or 1 for the two mailings of the reversal.
    """

    number: int
    kind: str
    day: int
    theme: int
    wave: int = 0

    @property
    def title(self) -> str:
        """What it is called in the mailing tool."""
        month = FIRST_DAY + timedelta(days=self.day)
        words = {EXPERIMENT: CATEGORIES[self.theme], NEWSLETTER: "Newsletter"}
        return f"{words.get(self.kind, 'Season greetings')} {month:%Y-%m}"


def schedule() -> tuple[Campaign, ...]:
    """Return all mailings: each month one experiment and one newsletter."""
    found = []
    for number in range(24):
        month = date(2024 + number // 12, number % 12 + 1, 1)
        first = (month - FIRST_DAY).days
        theme = number % len(CATEGORIES)
        found.append(Campaign(2 * number + 101, EXPERIMENT, first + 8, theme))
        found.append(Campaign(2 * number + 102, NEWSLETTER, first + 22, theme))
    for wave, day in enumerate((date(2025, 5, 15), date(2025, 6, 16))):
        place = (day - FIRST_DAY).days
        found.append(Campaign(201 + wave, REVERSAL, place, 0, wave))
    return tuple(found)


def uplifts(world: World, matches: Array) -> tuple[Array, Array]:
    """Return the added probability of an order of the generic and segmented arms."""
    if not world.has_effects:
        return np.zeros(len(matches)), np.zeros(len(matches))
    own = np.where(matches, UPLIFT_OWN_THEME, UPLIFT_OTHER_THEME)
    return np.full(len(matches), UPLIFT_GENERIC), own


def draw_campaigns(
    world: World,
    people: People,
    touchpoints: Touchpoints,
    owner: Array,
    days: Array,
    rng: Random,
) -> Frame:
    """Draw who is in which mailing and who orders because of it.

    Args:
        world: Has effects or not.
        people: The persons.
        touchpoints: Since when the mailing tool knows them.
        owner: Person of each order.
        days: Day of each order.
        rng: Random numbers.

    Returns:
        One row per person and mailing: campaign, person, arm (position in `ARMS`, -1
        outside of experiments), day, matches, is_recent, uplift_generic,
        uplift_segmented, click (planted probability, -1 where the mailing plants none)
        and orders (whether it causes one).
    """
    order = np.lexsort((days, owner))
    sorted_owner, sorted_days = owner[order], days[order]
    # Day of each person's last order before a mailing, by one search.
    scale = 10_000.0
    keys = sorted_owner * scale + sorted_days + 1_000
    joined, leaves = touchpoints.subscriber, touchpoints.unsubscribed
    found = []
    for campaign in schedule():
        who = np.flatnonzero((joined < campaign.day) & (leaves > campaign.day))
        place = np.searchsorted(keys, who * scale + campaign.day + 1_000) - 1
        is_own = (place >= 0) & (sorted_owner[place] == who)
        gap = np.where(is_own, campaign.day - sorted_days[place], np.inf)
        drawn = _drawn(world, campaign, people, who, gap <= RECENT_DAYS, rng)
        found.append(drawn)
    return stack(*found)


def _drawn(
    world: World,
    campaign: Campaign,
    people: People,
    who: Array,
    is_recent: Array,
    rng: Random,
) -> Frame:
    draw = rng.random((2, len(who)))
    arm = np.full(len(who), -1)
    click = np.full(len(who), -1.0)
    matches = people.affinity[who] == campaign.theme
    generic, segmented = uplifts(world, matches)
    caused = np.zeros(len(who))
    keep = np.ones(len(who), dtype=bool)
    if campaign.kind == EXPERIMENT:
        arm = np.searchsorted(np.cumsum(ARM_SHARES)[:-1], draw[0], side="right")
        caused = np.choose(arm, [segmented, generic, np.zeros(len(who))])
    elif campaign.kind == REVERSAL and world.has_effects and world.has_drift:
        reach, clicks = (
            np.where(
                is_recent, by["recent"][campaign.wave], by["others"][campaign.wave]
            )
            for by in (REVERSAL_REACH, REVERSAL_CLICKS)
        )
        keep, click = draw[0] < reach, clicks
    if campaign.kind != EXPERIMENT:
        generic, segmented = np.zeros(len(who)), np.zeros(len(who))
    frame = {
        "campaign": np.full(len(who), campaign.number),
        "person": who,
        "arm": arm,
        "day": np.full(len(who), campaign.day),
        "matches": matches,
        "is_recent": is_recent,
        "uplift_generic": generic,
        "uplift_segmented": segmented,
        "click": click,
        "orders": draw[1] < caused,
    }
    return {name: column[keep] for name, column in frame.items()}
