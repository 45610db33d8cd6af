"""Who is sent to a platform: all members or changes, checked before being read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from segmentation.export.deliveries import CHANGES, MEMBERS, Delivery
from segmentation.export.errors import (
    ContradictoryReleaseError,
    UnknownChangeNumberError,
)
from segmentation.export.released import Released

ARMS = "activation__experiment_arms"
FIELDS = ("first_name", "last_name", "city", "region", "postal_code", "country")
# One order on both engines.
_ORDER = 'order by member_hash collate "C"'


@dataclass(frozen=True)
class Member:
    """A member as it is sent.

    Attributes:
        member_hash: Hash of the identifier.
        identifier_type: email or phone.
        consent_references: Consents that allow it.
        value: What a member of a seed is worth; null for others.
        fields: Name and place, by column.
    """

    member_hash: str
    identifier_type: str
    consent_references: str
    value: Decimal | None
    fields: Mapping[str, str | None]


def last_change_number(released: Released) -> int:
    """Return the number of the last change set; 0 before the first one."""
    sql = f"select max(change_number) from {released.table(CHANGES)}"
    [(number,)] = released.rows(sql)
    return int(number or 0)


def check_since(since: int, last: int) -> None:
    """Refuse a number that no change set of the release has.

    Raises:
        UnknownChangeNumberError: It is below 0 or above the last one.
    """
    if not 0 <= since <= last:
        raise UnknownChangeNumberError(since, last)


def check_members(released: Released, delivery: Delivery) -> None:
    """Check that members are what all change sets give, and of the arm.

    Raises:
        ContradictoryReleaseError: They are not.
    """
    differing = _number(
        released,
        f"{_latest(released)} select count(*) from (select member_hash from latest "
        "where change_type <> 'removed') as held full outer join (select member_hash "
        f"from {released.table(MEMBERS)} where audience_code = ? and platform = ?) as "
        "members on held.member_hash = members.member_hash "
        "where held.member_hash is null or members.member_hash is null",
        *delivery.key,
        0,
        *delivery.key,
    )
    if differing:
        found = f"{differing} members that the change sets contradict"
        raise ContradictoryReleaseError(*delivery.key, found)
    if delivery.experiment is None:
        return
    strangers = _number(
        released,
        f"select count(*) from {released.table(MEMBERS)} as members left join "
        f"{released.table(ARMS)} as arms on members.person_id = arms.customer_id and "
        "arms.experiment_code = ? and arms.arm = ? where members.audience_code = ? and "
        "members.platform = ? and arms.customer_id is null",
        *delivery.experiment,
        *delivery.key,
    )
    if strangers:
        found = f"{strangers} members outside of its arm {delivery.experiment[1]}"
        raise ContradictoryReleaseError(*delivery.key, found)


def is_first_sync(released: Released, delivery: Delivery, since: int | None) -> bool:
    """Whether the platform held nothing of the audience before.

    Before the number for changes, before the last set of the audience for all members.
    """
    of_interest = "min" if since is None else "max"
    [(flag,)] = released.rows(
        f"select {of_interest}(case when is_first_sync then 1 else 0 end) from "
        f"{released.table(CHANGES)} where audience_code = ? and platform = ? "
        "and change_number > ?",
        *delivery.key,
        since or 0,
    )
    return bool(flag)


def has_values(released: Released, delivery: Delivery) -> bool:
    """Whether its members are worth something to it."""
    sql = f"select count(member_value) from {released.table(MEMBERS)}"
    return bool(
        _number(
            released, f"{sql} where audience_code = ? and platform = ?", *delivery.key
        )
    )


def change_counts(
    released: Released, delivery: Delivery, since: int
) -> tuple[int, int]:
    """Return how many members to add or send again, and how many to remove."""
    [(added, removed)] = released.rows(
        f"{_latest(released)} select "
        "coalesce(sum(case when change_type = 'removed' then 0 else 1 end), 0), "
        "coalesce(sum(case when change_type = 'removed' then 1 else 0 end), 0) "
        "from latest",
        *delivery.key,
        since,
    )
    return int(added), int(removed)


def all_members(released: Released, delivery: Delivery) -> Iterator[Member]:
    """Yield all members, in the order of their hashes."""
    return _members(
        released.rows(
            f"{_selected(released)} where audience_code = ? and platform = ? {_ORDER}",
            *delivery.key,
        )
    )


def added_members(
    released: Released, delivery: Delivery, since: int
) -> Iterator[Member]:
    """Yield those whose last change after a set is no removal, as they are today."""
    return _members(
        released.rows(
            f"{_latest(released)} {_selected(released)} where audience_code = ? and "
            "platform = ? and member_hash in (select member_hash from latest where "
            f"change_type <> 'removed') {_ORDER}",
            *delivery.key,
            since,
            *delivery.key,
        )
    )


def removed_hashes(released: Released, delivery: Delivery, since: int) -> Iterator[str]:
    """Yield the hashes of those whose last change after a set is a removal."""
    for (member_hash,) in released.rows(
        f"{_latest(released)} select member_hash from latest where change_type = "
        f"'removed' {_ORDER}",
        *delivery.key,
        since,
    ):
        yield str(member_hash)


def _latest(released: Released) -> str:
    """Last change of each member of an audience on a platform after a set."""
    return (
        "with ranked as (select member_hash, change_type, row_number() over (partition "
        "by member_hash order by change_number desc) as recency_rank from "
        f"{released.table(CHANGES)} where audience_code = ? and platform = ? and "
        "change_number > ?), latest as (select member_hash, change_type from ranked "
        "where recency_rank = 1)"
    )


def _selected(released: Released) -> str:
    columns = ("member_hash", "identifier_type", "consent_references", "member_value")
    return f"select {', '.join([*columns, *FIELDS])} from {released.table(MEMBERS)}"


def _members(rows: Iterator[tuple[Any, ...]]) -> Iterator[Member]:
    for member_hash, identifier_type, references, value, *fields in rows:
        yield Member(
            str(member_hash),
            str(identifier_type),
            str(references),
            value,
            dict(zip(FIELDS, fields, strict=True)),
        )


def _number(released: Released, sql: str, *values: object) -> int:
    [(number,)] = released.rows(sql, *values)
    return int(number)
