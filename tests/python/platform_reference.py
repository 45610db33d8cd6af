"""What each rule of the seed `platform_rules` makes of a value, in plain Python.

Written from what the platforms publish, character by character and without a regular
expression; nothing here knows the SQL. Countries are two upper-case letters or None.
"""

import unicodedata
from collections.abc import Callable

from platform_phones import phone_digits, phone_e164
from platform_texts import DASHES, DIGITS, is_space, lower, squeeze, trim

ASCII_LETTERS = "abcdefghijklmnopqrstuvwxyz"
GMAIL = ("gmail.com", "googlemail.com")
TITLES = ("mr", "mrs", "ms", "miss", "mx", "dr", "prof")
SUFFIXES = ("jr", "sr", "ii", "iii", "iv")
STATES = """
    al Alabama, ak Alaska, as American Samoa, az Arizona, ar Arkansas, ca California,
    co Colorado, ct Connecticut, de Delaware, dc District of Columbia, fl Florida,
    ga Georgia, gu Guam, hi Hawaii, id Idaho, il Illinois, in Indiana, ia Iowa,
    ks Kansas, ky Kentucky, la Louisiana, me Maine, md Maryland, ma Massachusetts,
    mi Michigan, mn Minnesota, ms Mississippi, mo Missouri, mt Montana, ne Nebraska,
    nv Nevada, nh New Hampshire, nj New Jersey, nm New Mexico, ny New York,
    nc North Carolina, nd North Dakota, mp Northern Mariana Islands, oh Ohio,
    ok Oklahoma, or Oregon, pa Pennsylvania, pr Puerto Rico, ri Rhode Island,
    sc South Carolina, sd South Dakota, tn Tennessee, tx Texas, ut Utah, vt Vermont,
    va Virginia, vi Virgin Islands, wa Washington, wv West Virginia, wi Wisconsin,
    wy Wyoming
"""
STATE_OF_NAME = {
    name.replace(" ", "").lower(): code
    for code, _, name in (each.strip().partition(" ") for each in STATES.split(","))
}


def parts_of_email(text: str) -> tuple[str, str] | None:
    """Return what stands before and after the @, None when it is no address."""
    mailbox, sign, domain = text.partition("@")
    has_inner_dot = "." in domain[1:-1]
    if not mailbox or not sign or "@" in domain or not has_inner_dot:
        return None
    return mailbox, domain


def email_lower(value: str, _: str | None = None) -> str | None:
    text = trim(value)
    if squeeze(text) != text or parts_of_email(text) is None:
        return None
    return lower(text)


def email_without_plus(value: str, _: str | None = None) -> str | None:
    text = email_lower(value)
    parts = parts_of_email(text) if text else None
    if parts is None:
        return None
    mailbox = parts[0].split("+")[0]
    return f"{mailbox}@{parts[1]}" if mailbox else None


def email_gmail_dots(
    value: str, _: str | None = None, *, cuts_plus: bool = False
) -> str | None:
    parts = parts_of_email(lower(squeeze(value)))
    if parts is None:
        return None
    mailbox, domain = parts
    if domain in GMAIL:
        mailbox = mailbox.split("+")[0] if cuts_plus else mailbox
        mailbox = mailbox.replace(".", "")
    return f"{mailbox}@{domain}" if mailbox else None


def email_gmail_dots_and_plus(value: str, _: str | None = None) -> str | None:
    return email_gmail_dots(value, cuts_plus=True)


def name_as_written(value: str, _: str | None = None) -> str | None:
    return trim(value) or None


def name_without_titles(value: str, _: str | None = None) -> str | None:
    text = lower(trim(value))
    while True:
        for title in TITLES:
            rest = text.removeprefix(title)
            if rest != text and rest and (rest[0] == "." or is_space(rest[0])):
                text = trim(rest.removeprefix("."))
                break
        else:
            return text or None


def name_without_suffixes(value: str, _: str | None = None) -> str | None:
    text = lower(trim(value))
    while True:
        undotted = text.removesuffix(".")
        for suffix in SUFFIXES:
            rest = undotted.removesuffix(suffix)
            if rest != undotted and rest and (rest[-1] == "," or is_space(rest[-1])):
                while rest and (rest[-1] == "," or is_space(rest[-1])):
                    rest = rest[:-1]
                text = rest
                break
        else:
            return trim(text) or None


def name_without_punctuation(value: str, _: str | None = None) -> str | None:
    kept = (c for c in value if unicodedata.category(c)[0] != "P")
    return trim(lower("".join(kept))) or None


def city_squeezed(value: str, _: str | None = None) -> str | None:
    kept = (c for c in squeeze(value) if unicodedata.category(c)[0] not in "PS")
    return lower("".join(kept)) or None


def region_squeezed(value: str, country: str | None) -> str | None:
    name = city_squeezed(value)
    if country is None or name is None:
        return None
    if country != "US":
        return name
    return name if name in STATE_OF_NAME.values() else STATE_OF_NAME.get(name)


def postal_code_as_written(value: str, _: str | None = None) -> str | None:
    return trim(value) or None


def postal_code_shortened(value: str, country: str | None) -> str | None:
    text = lower("".join(c for c in squeeze(value) if ord(c) not in DASHES))
    if country == "US":
        is_zip = len(text) in (5, 9) and all(c in DIGITS for c in text)
        return text[:5] if is_zip else None
    if country == "GB":
        is_ascii = all(c in ASCII_LETTERS + DIGITS for c in text)
        if not is_ascii or len(text) not in (5, 6, 7) or text[-3] not in DIGITS:
            return None
        return text[:-2] if all(c in ASCII_LETTERS for c in text[-2:]) else None
    return (text or None) if country else None


def country_lower(value: str, _: str | None = None) -> str | None:
    text = lower(trim(value))
    is_code = len(text) == 2 and all(c in ASCII_LETTERS for c in text)
    return text if is_code else None


def country_upper(value: str, _: str | None = None) -> str | None:
    text = country_lower(value)
    return text.upper() if text else None


Rule = Callable[[str, str | None], str | None]
# By field of the seed: first_name stands for both names.
RULES: dict[str, dict[str, Rule]] = {
    "email": {
        "email_lower": email_lower,
        "email_without_plus": email_without_plus,
        "email_gmail_dots": email_gmail_dots,
        "email_gmail_dots_and_plus": email_gmail_dots_and_plus,
    },
    "phone": {"phone_e164": phone_e164, "phone_digits": phone_digits},
    "first_name": {
        "name_as_written": name_as_written,
        "name_without_titles": name_without_titles,
        "name_without_suffixes": name_without_suffixes,
        "name_without_punctuation": name_without_punctuation,
    },
    "city": {"city_squeezed": city_squeezed},
    "region": {"region_squeezed": region_squeezed},
    "postal_code": {
        "postal_code_as_written": postal_code_as_written,
        "postal_code_shortened": postal_code_shortened,
    },
    "country": {"country_lower": country_lower, "country_upper": country_upper},
}
