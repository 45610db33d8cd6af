"""How each person can really be named and reached."""

from dataclasses import dataclass

import numpy as np

from segmentation.demo.omnichannel import names
from segmentation.demo.omnichannel.clock import DAYS
from segmentation.demo.omnichannel.frames import Array, Random, objects, pick
from segmentation.demo.omnichannel.people import People


@dataclass(frozen=True)
class Contacts:
    """What is true of each person, as columns.

    Attributes:
        given: First name.
        family: Family name today.
        born_as: Family name before marriage; elsewhere as `family`.
        mail: Address used first; may be the household's.
        second_mail: Another address; elsewhere as `mail`.
        office_mail: Inbox shared at work, of persons who buy for a company.
        mobile: Own number, national digits without the leading zero.
        landline: Number of the household.
        town: Position in `names.TOWNS`; of the household.
        street: Street and number, before and after the move.
        moved: Day of the move since the first day, `inf` without one.
        birth: Birth date.
    """

    given: Array
    family: Array
    born_as: Array
    mail: Array
    second_mail: Array
    office_mail: Array
    mobile: Array
    landline: Array
    town: Array
    street: tuple[Array, Array]
    moved: Array
    birth: Array


def draw_contacts(people: People, rng: Random) -> Contacts:
    """Draw names, addresses and numbers."""
    count = people.count
    given = _given_names(people, rng)
    families = np.array(names.FAMILY, dtype=object)
    # Frequent names are much more frequent, as in any telephone book.
    rank = np.floor(len(families) * rng.random(count) ** 2.2).astype(np.int64)
    _, home = np.unique(people.household, return_inverse=True)
    keeps_own = (people.member > 0) & (rng.random(count) < 0.2) & ~people.is_twin
    family = families[np.where(keeps_own, rank, rank[home])]
    has_changed = people.is_female & (people.member == 1) & (rng.random(count) < 0.25)
    born_as = np.where(has_changed & ~people.is_twin, families[rank], family)
    domains = np.array(names.MAIL_DOMAINS, dtype=object)
    number = people.number % 9_999_991
    mail = _mails(given, family, number, domains[rng.integers(0, 4, count)])
    # Half keep the name of their inbox at another provider.
    other = np.where(people.number % 2, number, number * 7919 % 99_991)
    second = _mails(given, born_as, other, domains[rng.integers(0, 4, count)])
    shares_inbox = (rng.random(count) < 0.05)[home]
    inbox = _mails(
        np.full(count, "familie", dtype=object),
        families[rank[home]],
        people.household % 9_999_991,
        domains[home % 4],
    )
    mail = np.where(shares_inbox, inbox, mail)
    offices = np.array(["info@firma", "office@firma", "einkauf@firma"], dtype=object)
    firm = (people.household // 3).astype(str)
    office = offices[people.number % 3] + firm + ".example"
    streets = np.array(names.STREETS, dtype=object)
    return Contacts(
        given=given,
        family=family,
        born_as=born_as,
        mail=mail,
        second_mail=np.where(rng.random(count) < 0.3, second, mail),
        office_mail=np.where(people.is_business, office, mail),
        mobile=rng.integers(1_510_000_000, 1_799_999_999, count),
        landline=rng.integers(200_000_000, 999_999_999, count)[home],
        town=pick(rng, count, names.TOWN_SHARES)[home],
        street=(_streets(streets, home, rng), _streets(streets, home, rng)),
        moved=np.where(rng.random(count) < 0.12, rng.uniform(0, DAYS, count), np.inf)[
            home
        ],
        birth=people.birth,
    )


def _given_names(people: People, rng: Random) -> Array:
    female = np.array(names.FEMALE, dtype=object)
    male = np.array(names.MALE, dtype=object)
    of_women = rng.integers(0, len(female), people.count)
    of_men = rng.integers(0, len(male), people.count)
    given = np.where(people.is_female, female[of_women], male[of_men])
    # Nobody gives two twins one name.
    _, home = np.unique(people.household, return_inverse=True)
    of_first = np.empty(home.max(initial=-1) + 1, dtype=object)
    is_first = people.member == 0
    of_first[home[is_first]] = given[is_first]
    is_namesake = people.is_twin & ~is_first & (given == of_first[home])
    others = np.where(
        people.is_female,
        female[(of_women + 1) % len(female)],
        male[(of_men + 1) % len(male)],
    )
    return np.where(is_namesake, others, given)


def _mails(given: Array, family: Array, number: Array, domain: Array) -> Array:
    parts = zip(given, family, number.tolist(), domain, strict=True)
    return objects(
        [f"{names.mail_name(first, last, n)}@{at}" for first, last, n, at in parts]
    )


def _streets(streets: Array, home: Array, rng: Random) -> Array:
    street = streets[rng.integers(0, len(streets), len(home))[home]]
    number = rng.integers(1, 140, len(home))[home]
    return objects([f"{name} {n}" for name, n in zip(street, number, strict=True)])
