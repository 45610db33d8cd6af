"""`segment train power` on both engines, and what behaviour adds to the value tier."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from power_panel import (
    DATES,
    OUTCOME_SCHEMA,
    Row,
    changed,
    fill,
    fill_postgres,
    make_rows,
    open_panel,
    outcome_rows,
    table_rows,
)
from segmentation.cli import cli
from segmentation.connections import open_postgres
from segmentation.profiles import load_profile
from segmentation.train.power import Panel, measure_power
from segmentation.train.power.origins import Period
from segmentation.train.power.outcomes import (
    find_categories,
    sum_categories,
    sum_responses,
)
from segmentation.train.power.results import Addition
from segmentation.train.power.variance import PEOPLE, SQUARES, TOTALS, Sums

pytestmark = pytest.mark.slow

CARD = Path("docs", "models", "power_shop.md")
QUARTER = Period(DATES[1], DATES[2])


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return make_rows()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[Row]) -> Path:
    """Return a project's folder with a panel, and work in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dbt_project.yml").write_text(
        "name: shop_project\nprofile: shop\nvars: {segmentation_dataset: shop}\n"
    )
    (tmp_path / "profiles.yml").write_text(
        "shop:\n  target: file\n  outputs:\n"
        "    file: {type: duckdb, path: shop.duckdb, schema: main}\n"
    )
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        fill(connection, table_rows(rows) | outcome_rows(rows), tmp_path)
    return tmp_path


def run(folder: Path) -> Result:
    return CliRunner().invoke(cli, ["--project-dir", str(folder), "train", "power"])


def test_command_prints_a_table_and_writes_the_card(project: Path) -> None:
    result = run(project)
    assert result.exit_code == 0, result.output
    assert f"Wrote {project / CARD}" in result.output
    card = (project / CARD).read_text()
    for text in (result.output, card):
        assert "Value tiers explain " in text
        assert "Published RFM grid" in text
        assert "one code for all" in text
    assert "Data as of 2024-12-31." in card
    assert "| 2024-09-30 | 2024-06-30 to 2024-09-30 | 1,130 | 2024-12-31 |" in card
    assert "| campaign response |" in card
    before = (project / CARD).read_bytes()
    assert run(project).exit_code == 0
    assert (project / CARD).read_bytes() == before


def test_postgres_gives_the_same_card(
    project: Path, rows: list[Row], postgres: dict[str, str]
) -> None:
    assert run(project).exit_code == 0
    first = (project / CARD).read_bytes()
    server = {
        "type": "postgres",
        "host": postgres["SEGMENTATION_PG_HOST"],
        "port": int(postgres["SEGMENTATION_PG_PORT"]),
        "user": postgres["SEGMENTATION_PG_USER"],
        "dbname": postgres["SEGMENTATION_PG_DATABASE"],
        "schema": "power",
    }
    (project / "profiles.yml").write_text(
        json.dumps({"shop": {"target": "server", "outputs": {"server": server}}})
    )
    with open_postgres(load_profile(project)) as connection:
        connection.cursor().execute("create schema power; set search_path to power")
        fill_postgres(connection, table_rows(rows) | outcome_rows(rows), project)
    try:
        result = run(project)
        assert result.exit_code == 0, result.output
        assert (project / CARD).read_bytes() == first
    finally:
        with open_postgres(load_profile(project)) as connection:
            connection.cursor().execute("drop schema power cascade")


def test_a_leak_or_no_build_writes_nothing(project: Path, rows: list[Row]) -> None:
    leaking = changed(
        rows, behavior=lambda row: f"later_{min(int(row.later // 50), 4)}"
    )
    with duckdb.connect(str(project / "shop.duckdb")) as connection:
        fill(connection, table_rows(leaking), project)
    result = run(project)
    assert result.exit_code == 1
    assert "Found a layer 'behavior' that explains more of what came after" in (
        result.output
    )
    assert not (project / CARD).exists()
    (project / "shop.duckdb").unlink()
    result = run(project)
    assert result.exit_code == 1
    assert "expected the tables of a build. Run `dbt build`" in result.output


@pytest.fixture
def panel(
    tmp_path: Path, rows: list[Row]
) -> Iterator[Callable[[dict[str, list[list[object]]]], Panel]]:
    """Return the function that opens the panel with tables of outcomes."""
    with duckdb.connect() as connection:

        def opened(tables: dict[str, list[list[object]]]) -> Panel:
            empty: dict[str, list[list[object]]] = {n: [] for n in OUTCOME_SCHEMA}
            fill(connection, table_rows(rows) | empty | tables, tmp_path)
            return open_panel(connection)

        yield opened


def by_pair(sums: Sums) -> dict[tuple[str, str], list[float]]:
    """Return people, squares and totals of each pair that somebody has."""
    found = sums.values.sum(axis=0)
    return {
        code: [float(value) for value in found[place]]
        for place, code in enumerate(sums.codes)
        if found[place, PEOPLE]
    }


