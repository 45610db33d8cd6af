"""The keyed digests of tombstones: HMAC-SHA-256, with a key that nothing stores."""

import hmac
import os
import re
from hashlib import sha256

from segmentation.erase.errors import KeyUnusableError

KEY_VARIABLE = "SEGMENTATION_ERASURE_KEY"
PAD_FUNCTION = "segmentation_erasure_pad"
# Between the parts of a text, as in the macro keyed_digest.
SEPARATOR = "\x1f"
# The word by whose digest a wrong key is noticed.
CHECK = "key"
_BLOCK = 64
_BYTE = {"inner": 0x36, "outer": 0x5C}
_KEY = re.compile(r"[0-9a-fA-F]{64}")
_SETTING = "segmentation.erasure_key"


def read_key() -> bytes:
    """Return the key of the environment.

    Raises:
        KeyUnusableError: It is not set, or is not 32 bytes in hex.
    """
    text = os.environ.get(KEY_VARIABLE, "")
    if not _KEY.fullmatch(text):
        found = f"{len(text)} characters" if text else "not set"
        raise KeyUnusableError(KEY_VARIABLE, found)
    return bytes.fromhex(text)


def digest(key: bytes, *parts: str) -> str:
    """HMAC-SHA-256 (RFC 2104) of texts, in hex."""
    return hmac.new(key, SEPARATOR.join(parts).encode(), sha256).hexdigest()


def pad(place: str) -> bytes:
    """Return the key with a byte on each of its bytes, as RFC 2104 wants it.

    SQL makes the digest of it: sha256(outer || sha256(inner || text)). Empty without a
    key, which gives digests that nothing has.

    Args:
        place: inner or outer.
    """
    text = os.environ.get(KEY_VARIABLE, "")
    if not _KEY.fullmatch(text):
        return b""
    return bytes(
        byte ^ _BYTE[place] for byte in bytes.fromhex(text).ljust(_BLOCK, b"\0")
    )


def hand_to_postgres() -> None:
    """Let sessions that this process opens on PostgreSQL have the key.

    libpq passes PGOPTIONS on when it connects, and no statement has the key.
    """
    text = os.environ.get(KEY_VARIABLE, "")
    options = os.environ.get("PGOPTIONS", "")
    if _KEY.fullmatch(text) and _SETTING not in options:
        os.environ["PGOPTIONS"] = f"{options} -c {_SETTING}={text}".strip()
