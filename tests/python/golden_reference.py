"""Random records of a few customers, and the golden record worked out in Python.

Rules eliminate statements one after another, where the project sorts them once.
"""

import random
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

AS_OF_END = datetime.fromisoformat("2024-06-30 22:00:00")  # midnight in Berlin
NEVER_SAID = datetime.fromisoformat("1900-01-01")
ADDRESS = ("street_address", "city", "region", "postal_code", "country_code")
FIELDS = (
    *("account_id", "email", "phone", "first_name", "last_name", "gender"),
    *("job_title", "birth_date"),
)
COLUMNS = (
    *("source_system", "source_customer_id", *FIELDS, *ADDRESS),
    *("created_at", "updated_at", "is_deleted"),
)
SOURCES = ("crm", "shop", "till")
# Values that differ, and spellings that do not.
POOLS: Mapping[str, Sequence[Any]] = {
    "account_id": (None, None, "F1", "f1", "F2"),
    "email": (None, "ann@a.org", "ANN@a.org ", "bo@b.org", "test@test.com", "none"),
    "phone": (None, "+49 171 2100", "+491712100", "0171/2100", "0000000", "112"),
    "first_name": (
        *(None, "Zoé", "ZOÉ", "Zoe\u0301", "Zo", "unknown", " Ann  Lee", "annlee"),
        "İbo",
    ),
    "last_name": (None, "Müller", "MÜLLER", "Mueller", "n/a", "Weiß"),
    "gender": (None, "f", "F", "m"),
    "job_title": (None, None, "Einkauf", "Head of Purchasing"),
    "birth_date": (None, date(1980, 2, 29), date(1981, 1, 1), date(1900, 1, 1)),
    "street_address": (None, "Weg 1", "WEG 1", "Gasse 2"),
    "city": (None, "Ulm", "Bern"),
    "region": (None, None, "BW"),
    "postal_code": (None, "89073", "3000"),
    "country_code": (None, "DE", "CH"),
}
TIMES = (
    None,
    *(datetime.fromisoformat(f"2024-0{month}-01") for month in (1, 3, 5)),
)
PATTERNS = (("email", "test@%"), ("phone", "0000000%"))

SOURCE_RULE = "source_priority"

Row = dict[str, Any]
# Field, order, rule, argument.
Rule = tuple[str, int, str, str | None]


@dataclass(frozen=True)
class Survivor:
    """What survives of a field.

    Attributes:
        value: As shown; an address in one line.
        record: Source and id of the record shown, and all that it says.
        decided_by: As in `identity__golden_record_sources`.
        records: Records that state the value.
        rivals: Other values.
        blocked: Values set aside.
    """

    value: str | None
    record: Row | None
    decided_by: str
    records: int
    rivals: int
    blocked: int


def random_records(seed: int, customers: int = 150) -> tuple[list[Row], dict[Any, str]]:
    """Return versions of records, and the customer of each record."""
    generator = random.Random(seed)
    rows, owners = [], {}
    for number in range(customers):
        for record in range(generator.choice((1, 2, 3, 5, 7))):
            key = (generator.choice(SOURCES), f"{number}-{record}")
            owners[key] = f"customer {number}"
            created = generator.choice((*TIMES, AS_OF_END))
            single = [(time,) for time in TIMES]
            versions = generator.choice([(None,), *single, TIMES])
            for updated in versions:
                row = {name: generator.choice(pool) for name, pool in POOLS.items()}
                row["source_system"], row["source_customer_id"] = key
                row["created_at"], row["updated_at"] = created, updated
                row["is_deleted"] = generator.choice((None, False, False, True))
                rows.append(row)
    generator.shuffle(rows)
    owners["web", "visitor"] = "visitor"
    return rows, owners


