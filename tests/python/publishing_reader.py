"""A reader as BI tools are: opens, queries two tables and closes, again and again.

Prints each new version as it sees it, and at the end one line of JSON. Needs nothing
but DuckDB, of any version that can open the file.
"""

import json
import sys
import time

import duckdb


def main(path: str, last_version: int, hold_seconds: float = 0.002) -> None:
    """Read until a version is seen, holding the file open for so long each time."""
    seen, mixed, reads = -1, [], 0
    while seen < last_version:
        with duckdb.connect(path, read_only=True) as connection:
            [before] = connection.execute(
                "select run_id, max(version), count(*) "
                "from segments__customers cross join _release group by run_id"
            ).fetchall()
            # Time for a release to happen between the two queries.
            time.sleep(hold_seconds)
            [after] = connection.execute(
                "select run_id, version, customer_count "
                "from segments__sizes cross join _release"
            ).fetchall()
        reads += 1
        if before != after:
            mixed.append((before, after))
        if after[1] != seen:
            seen = after[1]
            print(seen, flush=True)
    print(json.dumps({"reads": reads, "mixed": mixed}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *map(float, sys.argv[3:]))
