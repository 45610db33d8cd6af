"""Makes pattern counts of pairs whose probabilities are known.

A company of 20,000 records: each class has its own probabilities, and every pair draws
its levels independently. What blocks and candidates hold follows from them, so that
training can be held against numbers that it never saw.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

import duckdb
import numpy as np

RECORDS = 20_000
PAIRS = RECORDS * (RECORDS - 1) // 2
LEVELS = {
    "first_name": 5,
    "last_name": 3,
    "birth_date": 4,
    "gender": 2,
    "address": 5,
    "email": 3,
    "phone": 3,
    "national_id": 3,
    "email_shared": 3,
    "phone_shared": 3,
    "name_frequency": 4,
    "inbox": 2,
}
# By comparison: one person, two of a household, strangers. Where persons of a household
# draw on their own, their row is the strangers' (birth dates: 3% are twins).
FAMILY = {
    "first_name": (
        (0.02, 0.01, 0.03, 0.14, 0.80),
        (0.955, 0.005, 0.005, 0.020, 0.015),
        (0.955, 0.005, 0.005, 0.020, 0.015),
    ),
    "last_name": ((0.05, 0.10, 0.85), (0.20, 0.05, 0.75), (0.985, 0.010, 0.005)),
    "birth_date": (
        (0.02, 0.02, 0.06, 0.90),
        (0.929648, 0.026578, 0.012804, 0.03097),
        (0.9584, 0.0274, 0.0132, 0.0010),
    ),
    "email": (
        (0.25, 0.05, 0.70),
        (0.88, 0.02, 0.10),
        (1 - 1e-5 - 1 / PAIRS, 1e-5, 1 / PAIRS),
    ),
    "phone": (
        (0.40, 0.02, 0.58),
        (0.84, 0.01, 0.15),
        (1 - 1e-5 - 1 / PAIRS, 1e-5, 1 / PAIRS),
    ),
}
ALONE = {name: FAMILY[name] for name in ("first_name", "last_name", "birth_date")} | {
    "national_id": (
        (0.07, 0.08, 0.85),
        (1 - 3e-4 - 1 / PAIRS, 3e-4, 1 / PAIRS),
        (1 - 3e-4 - 1 / PAIRS, 3e-4, 1 / PAIRS),
    )
}
FAMILY_SHARES = (1.2 / RECORDS, 0.9 / RECORDS)
ALONE_SHARES = (1.0 / RECORDS, 0.0)
# By flag: the identifier, and the probabilities of one person and of a household.
FLAGS = {
    "email_shared": ("email", (0.94, 0.04, 0.02), (0.30, 0.50, 0.20)),
    "phone_shared": ("phone", (0.90, 0.06, 0.04), (0.40, 0.25, 0.35)),
}
# How common the names are that both have: one person's, and two persons'.
NAMESAKES = ((0.60, 0.25, 0.10, 0.05), (0.05, 0.20, 0.30, 0.45))
KEYS = {
    "email": ("email",),
    "phone": ("phone",),
    "national_id": ("national_id",),
    "first_name_birth_date": ("first_name", "birth_date"),
    "last_name_birth_date": ("last_name", "birth_date"),
    "first_name_last_name": ("first_name", "last_name"),
}

Known = Mapping[str, Sequence[Sequence[float]]]
Row = tuple[str | int | None, ...]


def pattern_rows(
    known: Known,
    shares: Sequence[float],
    random_pairs: int = 200_000,
    flags: bool = False,
    seed: int = 5,
) -> list[Row]:
    """Draw the pattern table; rows are in the order of its columns."""
    draw = np.random.default_rng(seed)
    total = np.array([*shares, 1 - sum(shares)]) * PAIRS
    rows = list(_drawn(draw, "random", known, (0, 0, random_pairs), {}, False))
    for block, key in KEYS.items():
        if not set(key) <= set(known):
            continue
        agreeing = [
            round(size * float(np.prod([known[name][place][-1] for name in key])))
            for place, size in enumerate(total)
        ]
        free = {name: p for name, p in known.items() if name not in key}
        fixed = {name: LEVELS[name] - 1 for name in key}
        rows += _drawn(draw, block, free, agreeing, fixed, flags)
    rows += _candidates(known, total.tolist())
    rows.append(("all", *[None] * len(LEVELS), PAIRS))
    return rows


def _drawn(
    draw: np.random.Generator,
    block: str,
    free: Known,
    sizes: Sequence[int],
    fixed: Mapping[str, int],
    flags: bool,
) -> Iterator[Row]:
    """Draw pairs of each class one by one and count their patterns."""
    parts = []
    for place, size in enumerate(sizes):
        values = {
            name: draw.choice(LEVELS[name], size, p=free[name][place]) for name in free
        }
        for flag, (name, *chances) in FLAGS.items() if flags else ():
            chance = [*chances, (1 / 3, 1 / 3, 1 / 3)][place]
            drawn = draw.choice(3, size, p=chance)
            agrees = values.get(name, np.full(size, fixed.get(name, 0))) == 2
            values[flag] = np.where(agrees, drawn, -1)
        if flags:
            own = np.random.default_rng(place)
            drawn = own.choice(4, size, p=NAMESAKES[min(place, 1)])
            agrees = np.full(size, True)
            for name in ("first_name", "last_name"):
                level = values.get(name, np.full(size, fixed.get(name, 0)))
                agrees &= level == LEVELS[name] - 1
            values["name_frequency"] = np.where(agrees, drawn, -1)
        absent = np.full(size, -1)
        parts.append(np.stack([values.get(name, absent) for name in LEVELS], axis=1))
    patterns, counts = np.unique(np.concatenate(parts), axis=0, return_counts=True)
    for pattern, count in zip(patterns, counts, strict=True):
        levels = (None if level < 0 else int(level) for level in pattern)
        yield (block, *levels, int(count))


def _candidates(known: Known, total: Sequence[float]) -> Iterator[Row]:
    """Yield how many of all pairs are expected to show each pattern with agreement."""
    for pattern in product(*(range(LEVELS[name]) for name in known)):
        levels = dict(zip(known, pattern, strict=True))
        if not any(
            all(levels.get(name) == LEVELS[name] - 1 for name in key)
            for key in KEYS.values()
        ):
            continue
        count = sum(
            size * float(np.prod([known[name][place][levels[name]] for name in known]))
            for place, size in enumerate(total)
        )
        if round(count):
            yield (
                "candidates",
                *(levels.get(name) for name in LEVELS),
                round(count),
            )


def write_patterns(warehouse: Path, rows: Sequence[Row]) -> None:
    """Write the table as a build would."""
    columns = ", ".join(f"{name} integer" for name in LEVELS)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema if not exists main_internal")
        connection.execute(
            "create or replace table main_internal.int_identity__patterns "
            f"(block_code text, {columns}, pair_count bigint)"
        )
        marks = ", ".join("?" * (len(LEVELS) + 2))
        connection.execute("begin")
        connection.executemany(
            f"insert into main_internal.int_identity__patterns values ({marks})",
            [list(row) for row in rows],
        )
        connection.execute("commit")