def test_category_shares_equal_a_calculation_by_hand(
    panel: Callable[..., Panel], rows: list[Row]
) -> None:
    a, b, c, d = (f"c{number:05d}" for number in (0, 1, 2, 3))
    inside, outside = date(2024, 7, 1), date(2024, 6, 30)
    opened = panel(
        {
            "identity__customer_map": [["s", f"r-{key}", key] for key in (a, b, c, d)],
            "int_features__products": [["s", "p1", "tea"], ["s", "p2", "50% off?"]],
            "int_features__purchase_movements": [
                ["s", f"r-{a}", "a1", inside, True],
                # Placed again, as its customer changed: bought once.
                ["s", f"r-{a}", "a1", date(2024, 7, 2), True],
                ["s", f"r-{a}", "a0", outside, True],
                ["s", f"r-{b}", "b1", date(2024, 9, 30), True],
                ["s", f"r-{c}", "c1", date(2024, 10, 1), True],
                ["s", f"r-{d}", "d1", inside, False],
            ],
            "input__order_lines": [
                ["s", "a1", 1, "p1", 30, "2024-07-01 00:00:00", False],
                # The later version of a line counts, a deleted one does not.
                ["s", "a1", 1, "p1", 20, "2024-07-02 00:00:00", False],
                ["s", "a1", 2, "p2", 60, None, False],
                ["s", "a1", 3, "p1", 500, None, True],
                ["s", "a1", 4, None, 20, None, False],
                ["s", "a0", 1, "p1", 900, None, False],
                ["s", "b1", 1, "p2", 10, None, False],
                ["s", "c1", 1, "p2", 10, None, False],
                ["s", "d1", 1, "p2", 10, None, False],
            ],
        }
    )
    assert find_categories(opened, QUARTER) == ["50% off?", "tea", "unknown"]
    found = by_pair(sum_categories(opened, QUARTER, ["50% off?", "tea"]))
    # People, squares, then shares of the two and of the rest: .6, .2, .2 and 1, 0, 0.
    expected: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * 5)
    for key, values in ((a, [1, 0.44, 0.6, 0.2, 0.2]), (b, [1, 1, 1, 0, 0])):
        [row] = [r for r in rows if (r.customer_id, r.as_of_date) == (key, DATES[1])]
        pair = (row.value_tier, row.behavior)
        expected[pair] = [x + y for x, y in zip(expected[pair], values, strict=True)]
    assert found == {key: pytest.approx(value) for key, value in expected.items()}


def test_responses_equal_a_calculation_by_hand(
    panel: Callable[..., Panel], rows: list[Row]
) -> None:
    people = [f"c{number:05d}" for number in range(6)]
    day, at = "2024-08-01 12:00:00", DATES[1]
    opened = panel(
        {
            "identity__customer_map": [
                *(["s", f"r-{key}", key] for key in people),
                ["told", "r-x", people[5]],
                ["shop", "card", people[0]],
            ],
            "input__campaigns": [["s", "summer", day], ["s", "past", "2024-05-01"]],
            "input__campaign_exposures": [
                ["s", f"r-{people[0]}", "summer", None, None],
                ["s", f"r-{people[1]}", "summer", None, None],
                # Assigned before the quarter, though the campaign starts in it.
                ["s", f"r-{people[2]}", "summer", "2024-06-01 00:00:00", None],
                ["s", f"r-{people[3]}", "past", None, None],
                # Within two days of the date: it may have been known on it.
                ["s", f"r-{people[4]}", "past", "2024-07-01 23:00:00", None],
                # This source tells exposures, so that no time means a holdout.
                ["told", "r-x", "own", day, None],
                ["told", "r-nobody", "own", day, day],
            ],
            "input__campaign_responses": [
                # Credited by another source.
                ["shop", "card", "summer", "2024-09-30 23:00:00"],
                ["s", f"r-{people[1]}", "summer", "2024-10-01 00:00:00"],
                ["s", f"r-{people[1]}", "past", day],
                ["s", f"r-{people[2]}", "summer", day],
            ],
        }
    )
    found = sum_responses(opened, QUARTER).values.sum(axis=(0, 1))
    assert list(found[[PEOPLE, SQUARES, TOTALS]]) == [2, 1, 1]
    pairs = {
        (row.value_tier, row.behavior)
        for row in rows
        if row.as_of_date == at and row.customer_id in people[:2]
    }
    assert set(by_pair(sum_responses(opened, QUARTER))) == pairs


def test_behaviour_that_decides_adds_to_the_tier(
    panel: Callable[..., Panel], rows: list[Row]
) -> None:
    power = measure_power(panel(outcome_rows(rows)))
    added = {row.name: row for row in power.additions}
    bought = added["categories bought"]
    response = added["campaign response"]
    for addition in (bought, response):
        assert addition.tier is not None
        assert abs(addition.tier.value) < 0.02
        assert addition.overall is not None
        # It decides everything in the fixture; the tier nothing.
        assert addition.overall.value > 0.98
    assert "message clicks" not in added


def test_behaviour_dealt_at_random_adds_nothing(
    panel: Callable[..., Panel], rows: list[Row]
) -> None:
    tables = outcome_rows(rows)
    turned = changed(
        rows, behavior=lambda row: f"b{int(row.customer_id[1:]) * 7919 % 101 % 3}"
    )
    opened = panel(tables | table_rows(turned))
    for addition in measure_power(opened).additions:
        assert_nothing(addition)


def assert_nothing(addition: Addition) -> None:
    assert addition.overall is not None
    assert abs(addition.overall.value) < 0.02
    assert addition.overall.low < 0 < addition.overall.high
