"""A reader as BI tools are: opens, queries two tables and closes, again and again.

Prints each new version as it sees it, and at the end one line of JSON.
"""

import json
import sys
import time

import duckdb


def main(path: str, last_version: int) -> None:
    """Read until a version is seen."""
    seen, mixed, reads = -1, [], 0
    while seen < last_version:
        with duckdb.connect(path, read_only=True) as connection:
            [before] = connection.execute(
                "select max(version), count(*) - 1 from segments__customers"
            ).fetchall()
            # Time for a release to happen between the two queries.
            time.sleep(0.002)
            [after] = connection.execute(
                "select version, customer_count - 1 from segments__sizes"
            ).fetchall()
        reads += 1
        if len({*before, *after}) > 1:
            mixed.append((before, after))
        if after[0] != seen:
            seen = after[0]
            print(seen, flush=True)
    print(json.dumps({"reads": reads, "mixed": mixed}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
