"""Random worlds: what happens to a few records of a shop, as hypothesis draws it."""

from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

NIGHTS = ("2024-06-01 03:00:00", "2024-06-02 03:00:00")
# Other entities that show a record, and what tells their rows apart.
KEYS = {
    "customer_attributes": "attribute_name",
    "orders": "order_id",
    "order_changes": "order_id",
    "events": "event_id",
    "messages": "message_event_id",
    "support_tickets": "ticket_id",
    "social_interactions": "interaction_id",
    "survey_responses": "response_id",
    "question_prompts": "prompt_id",
    "consents": "consent_id",
}

RECORDS = st.integers(0, 3)
DAYS = st.integers(0, 6)
NIGHT = st.sampled_from(NIGHTS)


@dataclass(frozen=True)
class Version:
    """What a source says about a record; None leaves a field empty."""

    record: int
    loaded_at: str
    day: int | None
    person: int
    has_slip: bool
    has_birth_date: bool
    email: int | None
    phone: int | None


@dataclass(frozen=True)
class Deletion:
    """The version that deletes a record; it may repeat what the record said."""

    record: int
    repeats_fields: bool


@dataclass(frozen=True)
class Identifier:
    """An identifier that a system issued, on a record."""

    record: int
    loaded_at: str
    day: int | None
    kind: str
    value: int


@dataclass(frozen=True)
class Sighting:
    """A row of any other entity, late when its night is the second."""

    record: int
    loaded_at: str
    day: int
    entity: str


@dataclass(frozen=True)
class World:
    """What happens to a few records.

    Attributes:
        is_written: Whether records have names, addresses and numbers, which are
            compared; without, exact identifiers alone join them.
        versions: In the order in which they became true; nights have their own.
        deletions: After all versions.
        identifiers: Exact ones.
        sightings: Rows of other entities.
        bridge: Two records that are joined, or parted, for a time.
    """

    is_written: bool
    versions: list[Version]
    deletions: list[Deletion]
    identifiers: list[Identifier]
    sightings: list[Sighting]
    bridge: tuple[int, int]


WORLDS = st.builds(
    World,
    is_written=st.booleans(),
    versions=st.lists(
        st.builds(
            Version,
            record=RECORDS,
            loaded_at=NIGHT,
            day=st.none() | DAYS,
            person=st.sampled_from((0, 0, 1, 2)),
            has_slip=st.booleans(),
            has_birth_date=st.booleans(),
            email=st.none() | st.integers(0, 1),
            phone=st.none() | st.integers(0, 1),
        ),
        min_size=2,
        max_size=6,
    ),
    deletions=st.lists(
        st.builds(Deletion, record=RECORDS, repeats_fields=st.booleans()), max_size=2
    ),
    identifiers=st.lists(
        st.builds(
            Identifier,
            record=RECORDS,
            loaded_at=NIGHT,
            day=st.none() | DAYS,
            kind=st.sampled_from(("badge", "loyalty_card")),
            value=st.integers(0, 1),
        ),
        min_size=2,
        max_size=6,
    ),
    sightings=st.lists(
        st.builds(
            Sighting,
            record=RECORDS,
            loaded_at=NIGHT,
            day=DAYS,
            entity=st.sampled_from((*KEYS, *("orders",) * 8)),
        ),
        min_size=2,
        max_size=5,
    ),
    bridge=st.tuples(RECORDS, RECORDS),
)


def drawn_worlds(count: int) -> list[World]:
    """Return worlds as hypothesis draws them, the same at each call."""
    worlds: list[World] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(WORLDS)
    def keep(world: World) -> None:
        worlds.append(world)

    keep()
    return worlds
