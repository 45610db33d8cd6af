"""Raw rows of random worlds: no two share a name, an address, a number or a date.

shop = shop_of(worlds, lambda row: row["loaded_at"] == NIGHTS[0])
add_bridges(shop, worlds)
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from identity_worlds import KEYS, NIGHTS, Sighting, Version, World
from shop import Row, Shop

FIRST_NAMES = ("Annegret", "Bertold", "Cosima")
# Entities that show a record, and when; an order line shows its order's.
EVENT_TIMES = {
    "customer_records": "created_at",
    "customer_attributes": "observed_at",
    "identifiers": "observed_at",
    "orders": "ordered_at",
    "order_changes": "changed_at",
    "events": "occurred_at",
    "messages": "occurred_at",
    "support_tickets": "opened_at",
    "social_interactions": "occurred_at",
    "survey_responses": "responded_at",
    "question_prompts": "occurred_at",
    "consents": "changed_at",
}


def shop_of(
    worlds: list[World], is_delivered: Callable[[Row], bool] = lambda _: True
) -> Shop:
    """Return the raw rows of all worlds that a condition lets through.

    Beside the worlds stands one record for each entity, seen in no other.
    """
    shop = Shop()
    for entity in EVENT_TIMES:
        only = f"{entity}-only"
        key = {KEYS[entity]: only} if entity in KEYS else {}
        shop.add(entity, source_customer_id=only, loaded_at=NIGHTS[0], **key)
    for place, world in enumerate(worlds):
        for entity, row in rows_of(world, place):
            if is_delivered(row):
                shop.add(entity, **row)
    return shop


def add_bridges(shop: Shop, worlds: list[World]) -> None:
    """Join two records each by an identifier, which has no time of its own."""
    for place, world in enumerate(worlds):
        if _decision(world, place) is None:
            for record in sorted(set(world.bridge)):
                shop.add(
                    "identifiers",
                    source_customer_id=record_id(place, record),
                    identifier_type="bridge",
                    identifier_value=f"bridge-{place}",
                    observed_at=None,
                    loaded_at=NIGHTS[1],
                )


def decided_pairs(worlds: list[World], decision: str) -> list[tuple[str, str]]:
    """Return the pairs of records that a person joins by `include`, or parts."""
    return [
        (record_id(place, world.bridge[0]), record_id(place, world.bridge[1]))
        for place, world in enumerate(worlds)
        if _decision(world, place) == decision and len(set(world.bridge)) == 2
    ]


def _decision(world: World, place: int) -> str | None:
    """Half of the worlds have a decision, the others a bridge."""
    if place % 2:
        return None
    return "exclude" if world.is_written else "include"


def record_id(place: int, record: int) -> str:
    """Return the id of a record; its beginning names the world."""
    return f"w{place:03d}-{record}"


def rows_of(world: World, place: int) -> Iterator[tuple[str, Row]]:
    """Yield entity and raw row of all that happens."""
    said: dict[int, Row] = {}
    for number, version in enumerate(world.versions):
        said[version.record] = _fields(version, place) if world.is_written else {}
        yield (
            "customer_records",
            said[version.record]
            | {
                "source_customer_id": record_id(place, version.record),
                "loaded_at": version.loaded_at,
                "created_at": event_time(version.day),
                "updated_at": f"2024-05-01 {number:02d}:00:00",
            },
        )
    for number, deletion in enumerate(world.deletions):
        repeated = said.get(deletion.record, {}) if deletion.repeats_fields else {}
        yield (
            "customer_records",
            repeated
            | {
                "source_customer_id": record_id(place, deletion.record),
                "loaded_at": NIGHTS[1],
                "created_at": None,
                "updated_at": f"2024-05-20 {number:02d}:00:00",
                "is_deleted": "true",
            },
        )
    for identifier in world.identifiers:
        yield (
            "identifiers",
            {
                "source_customer_id": record_id(place, identifier.record),
                "loaded_at": identifier.loaded_at,
                "observed_at": event_time(identifier.day),
                "identifier_type": identifier.kind,
                "identifier_value": f"{identifier.kind}-{place}-{identifier.value}",
            },
        )
    for number, sighting in enumerate(world.sightings):
        yield from _sighting_rows(sighting, place, number)


def _sighting_rows(
    sighting: Sighting, place: int, number: int
) -> Iterator[tuple[str, Row]]:
    entity = sighting.entity
    row: Row = {
        "source_customer_id": record_id(place, sighting.record),
        "loaded_at": sighting.loaded_at,
        KEYS[entity]: f"{entity}-{place}-{number}",
    }
    dated = row | {EVENT_TIMES[entity]: event_time(sighting.day)}
    if entity == "orders":
        amount = {"net_amount": f"{place + 1}.{number:02d}"}
        yield entity, dated | amount
        yield "order_lines", row | amount
    else:
        yield entity, dated


def event_time(day: int | None) -> str | None:
    """Return the moment of a day that many records share."""
    return None if day is None else f"{date(2024, 1, 1) + timedelta(days=day)} 09:00:00"


def _fields(version: Version, place: int) -> Row:
    letters = "".join(chr(ord("a") + place // 26**power % 26) for power in (2, 1, 0))
    name = FIRST_NAMES[version.person] + letters
    born = date(1930, 1, 1) + timedelta(days=place * 100 + version.person * 37)
    return {
        "first_name": name.replace("e", "") if version.has_slip else name,
        "last_name": ("Oswald", "Oswald", "Quint")[version.person] + letters,
        "birth_date": born if version.has_birth_date else None,
        "email": _given(version.email, f"{{}}@{letters}.net"),
        "phone": _given(version.phone, f"+49 151 {place:04d}{{:03d}}"),
    }


def _given(value: int | None, pattern: str) -> str | None:
    return None if value is None else pattern.format(value)
