"""A shop whose customers visit, click, complain, post and answer at random."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shop import Row, Shop

CUSTOMERS = 40
AFTER_ALL = "2025-06-01 00:00:00"
FIRST, END = (datetime.fromisoformat(day) for day in ("2023-10-01T12", "2025-02-01"))
# Families of data that begin later.
FIRST_MESSAGE, FIRST_VISIT, FIRST_POST, FIRST_USE = (
    datetime.fromisoformat(day)
    for day in ("2023-11-20", "2023-12-15", "2024-01-10", "2024-06-01")
)
DEVICES = ("desktop", " Mobile ", "mobile", "TABLET", "watch", None)
CHANNELS = ("store", "web", "App", "phone", "online", "catalogue", None)
QUESTIONS = {
    "cheap": (1, 5),
    "no_bargains": (1, 5),
    "finest": (1, 7),
    "labels": (0, 10),
    "new": (1, 4),
    "old_friends": (1, 4),
    "easy": (1, 5),
    "green": (1, 5),
    "hair_colour": (1, 5),
}


def engaged_shop(seed: int) -> Shop:
    """Return 40 customers, a browser of each, and browsers of nobody."""
    shop, generator = Shop(), random.Random(seed)
    for number in range(CUSTOMERS):
        _add_customer(shop, generator, number)
    for number in range(5):
        _add_visits(shop, generator, f"nobody{number}", FIRST_USE, 20)
    for listed in shop.rows.values():
        for row in listed:
            row["loaded_at"] = AFTER_ALL
    return shop


def _add_customer(shop: Shop, generator: random.Random, number: int) -> None:
    name, browser = f"c{number}", f"browser{number}"
    # A third is there from the start, the others come in the course of the year.
    created = FIRST
    if number % 3:
        created += timedelta(days=generator.randrange(300))
    shop.add("customer_records", source_customer_id=name, created_at=created)
    for record in (name, browser):
        shop.add(
            "identifiers",
            source_customer_id=record,
            identifier_value=f"login-{name}",
            observed_at=created + timedelta(hours=1),
        )
    if number % 8 == 7:
        return
    _add_orders(shop, generator, name, created)
    # Some were visitors without a name before.
    seen = created - timedelta(days=150) if number % 4 == 1 else created
    _add_visits(shop, generator, browser, seen, generator.randrange(80))
    _add_messages(shop, generator, name, created)
    _add_tickets(shop, generator, name, created)
    _add_answers(shop, generator, browser, seen)
    for _ in range(generator.randrange(5)):
        shop.add(
            "social_interactions",
            source_customer_id=name,
            sentiment_score=generator.choice([None, -0.4, 0.1, 0.75]),
            occurred_at=_moment(generator, max(created, FIRST_POST)),
        )
    if number % 9 == 5:
        for granted in ("false", "true")[: 1 + number % 2]:
            shop.add(
                "consents",
                source_customer_id=name,
                is_granted=granted,
                changed_at=_moment(generator, created),
            )


def _moment(generator: random.Random, start: datetime) -> datetime:
    seconds = int((END - start).total_seconds())
    first = 3 * 3600
    return start + timedelta(
        seconds=generator.randrange(first, max(seconds, first + 1))
    )


def _add_orders(
    shop: Shop, generator: random.Random, name: str, start: datetime
) -> None:
    for _ in range(generator.randrange(6)):
        order = shop.add(
            "orders",
            source_customer_id=name,
            ordered_at=_moment(generator, start),
            channel=generator.choice(CHANNELS),
            net_amount=generator.choice(["0.00", "10.00", "20.00"]),
        )
        if generator.random() < 0.2:
            shop.add(
                "order_changes",
                source_customer_id=name,
                order_id=order["order_id"],
                changed_at=_moment(generator, order["ordered_at"]),
                change_type="cancelled",
            )


def _add_visits(
    shop: Shop, generator: random.Random, record: str, start: datetime, count: int
) -> None:
    for visit in range(count):
        begun = _moment(generator, max(start, FIRST_VISIT))
        surface = generator.choice(["web", "web", "App", "product", None])
        if surface == "product" and begun < FIRST_USE:
            surface = "web"
        for step in range(generator.randrange(1, 4)):
            shop.add(
                "events",
                source_customer_id=record,
                session_id=generator.choice([f"{record}-{visit}", None]),
                surface=surface,
                event_name=generator.choice(["page_view", "Screen_View", "search"]),
                device_type=generator.choice(DEVICES),
                occurred_at=begun + timedelta(minutes=25 * step),
            )


def _add_messages(
    shop: Shop, generator: random.Random, name: str, start: datetime
) -> None:
    for _ in range(generator.randrange(30)):
        sent = _moment(generator, max(start, FIRST_MESSAGE))
        letter: Mapping[str, Any] = {
            "source_customer_id": name,
            "campaign_id": generator.choice(["spring", "autumn", None]),
        }
        shop.add("messages", **letter, occurred_at=sent)
        for kind in ("delivered", "opened", "opened", "clicked", "clicked", "bounced"):
            if generator.random() < 0.4:
                shop.add(
                    "messages",
                    **letter,
                    event_type=kind,
                    is_machine=generator.choice(["true", "false", None]),
                    occurred_at=sent + timedelta(hours=generator.randrange(30)),
                )


def _add_tickets(
    shop: Shop, generator: random.Random, name: str, start: datetime
) -> None:
    for count in range(generator.randrange(5)):
        opened = _moment(generator, start)
        resolved = _moment(generator, opened)
        ticket: Row = {
            "source_customer_id": name,
            "ticket_id": f"{name}-{count}",
            "opened_at": opened,
        }
        rated = ticket | {"resolved_at": resolved, "satisfaction_score": 1 + count}
        if generator.random() < 0.3:
            shop.add("support_tickets", **rated)
            continue
        shop.add("support_tickets", **ticket, updated_at=opened)
        later = [ticket | {"resolved_at": resolved}, rated, ticket | {"is_deleted": 1}]
        moment = resolved
        for version in later[: generator.randrange(4)]:
            shop.add("support_tickets", **version, updated_at=moment)
            moment += timedelta(days=generator.randrange(1, 20))


def _add_answers(
    shop: Shop, generator: random.Random, name: str, start: datetime
) -> None:
    for _ in range(generator.choice([0, 0, 1, 2, 5, 20])):
        question = generator.choice(list(QUESTIONS))
        lowest, highest = QUESTIONS[question]
        shop.add(
            "survey_responses",
            source_customer_id=name,
            question_code=question,
            answer_score=generator.choice([None, *range(lowest, highest + 2)]),
            responded_at=_moment(generator, start),
        )
    if generator.random() < 0.5:
        shop.add(
            "question_prompts",
            source_customer_id=name,
            question_code=generator.choice(["cheap", "hair_colour"]),
            occurred_at=_moment(generator, start),
        )
