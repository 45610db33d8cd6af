"""The rivals of the identities on records whose answer is known by hand."""

import os
import sys
from pathlib import Path

import duckdb
import pytest

from identity_baselines import CONTESTANTS, join_records
from identity_demands import demands
from identity_project import Cost
from identity_records import InputMissingError, open_records
from measured import CommandFailed, measured
from segmentation.demo.score.results import Value
from splink_thresholds import write_answers

SOURCE = "shop"
# id, email, phone, first_name, last_name, birth_date, street, postal_code
RECORDS = [
    # One person: the number with and without the country, a nickname, a typing error.
    ("a1", "Anna.Berg@x.example", "+49 151 1234567", "Stefanie", "Müller", None),
    ("a2", None, "0151/1234567", "Steffi", "Mueller", None),
    ("a3", "anna.berg@x.example ", None, None, None, None),
    # Two of a family at one inbox, and a survey that either may have filled in.
    ("b1", "familie.kurz@x.example", None, "Paul", "Kurz", "1980-01-01"),
    ("b2", "familie.kurz@x.example", None, "Rosa", "Kurz", "1982-02-02"),
    ("b3", "familie.kurz@x.example", None, None, None, None),
    # One of an office, of which nobody else has given a name.
    ("e1", "office@firm.example", None, "Nora", "Lang", None),
    ("e2", "office@firm.example", None, None, None, None),
    # Values that people invent, on a record with a name and on one without.
    ("c1", "test@test.com", "0000000000", "Ida", "Wolf", "1990-01-01"),
    ("c2", "test@test.com", "0000000000", None, None, None),
    # One person without any key in common.
    ("d1", "d.one@x.example", None, "René", "Weiß", "1975-05-05"),
    ("d2", "d.two@x.example", None, "RENE", "WEISS", "1975-05-05"),
]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "company.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create table input__customer_records (
                source_system varchar, source_customer_id varchar, email varchar,
                phone varchar, first_name varchar, last_name varchar, birth_date date,
                street_address varchar, postal_code varchar, updated_at timestamp
            );
            create table input__identifiers (
                source_system varchar, source_customer_id varchar,
                identifier_type varchar, identifier_value varchar, observed_at timestamp
            )
            """
        )
        connection.executemany(
            "insert into input__customer_records values "
            f"('{SOURCE}', ?, ?, ?, ?, ?, ?, null, null, '2024-01-01')",
            RECORDS,
        )
        connection.execute(
            f"""
            insert into input__customer_records values
            (
                '{SOURCE}', 'a2', null, null, 'Steffi', 'Neu',
                null, null, null, '2025-01-01'
            );
            insert into input__identifiers values
            ('web', 'w1', 'login', 'A', '2024-02-01'),
            ('web', 'w1', 'login', 'B', '2024-03-01'),
            ('web', 'w2', 'login', 'A', '2024-02-01'),
            ('web', 'w3', 'login', 'B', '2024-02-01')
            """
        )
    return path


def together(warehouse: Path, name: str) -> set[frozenset[str]]:
    connection = open_records(warehouse)
    join_records(connection, *CONTESTANTS[name])
    rows = connection.execute(
        "select list(source_customer_id) from answer group by customer_id"
    ).fetchall()
    return {frozenset(ids) for (ids,) in rows if len(ids) > 1}


def test_records_hold_the_latest_version_and_every_version_gives_keys(
    warehouse: Path,
) -> None:
    connection = open_records(warehouse)
    assert connection.execute(
        "select last_name, phone, login from records "
        "where source_customer_id in ('a2', 'w1') order by source_customer_id"
    ).fetchall() == [("neu", "1511234567", None), (None, None, "A")]


def test_plain_keys_join_whoever_shares_a_value(warehouse: Path) -> None:
    assert together(warehouse, "plain-keys") == {
        frozenset({"a1", "a2", "a3"}),
        frozenset({"b1", "b2", "b3"}),
        frozenset({"c1", "c2"}),
        frozenset({"e1", "e2"}),
        frozenset({"w1", "w2", "w3"}),
    }


def test_rules_tell_shared_and_invented_values_from_one_person(
    warehouse: Path,
) -> None:
    assert together(warehouse, "multi-rule") == {
        # Not a2: the same number, but a family name that now contradicts.
        frozenset({"a1", "a3"}),
        frozenset({"d1", "d2"}),
        frozenset({"w1", "w2"}),
    }


def test_a_warehouse_without_the_input_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.duckdb"
    duckdb.connect(str(path)).close()
    with pytest.raises(InputMissingError, match="Build its input layer first"):
        open_records(path)


def test_the_peak_is_of_the_command_and_not_of_this_process() -> None:
    here = bytearray(400 * 1024**2)
    here[::4096] = b"x" * len(here[::4096])
    code = "b = bytearray(100 * 1024**2); b[::4096] = b'x' * len(b[::4096]); print(1)"
    run = measured([sys.executable, "-c", code], os.environ)
    assert run.output == "1\n"
    assert 100 < run.peak_megabytes < 200


def test_a_command_that_fails_is_named_with_what_it_says() -> None:
    with pytest.raises(CommandFailed, match=r"exit code 3(?s:.*)sorry"):
        measured([sys.executable, "-c", "import sys; print('sorry'); sys.exit(3)"], {})


def test_a_threshold_joins_the_pairs_at_or_above_it(tmp_path: Path) -> None:
    records, edges = tmp_path / "records.parquet", tmp_path / "edges.parquet"
    duckdb.execute(
        "copy (select range as record_number, 's' as source_system, "
        "cast(range as varchar) as source_customer_id from range(4)) "
        f"to '{records}' (format parquet)"
    )
    duckdb.execute(
        "copy (select * from (values (0, 1, 2.0), (2, 1, 5.5), (3, 2, -1.0)) "
        "as pairs(record_number_l, record_number_r, match_weight)) "
        f"to '{edges}' (format parquet)"
    )
    names = {w: n for n, w in write_answers(records, edges, tmp_path).items()}
    for weight, expected in ((-1.0, 1), (2.0, 2), (2.5, 3), (6.0, 4)):
        answer = tmp_path / f"{names[weight]}.parquet"
        rows = duckdb.execute(f"select count(distinct customer_id) from '{answer}'")
        assert rows.fetchall() == [(expected,)]


def test_demands_are_judged_one_by_one() -> None:
    good: dict[str, Value] = {
        "pairwise_precision": 0.985,
        "pairwise_recall": 0.9,
        "pairwise_f1": 0.94,
        "household_members_apart_share": 0.989,
        "twins_apart_share": None,
    }
    scores: dict[str, dict[str, Value]] = {
        "project": good,
        "plain-keys": {"pairwise_recall": 0.9},
        "multi-rule": {"pairwise_recall": 0.8},
        "splink": {"pairwise_f1": 0.93},
        "splink best": {"pairwise_f1": 0.95},
    }
    costs = {
        "project": Cost(5, 9, 401, 100),
        "splink": Cost(10, 11, 650, 50),
        "splink quick": Cost(4, 5, 750, 50),
    }
    assert [demand.holds for demand in demands(scores, costs)] == [
        *(True, False, True, False, False),
        *(True, True, False),
        *(None, None, None),
    ]
