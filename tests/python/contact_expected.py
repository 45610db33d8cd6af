"""Who may be contacted, by looking at every row for every question.

Only the raw rows and the map of customers are read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import md5
from typing import Any

from shop import Row, Shop

END = "2024-07-01 00:00:00"  # of the as-of day
# As in dbt_project.yml: kinds of identifier, purposes and caps.
CHANNELS: Mapping[str, tuple[list[str], list[str], tuple[int | None, int | None]]] = {
    "email": (["email"], ["direct_marketing"], (3, 8)),
    "sms": (["phone"], ["direct_marketing"], (1, 4)),
    "ads": (["email", "phone"], ["ad_user_data", "ad_personalization"], (None, None)),
}
WINDOWS = ("2024-06-24 00:00:00", "2024-06-01 00:00:00")  # 7 and 30 days
ARRIVED = ("delivered", "opened", "clicked")


@dataclass(frozen=True)
class Contact:
    """What the rows of a shop say of each customer.

    Args:
        shop: Its raw rows.
        customer_of: Customer of each record.
    """

    shop: Shop
    customer_of: Mapping[str, str]

    def rows(self, entity: str, time: str) -> Iterator[Row]:
        """Yield the rows of an entity until the as-of day."""
        return (row for row in self.shop.rows[entity] if row[time] < END)

    def versions(self, record: str) -> list[Row]:
        """Return the versions of a record, the latest last."""
        rows = self.rows("customer_records", "updated_at")
        found = [row for row in rows if row["source_customer_id"] == record]
        return sorted(found, key=lambda row: str(row["updated_at"]))

    def is_deleted(self, record: str) -> bool:
        """Whether its latest version says so."""
        return self.versions(record)[-1].get("is_deleted") == "true"

    def sightings(self, record: str, kinds: list[str]) -> list[tuple[str, str]]:
        """Return when a record was seen with which address, as a hash."""
        found = [
            (row["updated_at"], hashed(kind, row[kind]))
            for row in self.versions(record)
            for kind in kinds
            if kind in ("email", "phone") and row[kind] is not None
        ]
        identifiers = (
            (row["observed_at"], row["identifier_type"], row["identifier_value"])
            for row in self.rows("identifiers", "observed_at")
            if row["source_customer_id"] == record
        )
        return found + [
            (time, hashed(kind, value))
            for time, kind, value in identifiers
            if kind in kinds and value is not None
        ]

    def addresses_then(self, message: Row) -> set[str]:
        """Return the address a message went to; two that were seen at one time."""
        kinds = CHANNELS[message["channel"]][0]
        seen = self.sightings(message["source_customer_id"], kinds)
        before = [each for each in seen if each[0] <= message["occurred_at"]]
        if before:
            return {address for time, address in before if time == max(before)[0]}
        return {address for time, address in seen if time == min(seen)[0]}

    def statement(self, customer: str, channel: str, purpose: str) -> Row | None:
        """Return the statement in force, a withdrawal where two are of one time."""
        found = [
            row
            for row in self.rows("consents", "changed_at")
            if self.customer_of[row["source_customer_id"]] == customer
            and row.get("channel") in (None, channel)
            and row["purpose"] == purpose
            and not (
                row["is_granted"] == "true"
                and self.is_deleted(row["source_customer_id"])
            )
        ]
        return max(
            found,
            key=lambda row: (row["changed_at"], row["is_granted"] == "false"),
            default=None,
        )

    def consents(self, customer: str, channel: str) -> list[Row | None]:
        """Return the statement in force on each purpose that the channel needs."""
        needed = CHANNELS[channel][1]
        return [self.statement(customer, channel, purpose) for purpose in needed]

    def is_allowed(self, customer: str, channel: str, after: str = "") -> bool:
        """Whether all that the channel needs was granted later than a time."""
        return all(
            row is not None
            and row["is_granted"] == "true"
            and row["changed_at"] > after
            for row in self.consents(customer, channel)
        )

    def is_withdrawn(self, customer: str, channel: str) -> bool:
        """Whether one thing that the channel needs is withdrawn."""
        return any(
            row is not None and row["is_granted"] == "false"
            for row in self.consents(customer, channel)
        )

    def events(self, channel: str, *kinds: str) -> list[Row]:
        """Return the message events of a channel."""
        return [
            row
            for row in self.rows("messages", "occurred_at")
            if row["channel"] == channel and row["event_type"] in kinds
        ]

    def objections(self, channel: str) -> list[Row]:
        """Return complaints, and unsubscriptions that no later consent lifts."""
        return self.events(channel, "complained") + [
            row
            for row in self.events(channel, "unsubscribed")
            if not self.is_allowed(
                self.customer_of[row["source_customer_id"]], channel, row["occurred_at"]
            )
        ]

    def people_out(self, channel: str) -> set[str]:
        """Return the customers who objected to a channel."""
        objecting = {
            self.customer_of[row["source_customer_id"]]
            for row in self.objections(channel)
        }
        return objecting | {
            customer
            for customer in self.customer_of.values()
            if self.is_withdrawn(customer, channel)
        }

    def addresses_out(self, channel: str) -> set[str]:
        """Return the addresses of which somebody objected to a channel."""
        found = {
            address
            for record, customer in self.customer_of.items()
            if self.is_withdrawn(customer, channel)
            for _, address in self.sightings(record, CHANNELS[channel][0])
        }
        return found.union(*map(self.addresses_then, self.objections(channel)))

    def addresses_bounced(self, channel: str) -> set[str]:
        """Return the addresses at which nothing arrived after a bounce."""
        found = set()
        for bounce in self.events(channel, "bounced"):
            arrived = {
                address
                for row in self.events(channel, *ARRIVED)
                if row["source_customer_id"] == bounce["source_customer_id"]
                and row["occurred_at"] > bounce["occurred_at"]
                for address in self.addresses_then(row)
            }
            found |= self.addresses_then(bounce) - arrived
        return found

    def usable(self, customer: str, channel: str) -> set[str]:
        """Return the addresses that a record of the customer has now."""
        kinds, found = CHANNELS[channel][0], set()
        for record, owner in self.customer_of.items():
            if owner != customer or self.is_deleted(record):
                continue
            latest = self.versions(record)[-1]
            stated = {latest[kind] for kind in kinds if kind in ("email", "phone")}
            seen = {
                row["identifier_value"]
                for row in self.rows("identifiers", "observed_at")
                if row["source_customer_id"] == record
                and row["identifier_type"] in kinds
            }
            found |= {
                hashed("email" if "@" in value else "phone", value)
                for value in stated | seen
                if value is not None
            }
        return found

    def sent(self, customer: str, channel: str) -> list[int]:
        """Return how many messages were sent in 7 and in 30 days."""
        times = [
            row["occurred_at"]
            for row in self.events(channel, "sent")
            if self.customer_of[row["source_customer_id"]] == customer
        ]
        return [sum(time >= start for time in times) for start in WINDOWS]


def hashed(kind: str, value: Any) -> str:
    """Return the hash of an address; a telephone goes without its country."""
    key = value.replace("+1 ", "").replace(" ", "") if kind == "phone" else value
    return md5(f"{kind}:{key}".encode(), usedforsecurity=False).hexdigest()
