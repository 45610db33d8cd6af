"""One refresh of a PostgreSQL warehouse at a time, from whichever machine.

The server holds the lock, for a connection that is kept open as long as the refresh
runs: it ends with the process, however that ends. What the connection calls itself is
for people only.
"""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from segmentation.connections import connect_postgres, warehouse_name
from segmentation.profiles import Profile
from segmentation.refresh.errors import RefreshLockedError
from segmentation.refresh.lock import POLL_SECONDS

if TYPE_CHECKING:
    import psycopg2.extensions

# Of a warehouse, which is a database and the schema of its public tables.
KEY = "hashtextextended('segmentation_refresh ' || %(schema)s, 0)"
HOLDER = f"""
select activity.pid, activity.usename, activity.application_name,
    activity.backend_start
from pg_locks as locks
inner join pg_stat_activity as activity on locks.pid = activity.pid
where locks.locktype = 'advisory' and locks.granted and locks.objsubid = 1
    and (cast(locks.classid as bigint) << 32) | cast(locks.objid as bigint) = {KEY}
"""


@contextlib.contextmanager
def exclusive_on_server(
    profile: Profile,
    wait_seconds: float = 0.0,
    on_wait: Callable[[str], None] = lambda _: None,
) -> Iterator[None]:
    """Hold the lock of a warehouse for the length of a block.

    Args:
        profile: A target of type postgres.
        wait_seconds: How long to wait for another holder.
        on_wait: Gets a description of the holder once, before waiting.

    Raises:
        RefreshLockedError: Another connection holds it and did not let go in time.
        SegmentationError: The server cannot be reached.
    """
    schema = {"schema": str(profile.output.get("schema"))}
    with contextlib.closing(connect_postgres(profile)) as connection:
        # An open transaction would keep the server from tidying up for hours.
        connection.autocommit = True
        with connection.cursor() as cursor:
            name = f"segment refresh on {socket.gethostname()}"
            cursor.execute("select set_config('application_name', %s, false)", [name])
            deadline, is_waiting = time.monotonic() + wait_seconds, False
            while not _taken(cursor, schema):
                left = deadline - time.monotonic()
                if left <= 0:
                    where = f"{warehouse_name(profile)}, schema {schema['schema']},"
                    holder = _held_by(cursor, schema)
                    raise RefreshLockedError(where, holder, wait_seconds)
                if not is_waiting:
                    on_wait(_held_by(cursor, schema))
                    is_waiting = True
                time.sleep(min(POLL_SECONDS, left))
        yield


def _taken(cursor: "psycopg2.extensions.cursor", schema: dict[str, str]) -> bool:
    cursor.execute(f"select pg_try_advisory_lock({KEY})", schema)
    return cursor.fetchall() == [(True,)]


def _held_by(cursor: "psycopg2.extensions.cursor", schema: dict[str, str]) -> str:
    cursor.execute(HOLDER, schema)
    for pid, user, name, since in cursor.fetchall():
        return f"server process {pid} of {user} since {since:%Y-%m-%d %H:%M} ({name})"
    # It let go in between.
    return "another process"
