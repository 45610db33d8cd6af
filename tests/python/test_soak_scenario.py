"""What a soak delivers, and how it says that two warehouses differ."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import pytest

from companies import OMNICHANNEL
from dbt_project import NOT_COMPARED, NOT_COMPARED_COLUMN
from derived import differences, lost_rows, not_compared_relations
from scenario import Scenario
from segmentation.fingerprint import Fingerprint, fingerprint
from soaks import SOURCES, nightly, scenario
from sources import CLOCKS

NIGHTS = 40
RECORDED = '"main"."said"'


@pytest.fixture(scope="module", params=[*SOURCES])
def nights(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Scenario:
    dataset: str = request.param
    folder = tmp_path_factory.mktemp(dataset)
    return scenario(dataset, customers=100, nights=NIGHTS, seed=2, folder=folder)


def raw_tables(
    nights: Scenario, connection: duckdb.DuckDBPyConnection
) -> Mapping[str, Fingerprint]:
    return {
        table.name: fingerprint(connection, f"{nights.data.schema}.{table.name}")
        for table in nights.data.tables
    }


def test_all_nights_bring_what_comes_at_once(nights: Scenario) -> None:
    with duckdb.connect() as one, duckdb.connect() as other:
        came = [nights.append(one, night) for night in range(NIGHTS + 1)]
        nights.replace(other, NIGHTS, "at once")

        assert min(came) > 0
        assert raw_tables(nights, one) == raw_tables(nights, other)
        query = f"from {nights.data.schema}.{nights.data.tables[0].name}"
        assert one.execute(query).fetchall() != other.execute(query).fetchall()


def test_rows_vanish_only_where_the_source_is_read_in_full(nights: Scenario) -> None:
    with duckdb.connect(str(nights.file), read_only=True) as connection:
        gone = 0
        for table in nights.data.tables:
            [[rows, places, vanished]] = connection.execute(
                "select count(*), count(distinct row_place), count(last_night) "
                f"from {table.name}"
            ).fetchall()
            assert rows == places, table.name
            assert not vanished or nights.sources[table.name].loaded is None
            gone += vanished
    assert bool(gone) == (nights.data.schema == "raw_complete_journey")


def test_the_same_seed_brings_the_same_rows(tmp_path: Path) -> None:
    found = []
    for place, seed in enumerate((2, 2, 3)):
        folder = tmp_path / str(place)
        folder.mkdir()
        nights = scenario("omnichannel", 100, NIGHTS, seed, folder)
        with duckdb.connect() as connection:
            nights.replace(connection, NIGHTS, f"order {place}")
            found.append(raw_tables(nights, connection))
    assert found[0] == found[1] != found[2]


def test_a_night_is_what_was_loaded_until_it_opened(tmp_path: Path) -> None:
    nights = scenario("omnichannel", 100, NIGHTS, 2, tmp_path)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        nights.replace(connection, NIGHTS, "at once")
        for night in (0, 1, 17):
            with duckdb.connect() as then:
                nights.replace(then, night, "then")
                expected = raw_tables(nights, then)
            for table in nights.data.tables:
                source = OMNICHANNEL[table.name]
                assert source.loaded is not None
                column, clock = source.loaded
                at = CLOCKS[clock][0].format(column=column)
                known = (
                    f"(from {nights.data.schema}.{table.name} "
                    f"where {at} <= timestamp '{nights.opening(night)}')"
                )
                found = fingerprint(connection, known)
                assert found == expected[table.name], (table.name, night)


def test_the_last_night_is_the_last_day(nights: Scenario) -> None:
    last = nights.as_of(NIGHTS)
    assert (last.month, last.day) == (12, 31)
    assert nights.opening(NIGHTS).date() == date(last.year + 1, 1, 1)


def warehouse(file: Path, rows: str) -> Path:
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            f"create table said as from (values {rows}) as rows(id, day, place, amount)"
        )
    return file


def test_a_difference_names_table_rows_and_columns(tmp_path: Path) -> None:
    files = (
        warehouse(tmp_path / "one.duckdb", "(1, 2, 'a', 3.5), (2, 2, 'b', 4.0)"),
        warehouse(tmp_path / "other.duckdb", "(2, 2, 'b', 4.5), (1, 2, 'a', 3.5)"),
    )

    [one, other] = differences(files, ("the nights", "one build"), {RECORDED: ()})

    assert one.splitlines() == [
        "main.said: 1 rows only in the nights",
        "    id=2, day=2, place=b, amount=4.0",
    ]
    assert other.startswith("main.said: 1 rows only in one build\n")
    assert differences(files, ("a", "b"), {RECORDED: ("amount",)}) == []
    [lost] = lost_rows(files, [RECORDED])
    assert "1 recorded rows are gone" in lost
    assert lost_rows((files[0], files[0]), [RECORDED]) == []


def test_the_project_says_what_is_not_compared(tmp_path: Path) -> None:
    manifest = nightly("omnichannel", tmp_path).manifest
    columns = {
        column.name
        for node in manifest.nodes.values()
        for column in node.columns.values()
        if "not_compared" in column.config.meta
    }

    found = {name.split(".")[1] for name in not_compared_relations(manifest)}
    assert (found, columns) == (set(NOT_COMPARED), {NOT_COMPARED_COLUMN})
