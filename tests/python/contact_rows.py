"""Random histories of people who share addresses, consent, object and get messages."""

import random
from collections.abc import Sequence

from shop import Row, Shop

CHANNELS = ("email", "sms", "ads")
PURPOSES = ("direct_marketing", "ad_user_data", "ad_personalization")
EVENTS = ("bounced", "complained", "unsubscribed", "delivered", "opened", "sent")
DAYS = ("05-10", "05-20", "06-01", "06-10", "06-23", "06-24", "06-30", "07-01")
HOME = 4
NAMES = ("Anna", "Boris", "Clementine", "Dieter", "Evelyn", "Friedrich", "Gudrun", "Ho")


def drawn_shop(seed: int, people: int) -> Shop:
    """Return people who share addresses with those they live with.

    Times are few, so that many agree; some are after the as-of day.
    """
    draw, shop = random.Random(seed), Shop()
    for person in range(people):
        for copy in range(draw.choice((1, 1, 2))):
            record = {"source_customer_id": f"r{person}-{copy}"}
            _add_versions(draw, shop, person, record)
            shop.add("identifiers", **record, identifier_value=f"login-{person}")
            if draw.random() < 0.2:
                seen = _address(draw, person, "email")
                shop.add(
                    "identifiers",
                    **record,
                    identifier_type="email",
                    identifier_value=seen,
                    observed_at=_time(draw),
                )
            _add_statements(draw, shop, record)
    return shop


def _add_versions(draw: random.Random, shop: Shop, person: int, record: Row) -> None:
    count = draw.choice((1, 1, 2, 3))
    is_gone = count > 1 and draw.random() < 0.2
    for place, day in enumerate(sorted(draw.sample(range(1, 28), count))):
        shop.add(
            "customer_records",
            **record,
            first_name=NAMES[person % len(NAMES)],
            email=_address(draw, person, "email"),
            phone=_address(draw, person, "phone"),
            updated_at=f"2024-05-{day:02d} 12:00:00",
            is_deleted="true" if is_gone and place == count - 1 else None,
        )


def _add_statements(draw: random.Random, shop: Shop, record: Row) -> None:
    if draw.random() < 0.8:  # most of them agree to something
        for purpose in PURPOSES:
            shop.add("consents", **record, purpose=purpose, changed_at=_time(draw))
    for _ in range(draw.choice((0, 1, 3))):
        shop.add(
            "consents",
            **record,
            channel=draw.choice((None, *CHANNELS)),
            purpose=draw.choice(("direct_marketing", "ad_user_data", "research")),
            is_granted=draw.choice(("true", "false")),
            changed_at=_time(draw),
        )
    days = DAYS[: draw.choice((5, len(DAYS)))]
    for _ in range(draw.choice((0, 3, 15))):
        shop.add(
            "messages",
            **record,
            channel=draw.choice(("email", "sms")),
            event_type=draw.choices(EVENTS, (2, 1, 1, 3, 2, 36))[0],
            occurred_at=_time(draw, days),
        )


def _address(draw: random.Random, person: int, kind: str) -> str | None:
    """Return an own address, that of the home, or none."""
    owner = draw.choice((person, person, 1000 + person // HOME))
    value = {"email": f"a{owner}@mail.invalid", "phone": f"+1 555 2{owner:06d}"}[kind]
    return None if draw.random() < 0.1 else value


def _time(draw: random.Random, days: Sequence[str] = DAYS) -> str:
    return f"2024-{draw.choice(days)} {draw.choice(('10', '12'))}:00:00"