def survivors(
    rows: Iterable[Row], owners: Mapping[Any, str], seed: Sequence[Rule]
) -> dict[tuple[str, str], Survivor]:
    """Return what survives, by customer and field."""
    latest: dict[Any, Row] = {}
    for row in sorted(rows, key=lambda row: row["updated_at"] or NEVER_SAID):
        if row["created_at"] is None or row["created_at"] < AS_OF_END:
            latest[row["source_system"], row["source_customer_id"]] = row
    stated: dict[tuple[str, str], list[Row]] = {}
    for key, row in latest.items():
        if not row["is_deleted"]:
            for field in (*FIELDS, "address"):
                value = text_of(row, field)
                if value:
                    said = {**row, "value": value, "key": key_of(field, value)}
                    said["at"] = row["updated_at"] or row["created_at"] or NEVER_SAID
                    stated.setdefault((owners[key], field), []).append(said)
    return {
        (customer, field): survivor(field, said, [r for r in seed if r[0] == field])
        for (customer, field), said in stated.items()
    }


def text_of(row: Row, field: str) -> str:
    """Return what a record says of a field, trimmed; nothing is empty."""
    names = ADDRESS if field == "address" else (field,)
    parts = (str(row[name]).strip(" ") for name in names if row[name] is not None)
    return ", ".join(part for part in parts if part)


def key_of(field: str, value: str) -> str:
    """Return what spellings of a value have in common."""
    if field == "phone":
        return "".join(sign for sign in value if sign in "0123456789")
    return "".join(
        unicodedata.normalize("NFC", value).replace("İ", "i").split()
    ).lower()


def is_blocked(field: str, key: str, rules: Sequence[Rule]) -> bool:
    """Return whether a value is never one."""
    if (field == "email" and "@" not in key) or (field == "phone" and len(key) < 7):
        return True
    starts = [pattern[:-1] for kind, pattern in PATTERNS if kind == field]
    never = [argument for _, _, rule, argument in rules if rule == "never"]
    return key.startswith(tuple(starts)) or key in never


def survivor(field: str, said: list[Row], rules: Sequence[Rule]) -> Survivor:
    """Return what survives of one customer's statements about one field."""
    usable = [row for row in said if not is_blocked(field, row["key"], rules)]
    keys = {row["key"] for row in usable}
    blocked = len({row["key"] for row in said} - keys)
    if not usable:
        return Survivor(None, None, "nothing_usable", 0, 0, blocked)
    named = [r[3] for r in sorted(rules, key=lambda r: r[1]) if r[2] == SOURCE_RULE]

    def standing(row: Row, rule: str) -> float:
        """Return how well a statement stands, largest best."""
        if rule == SOURCE_RULE:
            source = row["source_system"]
            return -named.index(source) if source in named else -len(named)
        parts = (row["street_address"], row["city"], row["postal_code"])
        standings: dict[str, float] = {
            "most_frequent": sum(other["key"] == row["key"] for other in usable),
            "most_recent": (row["at"] - NEVER_SAID).total_seconds(),
            "most_complete": sum(part is not None for part in parts),
            "longest": len(row["key"]),
        }
        return standings[rule]

    left, decided_by = usable, "only_value" if len(keys) == 1 else "tie"
    for _, _, rule, _ in sorted(rules, key=lambda r: r[1]):
        if rule != "never":
            best = max(standing(row, rule) for row in left)
            left = [row for row in left if standing(row, rule) == best]
            if decided_by == "tie" and len({row["key"] for row in left}) == 1:
                decided_by = rule
    winner = min(row["key"] for row in left)
    mine = [row for row in usable if row["key"] == winner]
    shown = min(
        mine,
        key=lambda row: (
            -standing(row, SOURCE_RULE),
            -sum(other["value"] == row["value"] for other in mine),
            -standing(row, "most_recent"),
            *(row["value"], row["source_system"], row["source_customer_id"]),
        ),
    )
    return Survivor(
        shown["value"], shown, decided_by, len(mine), len(keys) - 1, blocked
    )
