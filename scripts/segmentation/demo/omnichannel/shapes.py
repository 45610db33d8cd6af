"""How the nine systems write times and amounts, as macros of DuckDB."""

import duckdb

from segmentation.demo.omnichannel.frames import Frame

# Arguments are seconds since 1970, UTC, or whole cents.
MACROS = (
    "moment(t) as make_timestamp(t * 1000000)",
    "iso(t) as strftime(moment(t), '%Y-%m-%dT%H:%M:%SZ')",
    "wall(t, zone) as (moment(t) at time zone 'UTC') at time zone zone",
    "german(t) as strftime(wall(t, 'Europe/Berlin'), '%d.%m.%Y %H:%M:%S')",
    "new_york(t) as wall(t, 'America/New_York')",
    """offset_text(t) as strftime(wall(t, 'Europe/Berlin'), '%Y-%m-%dT%H:%M:%S')
        || '+0' || date_diff('hour', moment(t), wall(t, 'Europe/Berlin')) || ':00'""",
    "slashed(t) as strftime(moment(t), '%Y/%m/%d %H:%M:%S')",
    "comma(cents) as replace(printf('%.2f', cents / 100.0), '.', ',')",
    "person_key(number) as 'P' || lpad(cast(number as varchar), 8, '0')",
)


def open_shaper() -> duckdb.DuckDBPyConnection:
    """Return a connection that turns frames into raw tables, always in one order."""
    connection = duckdb.connect(config={"threads": 1})
    for macro in MACROS:
        connection.execute(f"create macro {macro}")
    return connection


def register(connection: duckdb.DuckDBPyConnection, frames: dict[str, Frame]) -> None:
    """Make frames readable under their names."""
    for name, frame in frames.items():
        connection.register(name, frame)
