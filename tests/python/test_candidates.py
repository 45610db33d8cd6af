"""Candidates: what is hidden is found first, noise is not, bought data are weighed."""

import json
from decimal import Decimal

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

from candidate_worlds import world
from segmentation.candidates import print_candidates
from segmentation.candidates.build import read_people
from segmentation.candidates.levels import added, dummies, f_tail, levels
from segmentation.candidates.measure import judge
from segmentation.cli import cli
from segmentation.train.power import Panel


def test_a_hidden_feature_is_found_first() -> None:
    found = judge(world(1, hidden=0.4))
    first = found.candidates[0]
    assert (first.name, first.outcome, first.is_found) == ("hidden", "spend", True)
    # Two values .4 apart in a spread of one: .2^2 of 1 + .2^2.
    assert first.added.low < 0.04 / 1.04 < first.added.high
    told = {row.name for row in found.candidates if row.is_found}
    assert told <= {"hidden", "insight (acme)"}


def test_worlds_without_anything_to_find_are_calm() -> None:
    worlds = 30
    alarming = sum(
        any(row.is_found for row in judge(world(100 + seed, 1200)).candidates)
        for seed in range(worlds)
    )
    # A true rate of 5% stays at or under 5 of 30 in 99 of 100 repetitions.
    assert alarming <= 5


def test_bought_values_are_weighed_by_what_they_add_and_cost() -> None:
    found = judge(world(2, hidden=0.5), costs={"acme": 900.0})
    acme, umbra = found.providers
    assert (acme.name, acme.attributes) == ("acme", ("insight",))
    assert acme.coverage == pytest.approx(0.6, abs=0.03)
    assert acme.cost_per_customer == pytest.approx(900 / (acme.coverage * 3000))
    assert acme.added["spend"].low > 0.005
    assert umbra.cost is None
    assert umbra.added["spend"].low < 0 < umbra.added["spend"].high + 0.002


def test_the_f_test_is_that_of_two_nested_regressions() -> None:
    people = world(3, hidden=0.2)
    found = levels(people.features["noise_0"])
    assert found is not None
    known = found != ""
    cells, is_first = people.cells[known], people.is_first[known]
    design, outcome = dummies(found[known]), people.outcomes["spend"][known]
    measured = added(outcome, cells, design, is_first)
    assert measured is not None
    base = (cells[:, None] == np.unique(cells)[None, :]).astype(float)[is_first]
    squares = []
    for each in (base, np.hstack([base, design[is_first]])):
        slopes = np.linalg.lstsq(each, outcome[is_first], rcond=None)[0]
        squares.append(((outcome[is_first] - each @ slopes) ** 2).sum())
    degrees = int(is_first.sum()) - base.shape[1] - design.shape[1]
    ratio = (squares[0] - squares[1]) / design.shape[1] / (squares[1] / degrees)
    expected = stats.f.sf(ratio, design.shape[1], degrees)
    assert measured.p_value == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("columns", [1, 3, 8])
def test_tails_of_f_are_not_below_those_of_scipy(columns: int) -> None:
    for probability in (0.05, 1e-3, 1e-5):
        ratio = stats.f.isf(probability, columns, 800)
        assert 0.9 < f_tail(ratio, columns, 800) / probability < 3


def test_levels_keep_equal_values_together_and_unknown_ones_out() -> None:
    numbers = levels([0.0] * 8 + [1.0, Decimal("2.0"), None])
    assert numbers is not None
    assert len(set(numbers[:8])) == 1
    assert numbers[10] == ""
    words = levels(["a"] * 60 + ["b"] * 39 + ["c", "unknown"])
    assert words is not None
    assert set(words) == {"a", "b", "other", ""}
    assert levels(["unknown", None, "a"]) is None


def test_the_page_says_what_was_found() -> None:
    from rich.console import Console

    console = Console(width=120, record=True)
    print_candidates(judge(world(1, hidden=0.4)), console, all_rows=False)
    text = console.export_text()
    assert "3,000 customers as of 2025-09-30" in text
    [line] = [each for each in text.splitlines() if " hidden " in each]
    assert "yes" in line


def test_a_cost_without_an_amount_is_refused() -> None:
    result = CliRunner().invoke(cli, ["candidates", "--cost", "acme"])
    assert result.exit_code == 2
    assert "such as acme=1200" in result.output


def test_json_is_json() -> None:
    from segmentation.candidates import candidates_json

    found = json.loads(candidates_json(judge(world(4, 1200))))
    assert found["past"] == "2025-09-30"


def test_customers_are_read_as_of_the_past_date() -> None:
    connection = duckdb.connect()
    connection.execute(
        """
        create table features__as_of_dates as select * from (values
            (date '2025-06-30', false), (date '2025-09-30', false),
            (date '2025-12-31', true)) as rows (as_of_date, is_current);
        create table features__customers as select * from (values
            ('a', date '2025-09-30', true, 1, 10.0, 5, 1, 'north', 7),
            ('a', date '2025-12-31', true, 3, 40.0, 9, 2, 'north', 8),
            ('b', date '2025-09-30', true, 2, 20.0, 5, 1, null, 9),
            ('b', date '2025-12-31', true, 2, 20.0, 5, 1, 'south', 9),
            ('c', date '2025-09-30', false, 2, 20.0, 5, 1, 'east', 9),
            ('c', date '2025-12-31', false, 3, 30.0, 5, 1, 'east', 9))
            as rows (customer_id, as_of_date, is_profiled, order_count, revenue,
            message_sent_count, message_click_count, region, page_count_90d);
        create table segments__memberships as
            select customer_id, as_of_date, 'best' as primary_segment,
            'gold' as value_tier from features__customers;
        create table segments__conditions as select 'page_count_90d' as feature;
        create table int_features__attribute_spans as select * from (values
            ('a', 'enrichment', 'acme', 'hobby', 'chess', date '2025-01-01', null),
            ('b', 'enrichment', 'acme', 'hobby', 'opera', date '2025-10-01', null),
            ('b', 'demographic', null, 'gender', 'male', date '2025-01-01', null))
            as rows (customer_id, attribute_group, provider, attribute_name,
            attribute_value, valid_from, replaced_date);
        """
    )
    tables = (
        *("features__as_of_dates", "features__customers", "segments__memberships"),
        *("segments__conditions", "int_features__attribute_spans"),
    )
    panel = Panel(
        lambda sql, *values: connection.execute(sql, values).fetchall(),
        {table: table for table in tables},
        {
            table: [
                row[0] for row in connection.execute(f"describe {table}").fetchall()
            ]
            for table in tables
        },
    )
    people = read_people(panel)
    assert people is not None
    assert (people.past.isoformat(), people.latest.isoformat()) == (
        "2025-09-30",
        "2025-12-31",
    )
    # What a rule uses is no candidate; what was bought later was not known.
    assert {name: list(values) for name, values in people.features.items()} == {
        "region": ["north", None],
        "hobby (acme)": ["chess", None],
    }
    assert list(people.outcomes["ordered"]) == [1, 0]
    assert people.outcomes["spend"] == pytest.approx([np.log(31), 0])
    assert people.outcomes["clicked"][0] == 1
    assert np.isnan(people.outcomes["clicked"][1])
