"""Records with consents, and the models from consents to change sets, as compiled.

A small company: records hold e-mail addresses, some of them shared; records of one
customer are merged. A rule says who is in the audience S01 and who in the exclusion
X01. `night` builds everything for one day and releases it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped]

from model_warehouse import ModelWarehouse

MODELS = {
    "contact__consents": "main_restricted",
    "int_contact__permissions": "main_restricted",
    "int_contact__message_signals": "main_restricted",
    "contact__suppressions": "main_restricted",
    "int_contact__candidates": "main_restricted",
    "contact__reachability": "main_restricted",
    "activation__experiment_arms": "main_restricted",
    "int_activation__contacts": "main_restricted",
    "int_activation__audience_members": "main_restricted",
    "activation__audiences": "main_restricted",
    "activation__memberships": "main_restricted",
    "activation__platform_members": "main_restricted",
    "activation__platform_audiences": "main_restricted",
    "activation__audience_changes": "main_restricted",
}
PURPOSES = ("ad_user_data", "ad_personalization")
PLATFORMS = ("google_ads", "meta")
VARIABLES: dict[str, Any] = {
    "segmentation_as_of": "2024-03-31",
    "segmentation_dataset": "omnichannel",
    "segmentation_timezone": "UTC",
    "segmentation_experiments": [
        {
            "code": "offer",
            "kind": "message",
            "channel": "ads",
            "layer": "ads",
            "slots": [0, 1000],
            "arms": [
                {"code": "offer", "share": 0.5},
                {"code": "holdout", "share": 0.5},
            ],
            "when": [{"feature": "order_count", "at_least": 1}],
            "starts_on": "2024-01-01",
            "ends_on": "2024-12-31",
            "owner": "crm",
            "hypothesis": "It pays.",
        }
    ],
    # The smallest floor that settings allow; `night` takes it out of the statements.
    "segmentation_audiences": [
        {
            "code": code,
            "kind": kind,
            "platforms": list(PLATFORMS),
            "when": [{"feature": feature, **bound}],
            "size_floor": 10,
            "owner": "crm",
            **more,
        }
        for code, kind, feature, bound, more in (
            ("S01", "include", "order_count", {"at_least": 1}, {}),
            ("X01", "exclude", "days_since_last_order", {"at_most": 14}, {}),
            ("L01", "seed", "revenue", {"above": 100}, {"value": "revenue"}),
            (
                "E01",
                "include",
                "order_count",
                {"at_least": 1},
                {"experiment": "offer", "arm": "offer"},
            ),
        )
    ],
}


def identifier_hash(value: str) -> str:
    """Return the hash of an e-mail address as in `int_contact__identifiers`."""
    return md5(f"email:{value}".encode()).hexdigest()


def member_hash(value: str) -> str:
    """Return what platforms are sent of an e-mail address."""
    return sha256(value.encode()).hexdigest()


@dataclass
class Record:
    """A record of a source.

    Attributes:
        emails: Addresses it holds.
        order_count: One or more is in S01.
        days_since_last_order: 14 or less is in X01.
        revenue: Above 100 is in L01, with this value.
        is_profiled: Whether its person lets themselves be profiled.
    """

    emails: tuple[str, ...]
    order_count: int = 1
    days_since_last_order: int = 100
    revenue: float = 0.0
    is_profiled: bool = True


@dataclass
class Company:
    """What is known on a day.

    Attributes:
        records: By id.
        customer_of: Customer of each record; by default each is one.
        consents: Record, purpose, granted or not, in order of time.
        unsubscribed: Records that unsubscribed, with how many consents came before.
        arms: Arm of the experiment that customers were drawn into.
    """

    records: dict[str, Record] = field(default_factory=dict)
    customer_of: dict[str, str] = field(default_factory=dict)
    consents: list[tuple[str, str, bool]] = field(default_factory=list)
    unsubscribed: list[tuple[str, int]] = field(default_factory=list)
    arms: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, record: Record, is_granted: bool = True) -> None:
        """Add a record, with consent to everything or without any."""
        self.records[name] = record
        self.customer_of[name] = name
        if is_granted:
            for purpose in PURPOSES:
                self.consents.append((name, purpose, True))

    def merge(self, one: str, two: str) -> None:
        """Let the customers of two records be one, under the first id."""
        kept, gone = sorted((self.customer_of[one], self.customer_of[two]))
        for name, customer in self.customer_of.items():
            if customer == gone:
                self.customer_of[name] = kept

    def erase(self, name: str) -> None:
        """Forget a record and all that it said."""
        del self.records[name], self.customer_of[name]
        self.consents = [row for row in self.consents if row[0] != name]
        self.unsubscribed = [row for row in self.unsubscribed if row[0] != name]


class ActivationWarehouse(ModelWarehouse):
    """What the models read, and these models; change sets pile up night by night."""

    def __init__(self, folder: Path, models: Mapping[str, str] = MODELS) -> None:
        super().__init__(folder, models)
        for schema in ("main", "main_identity", "main_internal", "main_ledger"):
            self.connection.execute(f"create schema if not exists {schema}")
        self.connection.execute("create schema main_restricted")
        # A company of a test is smaller than any audience that settings allow.
        for name, statement in self.statements.items():
            self.statements[name] = statement.replace(
                "cast(10 as bigint) as size_floor", "cast(1 as bigint) as size_floor"
            )
        self._empty(
            "main_ledger.activation__released_changes",
            "run_id text, change_number bigint, platform text, audience_code text, "
            "audience_kind text, member_hash text, change_type text, "
            "consent_references text, refresh_epoch bigint, is_first_sync boolean",
        )
        self._empty(
            "main_identity.identity__golden_record_sources",
            "customer_id text, field text, source_system text, source_customer_id text",
        )
        self._empty(
            "main_identity.identity__aliases",
            "alias_customer_id text, customer_id text",
        )
        self._empty(
            "main_internal.int_segments__sensitive_uses",
            "used_by text, segment_code text, topic text",
        )
        self._empty(
            "main_restricted.int_activation__platform_names",
            "platform text, customer_id text, first_name text, last_name text, "
            "city text, region text, postal_code text, country text",
        )
        self._empty(
            "main_internal.input__customer_records",
            "source_system text, source_customer_id text, is_deleted boolean",
        )
        self._empty(
            "main_identity.int_identity__current_records",
            "source_system text, source_customer_id text",
        )
        self.connection.execute(
            "create table main_internal.platform_limits as select unnest("
            f"{list(PLATFORMS)}) as platform, 'ads' as channel, "
            "100 as minimum_members, 100 as minimum_seed_members, 90 as refresh_days"
        )

    def _empty(self, name: str, columns: str) -> None:
        self.connection.execute(f"create or replace table {name} ({columns})")

    def _fill(
        self, name: str, columns: str, rows: Iterable[tuple[object, ...]]
    ) -> None:
        self._empty(name, columns)
        frame = pd.DataFrame(list(rows), dtype=object)
        if not frame.empty:
            self.connection.register("given", frame)
            self.connection.execute(f"insert into {name} from given")
            self.connection.unregister("given")

    def night(self, company: Company) -> pd.DataFrame:
        """Build all models for a day, and release.

        Returns:
            The change set of the day, empty where nothing changed.
        """
        self.give_company(company)
        self.run()
        [(before,)] = self.connection.execute(
            "select coalesce(max(change_number), 0) "
            "from main_ledger.activation__released_changes"
        ).fetchall()
        self.connection.execute(
            "insert into main_ledger.activation__released_changes select 'run', * "
            "from main_restricted.activation__audience_changes where change_number > ?",
            [before],
        )
        changes = self.rows("activation__audience_changes")
        return changes[changes.change_number > before]

    def give_company(self, company: Company) -> None:
        """Fill the tables that the models read."""
        self._fill(
            "main_identity.identity__customers",
            "customer_id text, is_identified boolean",
            ((customer, True) for customer in self._by_customer(company)),
        )
        self._fill(
            "main_identity.identity__customer_map",
            "customer_id text, source_system text, source_customer_id text",
            ((c, "shop", name) for name, c in company.customer_of.items()),
        )
        self._fill(
            "main_identity.int_contact__identifiers",
            "customer_id text, source_system text, source_customer_id text, "
            "identifier_type text, identifier_hash text, is_stated boolean, "
            "is_usable boolean, first_observed_at timestamp, "
            "last_observed_at timestamp",
            (
                (
                    *(company.customer_of[name], "shop", name, "email"),
                    *(identifier_hash(email), True, True),
                    *("2024-01-01 00:00:00", "2024-01-01 00:00:00"),
                )
                for name, record in company.records.items()
                for email in record.emails
            ),
        )
        self._fill(
            "main_internal.input__consents",
            "source_system text, source_customer_id text, consent_id text, "
            "channel text, purpose text, is_granted boolean, legal_basis text, "
            "changed_at timestamp, proof_reference text",
            (
                ("shop", name, str(i), "ads", purpose, granted, "consent", at(i), None)
                for i, (name, purpose, granted) in enumerate(company.consents)
            ),
        )
        self._fill(
            "main_internal.input__messages",
            "source_system text, source_customer_id text, message_event_id text, "
            "channel text, event_type text, occurred_at timestamp",
            (
                ("shop", name, str(i), "ads", "unsubscribed", at(place - 0.5))
                for i, (name, place) in enumerate(company.unsubscribed)
            ),
        )
        self._fill(
            "main_internal.int_activation__customers",
            "customer_id text, primary_segment text, country_code text, "
            "order_count bigint, "
            "days_since_last_order bigint, revenue decimal(18, 2)",
            (
                (
                    *(customer, "steady", "DE"),
                    max(record.order_count for record in own),
                    min(record.days_since_last_order for record in own),
                    sum(record.revenue for record in own),
                )
                for customer, own in self._by_customer(company).items()
                if all(record.is_profiled for record in own)
            ),
        )
        self._fill(
            "main_restricted.int_activation__platform_identifiers",
            "platform text, identifier_hash text, identifier_type text, "
            "platform_value_hash text, rule_valid_from date",
            (
                (
                    *(platform, identifier_hash(email), "email"),
                    member_hash(email),
                    "2020-01-01",
                )
                for platform in PLATFORMS
                for email in {e for r in company.records.values() for e in r.emails}
            ),
        )
        self._fill(
            "main_ledger.activation__experiment_assignments",
            "experiment_code text, customer_id text, arm text, assigned_date date",
            (("offer", customer, arm, "2024-01-01") for customer, arm in company.arms),
        )
        self._fill(
            "main_identity.identity__aliases",
            "alias_customer_id text, customer_id text",
            ((n, c) for n, c in company.customer_of.items() if n != c),
        )

    @staticmethod
    def _by_customer(company: Company) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for name, customer in company.customer_of.items():
            found.setdefault(customer, []).append(company.records[name])
        return found


def at(place: float) -> str:
    """Return the time of the statement in that place."""
    return str(pd.Timestamp("2024-02-01") + pd.Timedelta(minutes=place))


def applied(changes: pd.DataFrame) -> set[tuple[str, str, str]]:
    """Return platform, audience and hash of the members after change sets in order."""
    members: set[tuple[str, str, str]] = set()
    for row in changes.sort_values("change_number").itertuples():
        key = (row.platform, row.audience_code, row.member_hash)
        if row.change_type == "removed":
            members.remove(key)
        elif row.change_type == "added":
            assert key not in members
            members.add(key)
        else:
            assert key in members
    return members
