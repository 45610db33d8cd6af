"""Members as lines of a platform's file."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from segmentation.export.cells import neutralised
from segmentation.export.csv_files import Layout, Line
from segmentation.export.deliveries import Delivery
from segmentation.export.errors import UnknownIdentifierError
from segmentation.export.members import Member
from segmentation.export.platform_files import PlatformFile

CONSENTS_HEADER = ("member_hash", "consent_references")
_HASH = re.compile(r"[0-9a-f]{64}\Z")


def member_layout(file: PlatformFile, content: str, *, with_values: bool) -> Layout:
    """Return what files of members look like."""
    value = [file.value] if with_values and file.value else []
    header = [*file.headers, *value] if file.has_header else []
    return Layout(content, header, CONSENTS_HEADER, file.maximum_rows)


def removal_layout(file: PlatformFile) -> Layout:
    """Return what files of removals look like: columns of identifiers alone."""
    header = list(file.identifiers.values()) if file.has_header else []
    return Layout("remove", header, (), file.maximum_rows)


def member_lines(
    file: PlatformFile,
    delivery: Delivery,
    members: Iterable[Member],
    *,
    with_values: bool,
) -> Iterator[Line]:
    """Yield a line for each member, the hash in the column of its type.

    Raises:
        UnknownIdentifierError: One is no hash, or of a type without a column.
    """
    takes_value = with_values and file.value is not None
    for member in members:
        if member.identifier_type not in file.identifiers:
            raise UnknownIdentifierError(
                *delivery.key,
                f"an identifier of the type {member.identifier_type}",
                " or ".join(file.identifiers),
            )
        _check_hash(delivery, member.member_hash)
        cells = [
            member.member_hash if name == member.identifier_type else ""
            for name in file.identifiers
        ]
        cells += [neutralised(member.fields[name] or "") for name, _ in file.fields]
        if takes_value:
            cells.append(_value(member.value))
        yield Line(cells, (member.member_hash, member.consent_references))


def removal_lines(
    file: PlatformFile, delivery: Delivery, hashes: Iterable[str]
) -> Iterator[Line]:
    """Yield a line for each removal.

    A change set does not say of which type an identifier was, so that the hash stands
    in the column of each; in a wrong one it is nobody's.

    Raises:
        UnknownIdentifierError: One is no hash.
    """
    for member_hash in hashes:
        _check_hash(delivery, member_hash)
        yield Line([member_hash] * len(file.identifiers))


def _check_hash(delivery: Delivery, text: str) -> None:
    # What is no hash may be an address, which must be neither sent nor printed.
    if not _HASH.match(text):
        raise UnknownIdentifierError(
            *delivery.key,
            f"an identifier of {len(text)} characters that is no hash",
            "64 lower-case hexadecimal digits of SHA-256",
        )


def _value(value: Decimal | None) -> str:
    """Write what a member is worth; platforms take nothing below 0."""
    return "" if value is None else str(max(value, Decimal("0.00")))
