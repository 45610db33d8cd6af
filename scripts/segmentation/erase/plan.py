"""What an erasure is going to do, kept in a file of its own until it is done.

The file holds what must be looked for, in clear: nothing else knows it once the tables
do not. It is readable by its owner alone and goes with the end of the erasure.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from segmentation.connections import duckdb_path
from segmentation.erase.errors import ErasureBegunError
from segmentation.erase.subjects import Subject
from segmentation.profiles import Profile
from segmentation.release.files import replace_text

FOLDER = "erasures"
PLAN = "plan.json"
BEGUN, OWED = "begun", "owed"
OWNER_FOLDER = 0o700


@dataclass(frozen=True)
class Plan:
    """One erasure.

    Attributes:
        erasure_id: Its id.
        begun_at: When it began, UTC in ISO 8601 without zone.
        state: begun, or owed: done but for what others have to do.
        subjects: Who is erased.
        orders: Source and id of each of their orders.
        identifiers: Type and folded value of identifiers that nobody else has.
        ids: Hashes and addresses that are theirs alone: a row with one is about them.
        words: Other values that are theirs alone, to look for.
        tables: Rows about them by table, before.
        order_count: Orders that were placed and are in use.
        net_amount: Their net amount in the reporting currency, as text.
        first_seen_on: Earliest day that anything is known of, as ISO 8601, if any.
        removals: Audience, platform and hash that a platform holds.
        variables: What dbt is given as `--vars`.
    """

    erasure_id: str
    begun_at: str
    state: str
    subjects: tuple[Subject, ...] = ()
    orders: tuple[tuple[str, str], ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    ids: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    tables: dict[str, int] = field(default_factory=dict)
    order_count: int = 0
    net_amount: str = "0"
    first_seen_on: str | None = None
    removals: tuple[tuple[str, str, str], ...] = ()
    variables: str | None = None

    @property
    def records(self) -> list[tuple[str, str]]:
        """Source and record of all their records."""
        return [record for subject in self.subjects for record in subject.records]

    @property
    def numbers(self) -> list[int]:
        """Their records as identity numbers them, as in the macro hash_number."""
        return [
            int(own_id[:15], 16) for each in self.subjects for own_id in each.own_ids
        ]

    @property
    def erased_at(self) -> datetime:
        """When it began, UTC without zone."""
        return datetime.fromisoformat(self.begun_at)


def new_id() -> tuple[str, str]:
    """Return the id and the beginning of a new erasure."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return f"{now:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}", now.isoformat()


def erasures_folder(profile: Profile) -> Path:
    """Return where erasures are kept: beside a DuckDB file, or dbt's target folder."""
    if profile.adapter == "duckdb":
        return duckdb_path(profile).resolve().parent / FOLDER
    target = profile.project_dir / os.environ.get("DBT_TARGET_PATH", "target")
    return target.resolve().parent / FOLDER


def plans(profile: Profile) -> list[Plan]:
    """List the erasures that have not ended, in the order they began."""
    found = sorted(erasures_folder(profile).glob(f"*/{PLAN}"))
    return [_read(path) for path in found]


def save(profile: Profile, plan: Plan) -> Path:
    """Write the plan down, before its first step; return its folder."""
    folder = folder_of(profile, plan)
    for each in (folder.parent, folder):
        each.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
    replace_text(folder / PLAN, json.dumps(asdict(plan)))
    return folder


def folder_of(profile: Profile, plan: Plan) -> Path:
    """Folder of an erasure, with its plan and its receipt."""
    return erasures_folder(profile) / plan.erasure_id


def with_state(plan: Plan, state: str) -> Plan:
    """Return the plan in another state."""
    return replace(plan, state=state)


def refuse_while_begun(profile: Profile, wanted: str) -> None:
    """Refuse what must not happen while somebody may be half erased.

    Raises:
        ErasureBegunError: An erasure was begun and did not end.
    """
    for plan in plans(profile):
        if plan.state == BEGUN:
            raise ErasureBegunError(plan.erasure_id, wanted)


def _read(path: Path) -> Plan:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    subjects = tuple(
        Subject(each["customer_id"], _pairs(each["records"]), tuple(each["own_ids"]))
        for each in read.pop("subjects")
    )
    for name in ("orders", "identifiers", "removals"):
        read[name] = _pairs(read[name])
    for name in ("ids", "words"):
        read[name] = tuple(read[name])
    return Plan(subjects=subjects, **read)


def _pairs(rows: Iterable[list[str]]) -> tuple[Any, ...]:
    return tuple(tuple(row) for row in rows)
