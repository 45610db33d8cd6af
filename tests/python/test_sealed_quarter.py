"""A quarter of the real data, foreseen by a release before it and graded by one after.

The clock of publishing is that of 2017. What nobody played live stays a backtest.
"""

from dataclasses import replace
from datetime import datetime
from functools import partial
from unittest import mock

import duckdb
import pandas as pd  # type: ignore[import-untyped]
import pytest

from complete_journey import load
from dbt_project import NO_UNIT_TESTS, REPOSITORY, DbtProject, DbtResult
from segmentation.release.publish import publish

pytestmark = pytest.mark.slow

SEALED_AT = "2017-09-29 06:00:00"
# Midnight in New York: the next quarter has begun.
NEW_YEAR = "2018-01-01 05:00:00"


def build(project: DbtProject, as_of: str, moment: str) -> DbtResult:
    """Build as of a date, and publish by a clock that stands still."""
    at = partial(publish, clock=lambda: datetime.fromisoformat(moment))
    dated = replace(project, vars={"segmentation_as_of": as_of})
    with mock.patch("segmentation.dbt_plugin.publish", at):
        return dated.build(*NO_UNIT_TESTS)


@pytest.fixture(scope="module")
def logs() -> list[str]:
    return []


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, logs: list[str]) -> DbtProject:
    """The grocery data, released in September and at the end of the year."""
    folder = tmp_path_factory.mktemp("sealed_quarter")
    found = DbtProject(REPOSITORY, folder / "journey.duckdb")
    load(found.environment)
    for as_of, moment in (("2017-09-28", SEALED_AT), ("2017-12-31", NEW_YEAR)):
        result = build(found, as_of, moment)
        assert result.success, result.ending
        logs.append(result.log)
    return found


def test_the_first_release_seals_the_next_quarter_and_says_so(
    project: DbtProject, logs: list[str]
) -> None:
    [(count, version, sealed_at, last)] = project.query(
        "select count(*), max(value_version), max(sealed_at), max(quarter_end_date) "
        "from main_ledger.measurement__forecasts where quarter = '2017-Q4'"
    )
    assert str(sealed_at) == SEALED_AT
    assert str(last) == "2017-12-31"
    # What was trained through the third quarter was not known yet.
    assert version == "2017-06-30"
    [(root,)] = project.query(
        "select content from main_ledger.measurement__seals where kind = 'forecasts'"
    )
    assert (
        f"sealed: {count:,} forecasts of 2017-Q4. Add the line complete_journey,"
        f"2017-Q4,{root},{SEALED_AT} to seeds/forecast_roots.csv"
    ) in logs[0]
    # The new year has begun when the second release comes.
    assert "sealed:" not in logs[1]
    assert project.query(
        "select distinct quarter from main_ledger.measurement__forecasts"
    ) == [("2017-Q4",)]


def test_the_sealed_quarter_is_graded_by_orders_themselves(
    project: DbtProject,
) -> None:
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        orders = connection.execute(
            "select source_customer_id, net_amount, ordered_at "
            "from main_internal.input__orders where net_amount > 0"
        ).df()
        forecasts = connection.execute(
            "select forecasts.*, source_customer_id from "
            "main_ledger.measurement__forecasts as forecasts inner join "
            "main_identity.identity__customer_map using (customer_id)"
        ).df()
        grades = connection.execute(
            "select * from main_restricted.int_measurement__forecast_grades "
            "where quarter = '2017-Q4' and segment_set = 'primary'"
        ).df()
    local = orders["ordered_at"].dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    orders["day"] = local.dt.date
    first, last = pd.Timestamp("2017-10-01").date(), pd.Timestamp("2017-12-31").date()
    orders = orders[(orders["day"] >= first) & (orders["day"] <= last)]
    lived = orders.groupby("source_customer_id").agg(
        orders=("day", "nunique"), revenue=("net_amount", "sum")
    )
    joined = forecasts.set_index("source_customer_id").join(lived)
    joined["ordered_share"] = joined["orders"].notna()
    columns = {
        "ordered_share": "order_probability",
        "orders": "expected_orders",
        "revenue": "expected_revenue",
    }
    assert len(grades) == 3 * joined["primary_segment"].nunique()
    for row in grades.itertuples():
        part = joined[joined["primary_segment"] == row.segment_code]
        assert row.customer_count == len(part)
        assert row.predicted == pytest.approx(
            part[columns[row.measure]].sum(), rel=1e-8
        )
        assert row.actual == pytest.approx(part[row.measure].fillna(0).sum(), abs=1e-6)


def test_earlier_quarters_are_backtests(project: DbtProject) -> None:
    found = project.query(
        "select quarter, evidence, sealed_at, as_of_date from measurement__validation "
        "where segment_set = 'all' and measure = 'orders' order by quarter"
    )
    assert [tuple(map(str, row)) for row in found] == [
        ("2017-Q2", "backtest", "None", "2017-03-31"),
        ("2017-Q3", "backtest", "None", "2017-06-30"),
        ("2017-Q4", "sealed", SEALED_AT, "2017-09-28"),
    ]


def test_a_forecast_that_is_embellished_later_fails_the_build(
    project: DbtProject,
) -> None:
    with duckdb.connect(str(project.warehouse)) as connection:
        [(customer,)] = connection.execute(
            "update main_ledger.measurement__forecasts set expected_orders = 1 "
            "where customer_id = (select min(customer_id) "
            "from main_ledger.measurement__forecasts) returning customer_id"
        ).fetchall()
    result = build(project, "2017-12-31", "2018-01-01 06:00:00")
    assert result.exit_code == 1
    assert (
        f"ERROR  The forecast of 2017-Q4 for customer {customer} was changed after it "
        "was sealed"
    ) in result.log
    assert len(project.query("from main_ledger.measurement__releases")) == 2
