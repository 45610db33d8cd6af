"""What each customer of the engaged shop did and when, read from the raw rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shop import Row, Shop
from shop_engaged_builds import ZONE

DEVICES = ("desktop", "mobile", "tablet", "other")
HUMAN = (None, "false")


def local(moment: datetime) -> datetime:
    """Return the wall time of New York at a time of Greenwich."""
    aware = moment.replace(tzinfo=ZoneInfo("UTC"))
    return aware.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)


def day(moment: datetime) -> date:
    """Return the local day."""
    return local(moment).date()


@dataclass(frozen=True)
class Visit:
    """One session on one surface and day."""

    day: date
    surface: str
    hour: int
    device: str | None
    pages: int
    events: int


@dataclass(frozen=True)
class History:
    """What one customer ever did, with the day of each thing."""

    known: date
    objections: list[tuple[datetime, bool]]
    visits: list[Visit]
    sent: list[date]
    reactions: list[tuple[date, str, int]]
    tickets: list[list[Row]]
    posts: list[Row]
    orders: list[tuple[datetime, str | None, date | None]]

    def is_profiled(self, at: date) -> bool:
        """Whether the last word on profiling by then is no objection."""
        said = [granted for moment, granted in self.objections if day(moment) <= at]
        return said[-1] if said else True


def histories(shop: Shop) -> dict[str, History]:
    """Return the history of each customer by the name of their record."""
    return {
        row["source_customer_id"]: _history(shop, row)
        for row in shop.rows["customer_records"]
    }


def _history(shop: Shop, record: Row) -> History:
    name = record["source_customer_id"]
    records = {name, name.replace("c", "browser")}

    def rows(entity: str) -> list[Row]:
        listed = shop.rows[entity]
        return [row for row in listed if row["source_customer_id"] in records]

    consents = [
        (row["changed_at"], row["is_granted"] == "true") for row in rows("consents")
    ]
    tickets: dict[str, list[Row]] = {}
    for row in rows("support_tickets"):
        tickets.setdefault(row["ticket_id"], []).append(row)
    return History(
        known=day(record["created_at"]),
        objections=sorted(consents),
        visits=list(_visits(rows("events"))),
        sent=[
            day(row["occurred_at"])
            for row in rows("messages")
            if row["event_type"] == "sent"
        ],
        reactions=_reactions(rows("messages")),
        tickets=list(tickets.values()),
        posts=rows("social_interactions"),
        orders=_orders(rows("orders"), rows("order_changes")),
    )


def _visits(events: Sequence[Row]) -> Iterator[Visit]:
    sessions: dict[tuple[Any, ...], list[Row]] = {}
    for row in events:
        surface = str(row["surface"]).lower()
        surface = surface if surface in ("app", "product") else "web"
        key = (row["session_id"], day(row["occurred_at"]), surface)
        sessions.setdefault(key, []).append(row)
    for (_, on, surface), rows in sessions.items():
        devices = sorted(
            str(row["device_type"]).strip() for row in rows if row["device_type"]
        )
        device = devices[0].lower() if devices else None
        yield Visit(
            day=on,
            surface=surface,
            hour=local(min(row["occurred_at"] for row in rows)).hour,
            device=device if device is None or device in DEVICES else "other",
            pages=sum(row["event_name"].lower().endswith("_view") for row in rows),
            events=len(rows),
        )


def _reactions(messages: Sequence[Row]) -> list[tuple[date, str, int]]:
    """Return day, kind and hour of the first human reaction to a campaign on a day."""
    hours: dict[tuple[Any, ...], int] = {}
    for row in sorted(messages, key=lambda row: row["occurred_at"]):
        kind = row["event_type"]
        if kind in ("opened", "clicked") and row["is_machine"] in HUMAN:
            key = (day(row["occurred_at"]), kind, row["campaign_id"])
            hours.setdefault(key, local(row["occurred_at"]).hour)
    return [(on, kind, hour) for (on, kind, _), hour in hours.items()]


def _orders(
    orders: Sequence[Row], changes: Sequence[Row]
) -> list[tuple[datetime, str | None, date | None]]:
    """Return time, channel and last day of each order with a value."""
    cancelled = {row["order_id"]: day(row["changed_at"]) for row in changes}
    found = []
    for row in orders:
        if row["net_amount"] != "0.00":
            channel = row["channel"] and row["channel"].lower()
            channel = "web" if channel == "online" else channel
            channel = "other" if channel == "catalogue" else channel
            ended = cancelled.get(row["order_id"])
            found.append((local(row["ordered_at"]), channel, ended))
    return found


def first_days(shop: Shop) -> dict[str, date]:
    """Return the first day of each family, of whoever it is."""
    visits = list(_visits(shop.rows["events"]))
    letters = [row for row in shop.rows["messages"] if row["event_type"] == "sent"]
    return {
        "web": min(each.day for each in visits if each.surface != "product"),
        "product": min(each.day for each in visits if each.surface == "product"),
        "message": min(day(row["occurred_at"]) for row in letters),
        "service": min(day(row["opened_at"]) for row in shop.rows["support_tickets"]),
        "social": min(
            day(row["occurred_at"]) for row in shop.rows["social_interactions"]
        ),
    }
