"""Texts character by character, as Unicode describes each."""

import unicodedata

DIGITS = "0123456789"
DASHES = {0x2D} | set(range(0x2010, 0x2016))


def is_space(character: str) -> bool:
    """Return whether Unicode gives it the property White_Space."""
    return character in "\t\n\v\f\r\x85" or unicodedata.category(character)[0] == "Z"


def lower(text: str) -> str:
    """Return the lower case of each code point for itself.

    `str.lower` knows what stands around a sigma, and makes two of the dotted I.
    """
    return "".join("i" if c == "İ" else c.lower() for c in text)


def trim(text: str) -> str:
    """Return the text without spaces at its ends."""
    first, last = 0, len(text)
    while first < last and is_space(text[first]):
        first += 1
    while last > first and is_space(text[last - 1]):
        last -= 1
    return text[first:last]


def squeeze(text: str) -> str:
    """Return the text without spaces."""
    return "".join(c for c in text if not is_space(c))
