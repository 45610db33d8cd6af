"""A careful Splink 5 model as a rival of the project's identities.

python tests/bench/splink_rival.py PAIRS WAREHOUSE ANSWER RECORDS EDGES

Writes as Parquet the customers at the threshold .95, the compared records and the
scored pairs, and prints JSON with the seconds of each step. PAIRS is how many random
pairs the training draws. It reads no truth.
"""

import json
import logging
import sys
import time
from itertools import pairwise
from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker, block_on

from identity_records import open_records
from measured import own_megabytes
from splink_model import INPUT, settings

THRESHOLD = 0.95
# Pairs below are of no use even to the threshold that the truth would choose.
LEAST_WEIGHT = -5
# Share of the pairs of one person that the deterministic rules find.
RULES_RECALL = 0.7


def train(linker: Linker, random_pairs: float) -> None:
    """Estimate the prior, u by random pairs and m by EM in three blocks."""
    name_and_birth = block_on("first_name", "last_name", "birth_date")
    linker.training.estimate_probability_two_random_records_match(
        [block_on("login"), block_on("email"), name_and_birth], recall=RULES_RECALL
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=random_pairs, seed=1)
    for rule in (
        name_and_birth,
        block_on("birth_date", "postal_code"),
        block_on("email"),
    ):
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True
        )


def write(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    """Write the rows of a query as Parquet."""
    connection.execute(f"copy ({query}) to '{file}' (format parquet)")


def main(
    random_pairs: float, warehouse: Path, answer: Path, numbered: Path, edges: Path
) -> None:
    """Prepare, train, predict and cluster; then write what was found."""
    times, megabytes = [time.perf_counter()], own_megabytes()
    connection = open_records(warehouse)
    connection.execute(INPUT)
    records = DuckDBAPI(connection).register("splink_input")
    linker = Linker(records, settings(), log_level=logging.ERROR)
    times.append(time.perf_counter())
    train(linker, random_pairs)
    times.append(time.perf_counter())
    pairs = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT)
    times.append(time.perf_counter())
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_probability=THRESHOLD
    )
    times.append(time.perf_counter())
    write(
        connection,
        "select source_system, source_customer_id, cluster_id as customer_id "
        f"from {clusters.physical_name} inner join records using (record_number)",
        answer,
    )
    write(
        connection,
        "select record_number, source_system, source_customer_id from records",
        numbered,
    )
    write(
        connection,
        "select record_number_l, record_number_r, match_weight "
        f"from {pairs.physical_name}",
        edges,
    )
    steps = ("prepare", "train", "predict", "cluster")
    spent = [after - before for before, after in pairwise(times)]
    result = {
        "seconds": sum(spent),
        "started_megabytes": megabytes,
        **dict(zip(steps, spent, strict=True)),
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main(float(sys.argv[1]), *map(Path, sys.argv[2:6]))
