"""Draws which rows a source delivers in which night, in SQL.

A draw depends on the seed, the table and the row alone, not on the order of rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from segmentation.demo.raw_data import RawTable
from segmentation.fingerprint import quoted
from sources import CLOCKS, LATEST_DAYS, Source


@dataclass(frozen=True)
class Calendar:
    """The nights.

    Attributes:
        opened: UTC time until which rows were loaded that the first load brings.
        nights: Nights after it, a day apart.
        seed: Of every draw.
    """

    opened: datetime
    nights: int
    seed: int


@dataclass(frozen=True)
class _Follower:
    """A further row that a share of the rows is followed by.

    Attributes:
        name: Of the draws.
        share: In a hundred.
        changes: Column and SQL of its new value.
        same_load: Whether it comes with the row itself, not later.
        passes: Whether half of them are gone again ten nights later.
    """

    name: str
    share: float
    changes: Mapping[str, str] = field(default_factory=dict)
    same_load: bool = False
    passes: bool = False


def _followers(source: Source) -> list[_Follower]:
    shares, changed = source.shares, source.correction
    found = [_Follower("copy", shares.copy)]
    if changed:
        found.append(_Follower("correction", shares.correction, changed))
    if source.loaded is None:
        if changed:
            found.append(_Follower("conflict", shares.conflict, changed, passes=True))
        return found
    found.append(_Follower("twin", shares.copy, same_load=True))
    if changed:
        found.append(_Follower("conflict", shares.conflict, changed, same_load=True))
    if source.version:
        found.append(_Follower("version", shares.version, source.version))
    if source.deletion:
        found.append(_Follower("deletion", shares.deletion, source.deletion))
    return found


@dataclass(frozen=True)
class _Draws:
    """SQL of the draws for the rows of one table, which have a `base_place`."""

    calendar: Calendar
    table: str

    def number(self, what: str) -> str:
        """A whole number from 0 to 99,999."""
        seed = f"{self.calendar.seed} {self.table} {what}"
        return f"cast(hash('{seed}', base_place) % 100000 as bigint)"

    def happens(self, what: str, share: float) -> str:
        """Whether it happens to a row, to so many in a hundred."""
        return f"({self.number(what)} < {round(share * 1000)})"

    def later(self, what: str) -> str:
        """A second of the nights after the first load."""
        seconds = f"{self.number(what + ' time')} * {self.calendar.nights * 86_400}"
        start = f"timestamp '{self.calendar.opened}'"
        return f"({start} + to_seconds(1 + {seconds} // 100000))"

    def night(self, at: str) -> str:
        """The night that brings what was loaded at a time."""
        seconds = f"epoch({at}) - epoch(timestamp '{self.calendar.opened}')"
        whole = f"greatest(0, cast(ceil(({seconds}) / 86400) as integer))"
        return f"case when {at} is not null then {whole} end"


def write_deliveries(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    rows: str,
    source: Source,
    calendar: Calendar,
) -> None:
    """Create a table of the rows that a source delivers, with their nights.

    Args:
        connection: Where the table appears, under the name of the raw one: its columns,
            `first_night`, `last_night` (null: the row stays; from that night on it is
            gone) and `row_place`, a number of its own.
        table: The raw table.
        rows: Query of its complete rows.
        source: How they are delivered.
        calendar: The nights.
    """
    draws, shares = _Draws(calendar, table.name), source.shares
    listed = ", ".join(quoted(name) for name in table.columns)
    followers = _followers(source)
    gone = "cast(null as timestamp)"
    if source.loaded is None:
        corrected = draws.happens(
            "correction", shares.correction if source.correction else 0
        )
        gone = f"""
            case
                when {corrected} then {draws.later("correction")}
                when {draws.happens("deletion", shares.deletion)}
                    then {draws.later("deletion")}
            end
        """
    connection.execute(
        f"""
        create temp table base as
        with given as (
            select
                {listed},
                row_number() over (order by {listed}) as base_place,
                date_trunc('second', {source.delivered}) as delivered_at
            from ({rows})
        ),

        dated as (
            select
                *,
                delivered_at + to_days(cast(
                    case
                        when {draws.happens("late", shares.late)}
                            then 1 + {draws.number("days")} % {LATEST_DAYS}
                        else 0
                    end as integer
                )) as came_at,
                {gone} as drawn_gone_at
            from given
        )

        select
            *,
            case when drawn_gone_at > came_at then drawn_gone_at end as gone_at
        from dated
        """
    )
    parts = [
        _part(
            table,
            source,
            {},
            "select *, came_at as arrived_at from base",
            (draws.night("arrived_at"), draws.night("gone_at")),
            (0, len(followers)),
        )
    ]
    for number, follower in enumerate(followers, start=1):
        at = "came_at" if follower.same_load else draws.later(follower.name)
        first = draws.night("arrived_at")
        half = f"{draws.number(follower.name + ' passes')} % 2 = 0"
        last = f"case when {half} then {first} + 10 end" if follower.passes else "null"
        parts.append(
            _part(
                table,
                source,
                follower.changes,
                f"select *, {at} as arrived_at from base "
                f"where {draws.happens(follower.name, follower.share)} "
                f"and {at} {'=' if follower.same_load else '>'} came_at",
                (first, last),
                (number, len(followers)),
            )
        )
    connection.execute(f"create table {table.name} as {' union all '.join(parts)}")
    connection.execute("drop table base")


def _part(
    table: RawTable,
    source: Source,
    changes: Mapping[str, str],
    rows: str,
    nights: tuple[str, str],
    part: tuple[int, int],
) -> str:
    """Return the query of rows that came at `arrived_at`, with their changes."""
    values = dict(changes)
    if source.loaded is not None:
        column, clock = source.loaded
        values[column] = CLOCKS[clock][1].format(column=column, at="arrived_at")
    # A change was made half a day before it was loaded.
    made = "(arrived_at - interval 12 hours)"
    columns = ", ".join(
        f"cast({values[name].replace('{at}', made)} as {kind}) as {quoted(name)}"
        if name in values
        else quoted(name)
        for name, kind in table.columns.items()
    )
    number, followers = part
    return f"""
        select
            {columns},
            {nights[0]} as first_night,
            cast({nights[1]} as integer) as last_night,
            base_place * {followers + 1} + {number} as row_place
        from ({rows})
    """
