"""Fingerprints: equal exactly when the rows are the same multiset."""

from collections.abc import Iterator

import duckdb
import pytest

from segmentation.fingerprint import fingerprint, fingerprints


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def relation(values: str) -> str:
    return f"(from (values {values}) as rows(code, amount))"


@pytest.mark.parametrize(
    ("values", "same"),
    [
        ("('a', 1), ('b', 2), ('b', 2)", True),
        ("('b', 2), ('a', 1), ('b', 2)", True),
        ("('a', 1), ('a', 1), ('b', 2)", False),
        ("('a', 1), ('b', 2)", False),
        ("('a', 2), ('b', 1), ('b', 2)", False),
        ("('a', 1), ('b', 2), ('b', null)", False),
        ("('a', 1.0), ('b', 2.0), ('b', 2.0)", False),
    ],
)
def test_it_sees_every_difference_but_the_order_of_rows(
    connection: duckdb.DuckDBPyConnection, values: str, *, same: bool
) -> None:
    expected = fingerprint(connection, relation("('a', 1), ('b', 2), ('b', 2)"))
    assert (fingerprint(connection, relation(values)) == expected) == same
    assert expected.row_count == 3


def test_rows_that_occur_twice_do_not_cancel_out(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    twice_a = fingerprint(connection, relation("('a', 1), ('a', 1)"))
    assert twice_a != fingerprint(connection, relation("('b', 2), ('b', 2)"))


def test_the_column_that_holds_a_null_matters(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    first = fingerprint(connection, "(select null::int as x, 1 as y)")
    assert first != fingerprint(connection, "(select 1 as x, null::int as y)")


def test_columns_can_be_left_out(connection: duckdb.DuckDBPyConnection) -> None:
    early = fingerprint(connection, relation("('a', 1)"), without=["amount"])
    assert early == fingerprint(connection, relation("('a', 2)"), without=["amount"])
    assert early.columns == (("code", "VARCHAR"),)


def test_an_empty_relation_differs_by_its_columns(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    empty = fingerprint(connection, "(select 1 as x where false)")
    assert (empty.row_count, empty.row_hash_sum) == (0, 0)
    assert empty != fingerprint(connection, "(select 1 as y where false)")


def test_all_relations_of_the_schemas_are_named(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("""
        create schema public_things; create schema other;
        create table public_things."Odd name" as select 1 as x;
        create view public_things.seen as select 1 as x;
        create table other.unseen as select 1 as x
    """)
    found = fingerprints(connection, ["public_things"])
    assert sorted(found) == ["public_things.Odd name", "public_things.seen"]
    assert found["public_things.seen"] == found["public_things.Odd name"]
