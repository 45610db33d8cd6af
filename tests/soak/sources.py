"""How source systems deliver their raw tables, and what may happen to a row.

| what       | a source that says when it loaded a row  | one that does not         |
|------------|------------------------------------------|---------------------------|
| late       | loaded 1 to 40 days later                | the same                  |
| copy       | the row again, in the same load or later | the row again, later      |
| correction | its key again, changed and loaded later  | the row changes in place  |
| conflict   | its key again, changed, of the same load | later; half are put right |
| version    | its key again, with a later `updated_at` | -                         |
| deletion   | a version that says so                   | the row is gone           |
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

LATEST_DAYS = 40

# SQL that reads a column as a UTC timestamp, and that writes one into it.
CLOCKS: Mapping[str, tuple[str, str]] = {
    "utc": ("{column}", "{at}"),
    "new_york": (
        "timezone('UTC', timezone('America/New_York', {column}))",
        "timezone('America/New_York', timezone('UTC', {at}))",
    ),
    "milliseconds": ("make_timestamp({column} * 1000)", "epoch_ms({at})"),
    "seconds": (
        "make_timestamp({column} * 1000000)",
        "cast(epoch({at}) as bigint)",
    ),
    "iso": (
        "timezone('UTC', cast({column} as timestamptz))",
        "strftime({at}, '%Y-%m-%dT%H:%M:%SZ')",
    ),
    "slashes": (
        "strptime({column}, '%Y/%m/%d %H:%M:%S')",
        "strftime({at}, '%Y/%m/%d %H:%M:%S')",
    ),
}


@dataclass(frozen=True)
class Shares:
    """How many rows of a table in a hundred something happens to."""

    late: float = 12
    copy: float = 3
    correction: float = 3
    conflict: float = 0.2
    version: float = 6
    deletion: float = 1


@dataclass(frozen=True)
class Source:
    """How a system delivers one raw table.

    Attributes:
        delivered: SQL of the UTC time at which a row of the complete data arrived.
        loaded: Column with the load time and its clock, a key of `CLOCKS`; None for a
            table that says nothing of it.
        correction: What a correction changes: column and SQL of the new value.
        version: The same for a new version; `{at}` is when the change was made.
        deletion: The same for a deletion.
        shares: How often each happens.
    """

    delivered: str
    loaded: tuple[str, str] | None = None
    correction: Mapping[str, str] = field(default_factory=dict)
    version: Mapping[str, str] = field(default_factory=dict)
    deletion: Mapping[str, str] = field(default_factory=dict)
    shares: Shares = Shares()


def loaded(
    column: str,
    clock: str,
    correction: Mapping[str, str] | None = None,
    version: Mapping[str, str] | None = None,
    deletion: Mapping[str, str] | None = None,
) -> Source:
    """Return a source whose rows say when they were loaded, in their own clock."""
    return Source(
        CLOCKS[clock][0].format(column=column),
        (column, clock),
        correction or {},
        version or {},
        deletion or {},
    )
