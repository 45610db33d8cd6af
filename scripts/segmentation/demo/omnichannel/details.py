"""What a system knows of a person: fields left open, slips of the pen, old names."""

import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from segmentation.demo.omnichannel import names
from segmentation.demo.omnichannel.contacts import Contacts
from segmentation.demo.omnichannel.frames import NOTHING, Array, Frame, Random, objects

EPOCH = date(1970, 1, 1)
_PLACEHOLDER_BIRTH: Array = np.array(date(1900, 1, 1), dtype=object)
TYPO_SHARE = 0.03
NICKNAME_SHARE = 0.1
PLACEHOLDER_SHARE = 0.008


def record_details(
    contacts: Contacts, who: Array, days: Array, staleness: float, rng: Random
) -> Frame:
    """Return what a system knows of persons, slips of the pen included.

    Args:
        contacts: The truth.
        who: Person of each record.
        days: Day since the first at which the record was filled in.
        staleness: Share of records that keep the family name before marriage, and the
            share of moves that the system does not hear of.
        rng: Random numbers.

    Returns:
        given, family, mail, phone, street, zip, town, region, country, birth: texts
        and dates; null where the person left the field open.
    """
    count = len(who)
    draw = rng.random((9, count))
    given = contacts.given[who].copy()
    nicked = np.flatnonzero(draw[0] < NICKNAME_SHARE)
    given[nicked] = [names.NICKNAMES.get(name, name) for name in given[nicked]]
    family = np.where(draw[1] < staleness, contacts.born_as[who], contacts.family[who])
    for text in (given, family):
        _change(text, draw[2] < 0.06, names.plain)
        _change(text, (draw[2] > 0.98), _decomposed)
        _mistype(text, rng)
    mail = np.where(draw[3] < 0.85, contacts.mail[who], contacts.second_mail[who])
    _change(mail, draw[4] < 0.03, str.upper)
    _mistype(mail, rng, 0.006)
    mail = np.where(draw[4] > 0.95, NOTHING, mail)
    mail = np.where(draw[5] < PLACEHOLDER_SHARE, "test@test.com", mail)
    town = contacts.town[who]
    has_moved = (contacts.moved[who] < days) & (draw[6] > staleness)
    street = np.where(has_moved, contacts.street[1][who], contacts.street[0][who])
    _mistype(street, rng)
    _change(street, draw[6] < 0.1, lambda text: text.replace("straße", "str."))
    places = np.array(names.TOWNS, dtype=object)[town]
    country = places[:, 3]
    phone = _phones(contacts, who, country, draw[7], draw[8])
    birth = _dates(contacts.birth[who])
    birth = np.where(rng.random(count) < 0.004, _PLACEHOLDER_BIRTH, birth)
    zips = (places[:, 1] + (contacts.landline[who] % 40)).astype(str)
    return {
        "given": given,
        "family": family,
        "mail": mail,
        "phone": phone,
        "street": street,
        "zip": np.where(country == "GB", "N1 9GU", _padded(zips, country)),
        "town": places[:, 0],
        "region": places[:, 2],
        "country": country,
        "birth": np.where(rng.random(count) < 0.25, NOTHING, birth),
    }


def _phones(
    contacts: Contacts, who: Array, country: Array, kind: Array, style: Array
) -> Array:
    """Return numbers as people type them: the household's, their own, or none."""
    own = kind < 0.6
    national = np.where(own, contacts.mobile[who], contacts.landline[who])
    written = [
        _phone(digits, names.DIAL_CODES[at], how)
        for digits, at, how in zip(
            national.astype(str), country, (style * 5).astype(np.int64), strict=True
        )
    ]
    phone = np.where(kind > 0.8, NOTHING, objects(written))
    return np.where(style > 1 - PLACEHOLDER_SHARE, "0000000000", phone)


def _phone(digits: str, dial_code: str, style: int) -> str:
    if style == 0:
        return f"+{dial_code} {digits[:3]} {digits[3:]}"
    if style == 1:
        return f"0{digits[:3]}/{digits[3:]}"
    if style == 2:
        return f"00{dial_code}{digits}"
    return f"+{dial_code}{digits}"


def _padded(zips: Array, country: Array) -> Array:
    return objects(
        [
            text.zfill(5) if at == "DE" else text
            for text, at in zip(zips, country, strict=True)
        ]
    )


def _mistype(text: Array, rng: Random, share: float = TYPO_SHARE) -> None:
    those = np.flatnonzero(rng.random(len(text)) < share)
    slips = rng.integers(0, 1000, (2, len(those)))
    text[those] = [
        names.mistyped(text[row], int(place), int(kind) % 3)
        for row, place, kind in zip(those, *slips, strict=True)
    ]


def _change(text: Array, where: Array, change: Callable[[str], str]) -> None:
    those = np.flatnonzero(where)
    text[those] = [change(text[row]) for row in those]


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _dates(days: Array) -> Array:
    return objects([EPOCH + timedelta(days=int(day)) for day in days])
