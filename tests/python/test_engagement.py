"""Engagement features against a count by hand, at every date and with every history."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reference_engagement import engagement_at
from reference_histories import first_days, histories
from shop_engaged_builds import LATER, PAST, Engaged, Table, engaged_builds

TABLE = "features__engagement"
KEYS = ("customer_id", "as_of_date")


@pytest.fixture(scope="module")
def engaged(shop_project_dir: Path) -> Engaged:
    return engaged_builds(shop_project_dir)


@pytest.fixture(scope="module")
def found(engaged: Engaged) -> Table:
    return engaged.panel(engaged.later, TABLE)


@pytest.fixture(scope="module")
def expected(engaged: Engaged, found: Table) -> Table:
    people = histories(engaged.shop)
    starts = first_days(engaged.shop)
    dates = {at for at, _ in found}
    return {
        (at, name): row
        for at in dates
        for name, row in engagement_at(people, starts, at).items()
    }


def columns(table: Table) -> list[str]:
    [*names] = next(iter(table.values()))
    return [name for name in names if name not in KEYS]


def differences(found: Table, expected: Table, column: str) -> list[tuple[Any, ...]]:
    return [
        (key, row[column], expected[key][column])
        for key, row in found.items()
        if not is_same(row[column], expected[key][column])
    ]


def is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and other is not None:
        return abs(one - float(other)) <= 1e-9
    return bool(one == other)


def test_every_customer_is_there_at_every_date(found: Table, expected: Table) -> None:
    assert found.keys() == expected.keys()
    assert len({at for at, _ in found}) == 13
    assert 13 * 20 < len(found) < 13 * 40


def test_every_column_is_what_a_count_by_hand_gives(
    found: Table, expected: Table
) -> None:
    assert set(columns(found)) == set(next(iter(expected.values())))
    wrong = {name: differences(found, expected, name) for name in columns(found)}
    assert {name: rows[:3] for name, rows in wrong.items() if rows} == {}


@pytest.mark.parametrize("column", ["usual_hour", "click_rate", "preferred_channel"])
def test_the_comparison_is_of_many_values(column: str, expected: Table) -> None:
    assert len({row[column] for row in expected.values()}) > 5


def test_each_family_has_windows_that_are_covered_and_some_that_are_not(
    found: Table,
) -> None:
    for name in columns(found):
        if "_window_status_" in name:
            statuses = {row[name] for row in found.values()}
            if name != "web_window_status_30d":
                assert statuses == {"observed", "window_not_observed"}, name
        else:
            values = [row[name] for row in found.values()]
            assert any(value is not None for value in values), name


@pytest.mark.parametrize("table", [TABLE, "features__psychographics"])
def test_what_comes_later_changes_nothing(engaged: Engaged, table: str) -> None:
    past = engaged.panel(engaged.past, table)
    later = engaged.panel(engaged.later, table)

    assert {at for at, _ in past} == {date(2024, 8, 31), PAST}
    assert same_rows(past, {key: later.get(key) for key in past})


@pytest.mark.parametrize("table", [TABLE, "features__psychographics"])
def test_history_does_not_change_the_current_rows(engaged: Engaged, table: str) -> None:
    alone = engaged.panel(engaged.later_alone, table)
    with_history = engaged.panel(engaged.later, table)

    assert {at for at, _ in alone} == {LATER}
    current = {key: row for key, row in with_history.items() if key[0] == LATER}
    assert same_rows(alone, current)


def same_rows(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    assert one.keys() == other.keys()
    assert {key: (one[key], other[key]) for key in one if one[key] != other[key]} == {}
    return True


def test_the_wide_table_holds_the_same(engaged: Engaged, found: Table) -> None:
    wide = engaged.panel(engaged.later, "features__customers")
    names = columns(found)

    assert {key: [row[name] for name in names] for key, row in wide.items()} == {
        key: [row[name] for name in names] for key, row in found.items()
    }
