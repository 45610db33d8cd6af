"""`segment demo score` says how far codes agree with planted archetypes.

The example: ten customers, each one person but for `two`, who are two; `shy` objects
to profiling, `mute` gave no answers and `new` has no orders.
"""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from sklearn.metrics import adjusted_rand_score

from segmentation.cli import cli
from test_demo_score import project

__all__ = ["project"]

# Customer: persons, behavior with its origin, psychographic with its origin.
CUSTOMERS = {
    "a": ("a", "stock_up", "rule", "green", "cluster"),
    "b": ("b", "stock_up", "rule", "green", "cluster"),
    "c": ("c", "stock_up", "cluster", "green", "cluster"),
    "d": ("d", "top_up", "cluster", "blue", "cluster"),
    "e": ("e", "top_up", "cluster", "blue", "cluster"),
    "f": ("f", "top_up", "cluster", "price_led", "rule"),
    "two": ("gh", "top_up", "rule", "blue", "cluster"),
    "shy": ("i", "not_profiled", "rule", "not_profiled", "rule"),
    "mute": ("j", "stock_up", "rule", "not_observed", "rule"),
    "new": ("k", "no_orders", "rule", "blue", "cluster"),
}
ARCHETYPES = dict(zip("abcdefghijk", "mmmmyyyymmy", strict=True))


@pytest.fixture
def coded(project: Path) -> Path:
    """Return the folder of the example, built."""
    with duckdb.connect(str(project / "shop.duckdb")) as connection:
        connection.execute(
            """
            create schema truth;
            create schema main_identity;
            create schema main_internal;
            create table truth.settings (name varchar, value varchar);
            create table truth.persons (
                person_id varchar, household_id varchar, is_twin boolean,
                archetype varchar
            );
            create table truth.records (
                source_system varchar, source_customer_id varchar,
                person_id varchar, names_somebody boolean
            );
            create table main_identity.identity__customer_map (
                customer_id varchar, source_system varchar, source_customer_id varchar
            );
            create table main_internal.int_segments__layer_codes (
                customer_id varchar, as_of_date date, behavior varchar,
                behavior_origin varchar, psychographic varchar,
                psychographic_origin varchar
            );
            """
        )
        for person, archetype in ARCHETYPES.items():
            connection.execute(
                "insert into truth.persons values (?, null, false, ?)",
                [person, archetype],
            )
            connection.execute(
                "insert into truth.records values ('shop', ?, ?, true)",
                [person, person],
            )
        for customer, (persons, *codes) in CUSTOMERS.items():
            for person in persons:
                connection.execute(
                    "insert into main_identity.identity__customer_map "
                    "values (?, 'shop', ?)",
                    [customer, person],
                )
            for day, words in (
                ("2025-12-31", codes),
                # Of an older date of the panel nothing counts.
                ("2025-11-30", ["top_up", "rule", "green", "rule"]),
            ):
                connection.execute(
                    "insert into main_internal.int_segments__layer_codes "
                    "values (?, ?, ?, ?, ?, ?)",
                    [customer, day, *words],
                )
        # A visitor whom no source can name makes nobody two persons.
        connection.execute("insert into truth.records values ('web', 'v', 'k', false)")
        connection.execute(
            "insert into main_identity.identity__customer_map values ('a', 'web', 'v')"
        )
    return project


def run(folder: Path, *words: str) -> str:
    general = ["--project-dir", str(folder), "demo", "score"]
    result = CliRunner().invoke(cli, [*general, *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def scored(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(folder, "--json"))["sections"]["segments"]
    return found


def rand(customers: str, position: int) -> float:
    names = customers.split()
    return float(
        adjusted_rand_score(
            [ARCHETYPES[CUSTOMERS[name][0]] for name in names],
            [CUSTOMERS[name][position] for name in names],
        )
    )


def test_the_index_is_that_of_scikit_learn(coded: Path) -> None:
    found = scored(coded)
    assert found["truth"] == {"persons_with_an_archetype": 11, "archetypes": 2}
    assert found["notes"] == []
    assert found["contestants"]["project"] == pytest.approx(
        {
            "behavior_adjusted_rand": rand("a b c d e f mute", 1),
            "behavior_customer_count": 7,
            "behavior_code_count": 2,
            "behavior_cluster_adjusted_rand": rand("c d e f", 1),
            "behavior_cluster_customer_count": 4,
            "psychographic_adjusted_rand": rand("a b c d e f new", 3),
            "psychographic_customer_count": 7,
            "psychographic_code_count": 3,
            "psychographic_cluster_adjusted_rand": rand("a b c d e new", 3),
            "psychographic_cluster_customer_count": 6,
        },
        abs=1e-12,
    )
    assert 0 < rand("a b c d e f mute", 1) < 1


def test_the_page_has_the_index_and_how_many_were_compared(coded: Path) -> None:
    lines = [" ".join(line.split()) for line in run(coded).splitlines()]
    assert "Truth of segments: 11 persons with an archetype, 2 archetypes" in lines
    index = rand("a b c d e f mute", 1)
    assert f"behavior, adjusted Rand index {index:.4f} –" in lines
    assert "behavior, customers 7 –" in lines


def test_without_codes_or_archetypes_it_says_so(coded: Path) -> None:
    with duckdb.connect(str(coded / "shop.duckdb")) as connection:
        connection.execute("update truth.persons set archetype = null")
    found = scored(coded)
    assert found["notes"] == ["Nobody of this company has an archetype."]
    values = found["contestants"]["project"]
    assert values["behavior_adjusted_rand"] is None
    assert values["behavior_customer_count"] == 0
    with duckdb.connect(str(coded / "shop.duckdb")) as connection:
        connection.execute("drop table main_internal.int_segments__layer_codes")
    found = scored(coded)
    assert found["contestants"] == {}
    assert "found no table int_segments__layer_codes" in found["notes"][0]
