"""Two rivals of the project's identities: plain keys, and an analyst's rules.

python tests/bench/identity_baselines.py plain-keys|multi-rule WAREHOUSE ANSWER

Writes a Parquet file with a customer per source record, and prints JSON with the
seconds from the open warehouse to the customers. Neither reads the truth.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from identity_records import open_records
from identity_rules import MULTI_RULE, PLAIN_KEYS, PREPARED
from measured import own_megabytes

CONTESTANTS: Mapping[str, tuple[str, Sequence[str]]] = {
    "plain-keys": ("", PLAIN_KEYS),
    "multi-rule": (PREPARED, MULTI_RULE),
}


def join_records(
    connection: duckdb.DuckDBPyConnection, prepared: str, rules: Sequence[str]
) -> None:
    """Write `answer`: the customer of each record that the rules' edges connect.

    Args:
        connection: Connection that holds `records` and `keys`.
        prepared: Statements that the rules need.
        rules: Queries of two record numbers each.
    """
    for statement in filter(str.strip, prepared.split(";")):
        connection.execute(statement)
    edges = connection.execute(
        "select column0, column1 from ("
        + " union all ".join(
            f"select * from ({rule}) as edges(column0, column1)" for rule in rules
        )
        + ") where column0 <> column1"
    ).fetchnumpy()
    count = connection.execute("select count(*) from records").fetchall()[0][0]
    ends = (edges["column0"].astype(np.int64), edges["column1"].astype(np.int64))
    graph = coo_matrix((np.ones(len(ends[0]), dtype=np.int8), ends), (count, count))
    _, labels = connected_components(graph, directed=False)
    connection.register("labels", {"number": np.arange(count), "label": labels})
    connection.execute(
        "create or replace table answer as "
        "select source_system, source_customer_id, label as customer_id "
        "from records inner join labels on record_number = number"
    )


def main(name: str, warehouse: Path, answer: Path) -> None:
    """Run one of the baselines."""
    started, megabytes = time.perf_counter(), own_megabytes()
    connection = open_records(warehouse)
    join_records(connection, *CONTESTANTS[name])
    seconds = time.perf_counter() - started
    connection.execute("copy answer to '" + str(answer) + "' (format parquet)")
    json.dump({"seconds": seconds, "started_megabytes": megabytes}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
