"""Waits for the moment at which served tables can be replaced without an error.

A reader locks the tables of its query one after the other. Replacing them needs all of
them alone, or a query could see two releases; whoever waits for one while holding
another can end in a deadlock, which fails a reader. So all are locked at once or none,
each attempt is shorter than the server's wait for deadlocks (a second by default), and
readers that arrive meanwhile wait no longer than that.
"""

import time
from collections.abc import Sequence

from segmentation.release.settings import PublishError
from segmentation.warehouse_tables import Query

ATTEMPT_MILLISECONDS = 300
PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 300.0


class ReadersHoldTablesError(PublishError):
    """Somebody reads the served tables for longer than publishing waits."""


def lock_tables(
    query: Query, tables: Sequence[str], patience: float = PATIENCE_SECONDS
) -> None:
    """Lock tables against every reader until the transaction ends.

    Args:
        query: Warehouse, inside a transaction.
        tables: Quoted names.
        patience: Seconds after which to give up.

    Raises:
        ReadersHoldTablesError: They could not be had in time.
    """
    from psycopg2.errors import LockNotAvailable, QueryCanceled

    if not tables:
        return
    [(timeout,)] = query("select current_setting('statement_timeout')")
    deadline = time.monotonic() + patience
    query("savepoint segmentation_swap")
    while True:
        try:
            query(f"set local statement_timeout = {ATTEMPT_MILLISECONDS}")
            query(f"lock table {', '.join(tables)} in access exclusive mode")
        except (QueryCanceled, LockNotAvailable):
            query("rollback to savepoint segmentation_swap")
        else:
            query("select set_config('statement_timeout', ?, true)", timeout)
            return
        if time.monotonic() > deadline:
            raise ReadersHoldTablesError(
                f"not released: waited {patience:.0f} seconds for readers of the "
                f"served tables; still reading: {_readers(query, tables)}. Let them "
                "finish or end their transactions, then run the command again"
            )
        time.sleep(PAUSE_SECONDS)


def _readers(query: Query, tables: Sequence[str]) -> str:
    rows = query(
        "select distinct activity.pid, activity.usename, activity.application_name, "
        "activity.state from pg_locks as locks "
        "inner join pg_stat_activity as activity on locks.pid = activity.pid "
        "where locks.relation = any(cast(cast(? as text[]) as regclass[])) "
        "and locks.pid <> pg_backend_pid() order by activity.pid",
        list(tables),
    )
    # The server hides from most roles what others are doing.
    listed = [
        " ".join([f"process {pid} of {user}", *(f"({text})" for text in about if text)])
        for pid, user, *about in rows
    ]
    return ", ".join(listed) or "nobody any more"
