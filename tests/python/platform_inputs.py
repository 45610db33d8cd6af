"""Random values as people and machines write them, all from one seed."""

import random
from collections.abc import Callable

from platform_phones import CODE_OF_COUNTRY, PLANS
from platform_reference import STATE_OF_NAME

# Blocks with letters of two cases, marks, spaces, punctuation and odd digits.
BLOCKS = [
    *((0x01, 0x7F), (0x80, 0xFF), (0x100, 0x24F), (0x250, 0x36F), (0x370, 0x3FF)),
    *((0x400, 0x52F), (0x530, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F)),
    *((0x10A0, 0x10FF), (0x1100, 0x11FF), (0x13A0, 0x13FF), (0x1680, 0x169F)),
    *((0x1C80, 0x1CBF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F)),
    *((0x2070, 0x20CF), (0x2100, 0x218F), (0x2190, 0x23FF), (0x2460, 0x24FF)),
    *((0x2C00, 0x2DFF), (0x2E00, 0x2E5D), (0x3000, 0x30FF), (0x4E00, 0x4FFF)),
    *((0xA640, 0xA69F), (0xA720, 0xA7FF), (0xAB30, 0xABBF), (0xAC00, 0xACFF)),
    *((0xF900, 0xFAFF), (0xFB00, 0xFB4F), (0xFE10, 0xFE6F), (0xFF00, 0xFFFD)),
    *((0x10400, 0x1044F), (0x104B0, 0x104FF), (0x10570, 0x105BF)),
    *((0x10C80, 0x10CFF), (0x118A0, 0x118FF), (0x16E40, 0x16E7F)),
    *((0x1D400, 0x1D7FF), (0x1E900, 0x1E95F), (0x1F300, 0x1F64F)),
]
# Letters with odd lower cases, among them a dotless i, sigmas and a long s.
TRICKY = (
    "İ\u0131Σ\u03c3ςẞß\u017fKÅᾳᾼῼΐŉǰÉé'’\u00b4`\"\\$%&()[]{}^|*+?.,;:!-_/@#~<>= \t\n"
)
TRICKY += "\u00a0\u3000\u200b\ufeff"
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZäöüéßñİΣς"
DOMAINS = ["gmail.com", "GMail.com", "googlemail.com", "Example.com", "web.de", "x.co"]
DOMAINS += ["gmail.com.br", "notgmail.com", "localhost", ".com", "ΠΑΣ.gr", "a..b", "b."]
COUNTRIES = ["US", "us", "GB", "gb ", "DE", "AT", "IT", "CH", "CN", "RU", "HU", "BY"]
COUNTRIES += [
    "LT",
    "CI",
    "SM",
    "USA",
    "Germany",
    "",
    "  ",
    "Kn",
    "fR",
    "D E",
    "u\u017f",
]
TITLES = ["Mrs. ", "mr ", "DR.", "Prof. Dr. ", "Ms", "Miss\u00a0", "Mx.\t", "Drs. "]
SUFFIXES = [" Jr.", ", Sr", " III", ",IV.", " ii", "\u2003jr", " Jr. II", "jr.", " v"]


def text(draw: random.Random) -> str:
    """Return up to 12 characters, of all planes or of a few blocks."""
    length = draw.randrange(13)
    if draw.random() < 0.2:
        return "".join(any_character(draw) for _ in range(length))
    blocks = draw.choices(BLOCKS, k=2)
    return "".join(
        draw.choice(TRICKY) if draw.random() < 0.2 else chr(draw.randint(*block))
        for block in draw.choices(blocks, k=length)
    )


def any_character(draw: random.Random) -> str:
    while True:
        point = draw.randrange(1, 0x110000)
        if not 0xD800 <= point <= 0xDFFF:
            return chr(point)


def word(draw: random.Random) -> str:
    return "".join(draw.choices(LETTERS, k=draw.randrange(1, 9)))


def spoiled(draw: random.Random, value: str) -> str:
    """Return the value, at times with a character that does not belong there."""
    if draw.random() < 0.25:
        place = draw.randrange(len(value) + 1)
        return value[:place] + draw.choice(TRICKY) + value[place:]
    return value


def padded(draw: random.Random, value: str) -> str:
    pads = ["", "", "", " ", "\t", "\n", "\u00a0", "\u2009", "\u3000 "]
    return draw.choice(pads) + value + draw.choice(pads)


def email(draw: random.Random) -> str:
    mailbox = draw.choice(["", ".", "+", "_", "-"]).join([word(draw), word(draw)])
    if draw.random() < 0.3:
        mailbox += "+" + word(draw)
    domain = draw.choice(DOMAINS)
    return padded(draw, spoiled(draw, f"{mailbox}@{domain}"))


def phone(draw: random.Random) -> str:
    plan = draw.choice(list(PLANS.values()))
    near = draw.randint(max(plan.least - 2, 1), plan.most + 2)
    digits = "".join(draw.choices("0123456789", k=near))
    trunk = draw.choice(["", plan.trunk, f"({plan.trunk})", "0"])
    prefix = draw.choice(["", "", "+", "00", "(+", "+ "])
    number = (plan.code if prefix else "") + trunk + digits
    if draw.random() < 0.15:
        prefix, number = "", "1" + "".join(draw.choices("0123456789", k=10))
    spaced = "".join(
        digit + draw.choice(["", "", "", "", " ", "-", ".", "/", "\u2013", "\u202c"])
        for digit in number
    )
    return padded(draw, spoiled(draw, prefix + spaced))


def name(draw: random.Random) -> str:
    joint = draw.choice([" ", "-", "'", "’", ". "])
    parts = joint.join(word(draw) for _ in range(draw.randint(1, 3)))
    title = draw.choice(TITLES) if draw.random() < 0.4 else ""
    suffix = draw.choice(SUFFIXES) if draw.random() < 0.4 else ""
    return padded(draw, spoiled(draw, title + parts + suffix))


def region(draw: random.Random) -> str:
    known = [*STATE_OF_NAME, *STATE_OF_NAME.values(), "New York", "N.Y.", "Nordrhein"]
    written = draw.choice(known)
    spellings = [written, written.upper(), written.title()]
    return padded(draw, spoiled(draw, draw.choice(spellings)))


def postal_code(draw: random.Random) -> str:
    patterns = ["99999", "99999-9999", "999999999", "9999", "A9 9AA", "AA99 9AA"]
    patterns += ["AA9A 9AA", "A99AA", "AA9A 9", "999 99", "99-999", "D-99999"]
    letters, digits = "abcxyzABCXYZ", "0123456789"
    written = (
        draw.choice(letters if c == "A" else digits) if c in "A9" else c
        for c in draw.choice(patterns)
    )
    return padded(draw, spoiled(draw, "".join(written)))


def country(draw: random.Random) -> str:
    if draw.random() < 0.3:
        return draw.choice(list(CODE_OF_COUNTRY))
    return draw.choice(COUNTRIES)


REALISTIC: dict[str, Callable[[random.Random], str]] = {
    "email": email,
    "phone": phone,
    "first_name": name,
    "city": name,
    "region": region,
    "postal_code": postal_code,
    "country": country,
}


def values(field: str, count: int, seed: int) -> list[str | None]:
    """Return values of a field: half realistic, the others any text, some missing.

    Args:
        field: One of the seed `platform_rules`.
        count: Number of values.
        seed: Of the random generator.
    """
    draw = random.Random(f"{field} {seed}")
    made = REALISTIC[field]
    return [
        None if draw.random() < 0.01 else (made if draw.random() < 0.5 else text)(draw)
        for _ in range(count)
    ]
