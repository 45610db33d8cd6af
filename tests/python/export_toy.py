"""A release by hand, as exports read it: who is in which audience, and since when.

toy = ToyRelease(tmp_path)
toy.audience("S01", ["meta"])
toy.night({("S01", "meta"): [Person("ann")]})   # a change set, as the models make it
toy.publish("run-1")
export(toy.profile, Request("S01", None, None, toy.exports))
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from segmentation.profiles import Profile

Key = tuple[str, str]
TABLES = {
    "activation__platform_members": "platform text, audience_code text, "
    "member_hash text, audience_kind text, identifier_type text, person_id text, "
    "consent_references text, first_name text, last_name text, city text, region text, "
    "postal_code text, country text, member_value numeric(18, 2), "
    "refresh_epoch bigint, rule_valid_from_date date",
    "activation__audience_changes": "change_number bigint, platform text, "
    "audience_code text, audience_kind text, member_hash text, change_type text, "
    "consent_references text, refresh_epoch bigint, is_first_sync boolean",
    "activation__audiences": "audience_id text, name text, audience_kind text, "
    "status text, status_reason text, channel text, platforms text, description text, "
    "owner text, experiment_code text, arm text, size_floor bigint, "
    "person_count bigint, expires_date date",
    "activation__platform_audiences": "audience_code text, platform text, "
    "audience_kind text, eligibility text, member_count bigint, person_count bigint, "
    "largest_country_person_count bigint, platform_minimum bigint, "
    "least_match_rate double precision",
    "activation__experiment_arms": "experiment_code text, customer_id text, arm text, "
    "channel text, assignment_count bigint, is_running boolean, assigned_date date",
    "activation__email": "customer_id text, identifier_hash text, segment_code text, "
    "subject text, consent_references text, send_hour_local bigint, as_of_date date, "
    "next_send_at timestamp",
    "activation__crm": "crm_key text, record_kind text, talking_point text, "
    "may_contact_by text, consent_references text, as_of_date date",
    "activation__web_personalization": "visitor_key text, segment_key text, "
    "content text",
}
RELEASE = (
    "run_id text, released_at timestamp, as_of_date date, content_hash text, "
    "versions text"
)


def hashed(text: str) -> str:
    """Return the SHA-256 of a text, as platforms are sent it."""
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Person:
    """Somebody with one identifier, whose hash is that of their name."""

    name: str
    identifier_type: str = "email"
    epoch: int = 0
    value: Decimal | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    member_hash: str | None = None

    @property
    def hash(self) -> str:
        """What platforms are sent."""
        return self.member_hash or hashed(self.name)

    @property
    def consents(self) -> str:
        """Which consents allow it."""
        return f"ad_user_data=shop/{self.name}"


class ToyRelease:
    """The tables of exports, night by night, and the two files they are served in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.profile = Profile(
            folder, "toy", "toy", {"type": "duckdb", "path": "w.duckdb"}, folder
        )
        self.exports = folder / "exports"
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
        self.audiences: dict[str, tuple[Any, ...]] = {}
        self.platforms: dict[str, list[str]] = {}
        self.held: dict[Key, dict[str, Person]] = {}
        self.synced: set[Key] = set()
        self.number = 0

    def audience(
        self,
        code: str,
        platforms: Sequence[str],
        *,
        kind: str = "include",
        status: str = "active",
        reason: str | None = None,
        arm: tuple[str, str] | None = None,
    ) -> None:
        """Declare an audience, or change it."""
        experiment, name = arm or (None, None)
        row = (code, code, kind, status, reason, "ads", ",".join(platforms), "", "crm")
        self.audiences[code] = (*row, experiment, name, 1, 0, None)
        self.platforms[code] = list(platforms)

    def night(self, members: Mapping[Key, Sequence[Person]]) -> int:
        """Let these be the members; return the number of the last change set."""
        changes = []
        goal = {key: {p.hash: p for p in people} for key, people in members.items()}
        for code, platform in sorted({*goal, *self.held}):
            key = (code, platform)
            now, before = goal.get(key, {}), self.held.get(key, {})
            for member_hash in sorted({*now, *before}):
                person = now.get(member_hash)
                told = (person.consents, person.epoch) if person else (None, None)
                if person is None:
                    what = "removed"
                elif member_hash not in before:
                    what = "added"
                elif person.epoch != before[member_hash].epoch:
                    what = "refreshed"
                else:
                    continue
                kind = self.audiences[code][2]
                first = key not in self.synced
                changes.append((platform, code, kind, member_hash, what, *told, first))
        if changes:
            self.number += 1
        self.rows["activation__audience_changes"] += [
            (self.number, *change) for change in changes
        ]
        self.synced |= {(change[1], change[0]) for change in changes}
        self.held = goal
        return self.number

    def publish(self, run_id: str = "run-1", serving: str | None = None) -> None:
        """Write both files."""
        self.rows["activation__audiences"] = list(self.audiences.values())
        self.rows["activation__platform_members"] = [
            (
                *(platform, code, member_hash, self.audiences[code][2]),
                *(p.identifier_type, p.name, p.consents),
                *(p.fields.get(name) for name in ("first_name", "last_name", "city")),
                *(p.fields.get(name) for name in ("region", "postal_code", "country")),
                *(p.value, p.epoch, date(2024, 1, 1)),
            )
            for (code, platform), people in self.held.items()
            for member_hash, p in people.items()
        ]
        self.rows["activation__platform_audiences"] = [
            (code, platform, self.audiences[code][2], *self._judged(code, platform))
            for code, platforms in self.platforms.items()
            if self.audiences[code][3] != "retired"
            for platform in platforms
        ]
        write_served(self.folder / "activation.duckdb", run_id, self.rows)
        write_served(self.folder / "serving.duckdb", serving or run_id, {})

    def _judged(self, code: str, platform: str) -> tuple[Any, ...]:
        people = self.held.get((code, platform), {}).values()
        is_active = self.audiences[code][3] == "active"
        eligibility = "eligible" if is_active else "not_sent"
        names = {person.name for person in people}
        return eligibility, len(people), len(names), len(names), 1, 1.0


def write_served(
    path: Path, run_id: str, rows: Mapping[str, Sequence[tuple[Any, ...]]]
) -> None:
    """Write a served file anew, with its release."""
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        for name, given in rows.items():
            connection.execute(f"create table {name} ({TABLES[name]})")
            if given:
                row = f"({', '.join('?' for _ in given[0])})"
                values = ", ".join([row] * len(given))
                connection.execute(
                    f"insert into {name} values {values}",
                    [value for each in given for value in each],
                )
        connection.execute(f"create table _release ({RELEASE})")
        connection.execute(
            "insert into _release values (?, ?, ?, 'c', '{}')",
            [run_id, "2024-04-01 04:00:00", date(2024, 3, 31)],
        )


def lines_of(path: Path) -> list[list[str]]:
    """Read a CSV file as any other program does."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))
