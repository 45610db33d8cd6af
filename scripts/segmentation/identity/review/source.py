"""Reads the review band and the records that it asks about from the warehouse."""

from collections.abc import Collection
from typing import Any

from segmentation.identity.tables import open_identity
from segmentation.profiles import Profile

# The columns that name a pair, as in the seed, and what helps to decide.
PAIR = (
    "source_system",
    "source_customer_id",
    "other_source_system",
    "other_source_customer_id",
)
MEASURES = ("match_probability", "is_joined", "revenue_at_stake")
FIELDS = ("first_name", "last_name", "birth_date", "address", "email", "phone")

_SIDES = {"one": "", "two": "other_"}
_TABLES = (
    "identity__review_pairs",
    "int_identity__compared_records",
    "int_identity__current_records",
    "int_identity__records",
)

Record = tuple[str, str]


def read_band(profile: Profile, limit: int) -> list[tuple[Any, ...]]:
    """Read the first pairs of the review band.

    Returns:
        One row per pair: `PAIR`, `MEASURES`, then for each of `FIELDS` the value of the
        one record and that of the other.

    Raises:
        SegmentationError: The warehouse does not open, or has no review band.
    """
    # A guest has no record of customers, but an address or number of its orders.
    values = {
        field: f"coalesce({{0}}_record.{field}, {{0}}_compared.{field})"
        if field in ("email", "phone")
        else f"{{0}}_record.{field}"
        for field in FIELDS
    }
    shown = [value.format(side) for value in values.values() for side in _SIDES]
    listed = [f"pairs.{column}" for column in (*PAIR, *MEASURES)] + shown
    joins = " ".join(
        f"inner join {{int_identity__records}} as {side}_number "
        f"on pairs.{prefix}source_system = {side}_number.source_system "
        f"and pairs.{prefix}source_customer_id = {side}_number.source_customer_id "
        f"left join {{int_identity__compared_records}} as {side}_compared "
        f"on {side}_number.record_number = {side}_compared.record_number "
        f"left join {{int_identity__current_records}} as {side}_record "
        f"on {side}_number.source_system = {side}_record.source_system "
        f"and {side}_number.source_customer_id = {side}_record.source_customer_id"
        for side, prefix in _SIDES.items()
    )
    with open_identity(profile, _TABLES) as tables:
        return tables.rows(
            f"select {', '.join(listed)} from {{identity__review_pairs}} as pairs "
            f"{joins} order by pairs.review_rank limit {limit}"
        )


def read_known(profile: Profile, records: Collection[Record]) -> set[Record]:
    """Return those of the records that the last build knows.

    Raises:
        SegmentationError: The warehouse does not open, or has no records.
    """
    with open_identity(profile, ["int_identity__records"]) as tables:
        rows = tables.rows(
            "select source_system, source_customer_id from {int_identity__records} "
            "where source_customer_id = any(?)",
            sorted({key for _, key in records}),
        )
    return {(str(system), str(key)) for system, key in rows} & set(records)
