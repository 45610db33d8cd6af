"""A reader of served schemas: queries that join two tables, again and again.

Every other time on a new connection, as dashboards do, else on one that stays open, as
pools do. Prints each new version as it sees it, and at the end one line of JSON.
"""

import json
import sys
from contextlib import closing

import psycopg2

# One query each: whatever it reads has to be of one release.
QUERIES = (
    """
    select max(customers.version), max(sizes.version), count(*) - 1
    from serving.segments__customers as customers
    cross join serving.segments__sizes as sizes
    """,
    """
    select max(sizes.version), max(customers.version), count(*) - 1
    from serving.segments__sizes as sizes
    cross join serving.segments__customers as customers
    cross join serving._release
    """,
)


def main(host: str, database: str, last_version: int) -> None:
    """Read until a version is seen."""
    seen, mixed, reads = -1, [], 0

    def connect() -> psycopg2.extensions.connection:
        connection = psycopg2.connect(host=host, dbname=database, user="bi")
        connection.autocommit = True
        return connection

    with closing(connect()) as pooled:
        while seen < last_version:
            own = connect() if reads % 2 else None
            with (own or pooled).cursor() as cursor:
                cursor.execute(QUERIES[reads // 2 % 2])
                [versions] = cursor.fetchall()
            if own is not None:
                own.close()
            reads += 1
            if len(set(versions)) > 1:
                mixed.append(versions)
            if versions[0] != seen:
                seen = versions[0]
                print(seen, flush=True)
    print(json.dumps({"reads": reads, "mixed": mixed}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
