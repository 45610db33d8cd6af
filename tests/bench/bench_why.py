"""Time `segment why` on a million records.

python tests/bench/bench_why.py --customers 90000 --pairs 200

Asks about records of one customer, of pairs that were compared and of any two records,
each time through a new connection. Exits with 1 when an answer takes a second or more.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from identity_project import REPOSITORY, build_company, environment
from segmentation.identity.why.why import why
from segmentation.profiles import Profile, load_profile

LIMIT_SECONDS = 1.0
SEED = 11

Pair = tuple[str, str]

_NAMES = """
    with records as (

        select
            records.record_number,
            map.customer_id,
            map.source_system || '/' || map.source_customer_id as name
        from main_internal.int_identity__records as records
        inner join main_identity.identity__customer_map as map
            on
                records.source_system = map.source_system
                and records.source_customer_id = map.source_customer_id

    ),

    pairs as ({pairs})

    select
        one.name,
        two.name
    from pairs
    inner join records as one on pairs.node_a = one.record_number
    inner join records as two on pairs.node_b = two.record_number
    order by hash(one.name || two.name), one.name, two.name
    limit {count}
"""
QUESTIONS = {
    "of one customer": """
        select min(record_number) as node_a, max(record_number) as node_b
        from records
        group by customer_id
        having count(*) > 2
    """,
    "compared": """
        select node_a, node_b from main_identity.int_identity__candidate_pairs
    """,
    "any two": """
        select
            record_number as node_a,
            lead(record_number) over (order by hash(name), name) as node_b
        from records
    """,
}


def drawn_pairs(warehouse: Path, count: int) -> dict[str, list[Pair]]:
    """Return for each kind of question pairs of records, by their names."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {
            kind: connection.execute(_NAMES.format(pairs=pairs, count=count)).fetchall()
            for kind, pairs in QUESTIONS.items()
        }


def asked(profile: Profile, pairs: list[Pair]) -> list[float]:
    """Return the seconds of each answer, in order of length."""
    spent = []
    for one, other in pairs:
        started = time.perf_counter()
        why(profile, one, other)
        spent.append(time.perf_counter() - started)
    return sorted(spent)


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=90_000)
    parser.add_argument("--pairs", type=int, default=200)
    options = parser.parse_args()
    table = Table("records", "asked", "median s", "longest s", "below 1 s")
    all_well = True
    with tempfile.TemporaryDirectory() as folder:
        warehouse, _ = build_company(Path(folder), options.customers, SEED)
        os.environ.update(environment(warehouse))
        profile = load_profile(REPOSITORY, REPOSITORY)
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            [(records,)] = connection.execute(
                "select count(*) from main_identity.identity__customer_map"
            ).fetchall()
        for kind, pairs in drawn_pairs(warehouse, options.pairs).items():
            spent = asked(profile, pairs)
            well = spent[-1] < LIMIT_SECONDS
            table.add_row(
                *(f"{records:,}", f"{len(pairs)} {kind}"),
                *(f"{spent[len(spent) // 2]:.3f}", f"{spent[-1]:.3f}"),
                "yes" if well else "no",
            )
            all_well &= well
    Console().print(table)
    return 0 if all_well else 1


if __name__ == "__main__":
    sys.exit(main())
