"""What must hold whatever the data: no look ahead, no loss, nothing undefined."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from complete_journey import DERIVED_SCHEMAS, LEDGER
from dbt_project import NO_UNIT_TESTS, DbtProject
from segmentation.fingerprint import Fingerprint, quoted
from segmentation.report import render_report
from shop import Shop, served_bytes, shop_project
from shop_story import (
    AS_OF,
    LATER,
    STITCHED,
    future,
    later_versions_of_parts,
    past,
    revenue_at,
)

pytestmark = pytest.mark.slow

# The panel: one row per customer and date.
PANEL = (
    "features__purchases",
    "features__categories",
    "features__demographics",
    "features__engagement",
    "features__psychographics",
    "features__value",
    "features__customers",
    "segments__memberships",
    "segments__memberships_long",
)
ABOUT_THE_PAST = (
    *("previous_primary_segment", "primary_since_date", "is_primary_since_censored"),
)
# Costs of later days stay in the input and are left out where they are read.
COUNT_DELIVERIES = (
    "main_internal.input__ad_spend",
    "main.measurement__source_audit",
    "main.measurement__source_families",
    "main_internal.int_measurement__source_facts",
)
SCORES = (
    *("recency_score", "frequency_score", "monetary_score", "discount_score"),
    *("basket_score", "variety_score", "rfm_total", "frequency_monetary_score"),
)
BASE_SETS = (
    "value_tier",
    "rfm",
    "lifecycle",
    "behavior",
    "demographic",
    "psychographic",
)


@dataclass(frozen=True)
class Story:
    """Builds of one shop.

    Attributes:
        past: As of June, with the rows of then.
        reread: As of June, built again with the rows of July in the sources.
        later: As of August, with a history of 13 months.
        later_alone: The same without history.
        first_ledger: The ledger after `past`.
    """

    past: DbtProject
    reread: DbtProject
    later: DbtProject
    later_alone: DbtProject
    first_ledger: Mapping[str, set[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def story(shop_project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("story")
    before, after = past(), past().appended(future())
    builds = {
        "past": shop_project(shop_project_dir, folder / "past/shop.duckdb", before)
    }
    build(builds["past"])
    shutil.copytree(folder / "past", folder / "reread")
    builds["reread"] = shop_project(
        shop_project_dir,
        folder / "reread/shop.duckdb",
        after.appended(later_versions_of_parts()),
    )
    for name, months in (("later", 13), ("later_alone", 0)):
        settings = {"segmentation_as_of": LATER, "segmentation_history_months": months}
        warehouse = folder / name / "shop.duckdb"
        builds[name] = shop_project(shop_project_dir, warehouse, after, vars=settings)
    build(builds["reread"])
    for name in ("later", "later_alone"):
        build(builds[name], "--exclude-resource-type", "test")
    return Story(**builds, first_ledger=ledger(builds["past"]))


def build(project: DbtProject, *options: str) -> None:
    result = project.build(*NO_UNIT_TESTS, *options)
    assert result.success, result.ending


def ledger(project: DbtProject) -> dict[str, set[tuple[Any, ...]]]:
    tables = ("measurement__releases", "measurement__release_sources")
    return {
        table: set(project.query(f"select * from {LEDGER}.{table}")) for table in tables
    }


def rows_of(
    project: DbtProject, table: str, where: str = "true", without: tuple[str, ...] = ()
) -> set[tuple[Any, ...]]:
    """Return the rows of a table with the name of each customer in front."""
    left_out = f"exclude ({', '.join(without)})" if without else ""
    return set(
        project.query(
            f"""
            select customers.anchor_source_customer_id, found.* {left_out}
            from {table} as found
            inner join main_identity.identity__customers as customers
                on found.customer_id = customers.customer_id
            where {where}
            """
        )
    )


def derived(project: DbtProject) -> dict[str, Fingerprint]:
    """Return the fingerprints of what does not show or count deliveries."""
    return {
        name: found
        for name, found in project.fingerprints(DERIVED_SCHEMAS).items()
        if not name.startswith(("main_internal.stg_", "main_internal.int_input__"))
        and name not in COUNT_DELIVERIES
    }


def codes(project: DbtProject, customer: str) -> dict[date, dict[str, Any]]:
    """Return features and codes of one customer by date."""
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        reader = connection.execute(
            """
            select features.*, memberships.* exclude (customer_id, as_of_date)
            from features__customers as features
            inner join segments__memberships as memberships
                on features.customer_id = memberships.customer_id
                and features.as_of_date = memberships.as_of_date
            inner join main_identity.identity__customers as customers
                on features.customer_id = customers.customer_id
            where customers.anchor_source_customer_id = ?
            """,
            [customer],
        )
        names = [column[0] for column in reader.description]
        rows = [dict(zip(names, row, strict=True)) for row in reader.fetchall()]
    return {row["as_of_date"]: row for row in rows}


def test_rows_after_the_as_of_date_change_nothing(story: Story) -> None:
    before, after = derived(story.past), derived(story.reread)

    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == set()
    delivered = (
        "select row_count from measurement__source_audit where entity = 'orders'"
    )
    assert story.past.query(delivered) != story.reread.query(delivered)


@pytest.mark.parametrize("table", PANEL)
def test_rows_of_july_change_nothing_in_june(table: str, story: Story) -> None:
    where = f"as_of_date <= '{AS_OF}' and as_of_date >= '2024-05-31'"
    # History is told under today's map: whose visits a login of July links has them.
    before, after = (
        {row for row in rows if row[0] != STITCHED}
        for rows in (rows_of(story.past, table), rows_of(story.later, table, where))
    )

    assert len(before) > 90
    assert sorted(before - after, key=str) == []
    assert sorted(after - before, key=str) == []


def test_a_login_after_the_date_gives_a_buyer_no_earlier_visits(story: Story) -> None:
    june = date.fromisoformat(AS_OF)
    found = {
        name: codes(project, STITCHED)[june]
        for name, project in (
            ("past", story.past),
            ("reread", story.reread),
            ("later", story.later),
        )
    }

    assert found["past"]["order_count"] == 2
    # What a model would be trained on does not show how the story ends.
    assert found["reread"] == found["past"]
    assert found["past"]["session_count_90d"] == 0
    # The leak is there to be found: under the map of August the visits are his.
    assert found["later"]["session_count_90d"] == 3


def test_the_rows_of_july_are_seen_in_august(story: Story) -> None:
    found = {
        name: codes(story.later, name)[date.fromisoformat(LATER)]
        for name in ("corrected", "deleted", "refunded_then_corrected", "relocated")
    }

    assert found["corrected"]["revenue"] == 155
    assert found["deleted"]["order_count"] == 1
    assert found["refunded_then_corrected"]["revenue"] == 140
    assert found["relocated"]["region"] == "South"
    assert found["relocated"]["age_band"] == "65+"
    dates = {name: min(codes(story.later, name)) for name in ("visitor", "newcomer")}
    assert dates == dict.fromkeys(dates, date(2024, 7, 31))


@pytest.mark.parametrize("table", PANEL)
def test_history_does_not_change_the_current_rows(table: str, story: Story) -> None:
    current = f"as_of_date = '{LATER}'"
    with_history = rows_of(story.later, table, current)
    alone = rows_of(story.later_alone, table)

    assert len(story.later.query("from features__as_of_dates")) == 5
    assert len(story.later_alone.query("from features__as_of_dates")) == 1
    assert sorted(with_history ^ alone, key=str) == []


def test_history_changes_only_what_is_about_the_past(story: Story) -> None:
    table = "segments__customers"
    with_history = rows_of(story.later, table, without=ABOUT_THE_PAST)

    assert with_history == rows_of(story.later_alone, table, without=ABOUT_THE_PAST)
    assert rows_of(story.later, table) != rows_of(story.later_alone, table)
    cuts = f"from main_internal.int_features__cut_points where as_of_date = '{LATER}'"
    assert sorted(story.later.query(cuts)) == sorted(story.later_alone.query(cuts))


def test_refunds_and_cancellations_count_from_their_own_day(story: Story) -> None:
    refunded = codes(story.past, "refunded_in_june")
    cancelled = codes(story.past, "cancelled_in_june")
    columns = ("revenue", "refunded_amount", "order_count", "revenue_90d")

    def shown(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in columns)

    assert shown(refunded[date(2024, 5, 31)]) == (100, 0, 1, 100)
    assert shown(refunded[date(2024, 6, 30)]) == (170, 30, 2, 170)
    assert shown(cancelled[date(2024, 5, 31)]) == (100, 0, 1, 100)
    assert shown(cancelled[date(2024, 6, 30)]) == (100, 100, 1, 100)
    assert refunded[date(2024, 6, 30)]["revenue_30d"] == 100
    assert refunded[date(2024, 6, 30)]["refund_rate"] == 0.15


@pytest.mark.parametrize("day", [date(2024, 5, 31), date(2024, 6, 30)])
def test_revenue_of_segments_adds_up_to_the_cent(day: date, story: Story) -> None:
    expected = revenue_at(past(), day)

    sums = story.past.query(
        f"""
        select memberships.segment_set, sum(features.revenue)
        from segments__memberships_long as memberships
        inner join features__customers as features
            on memberships.customer_id = features.customer_id
            and memberships.as_of_date = features.as_of_date
        where memberships.as_of_date = '{day}'
        group by memberships.segment_set
        """
    )

    assert len(sums) == 7
    assert set(dict(sums).values()) == {expected}


def test_an_objection_counts_from_its_day(story: Story) -> None:
    may, june = date(2024, 5, 31), date(2024, 6, 30)
    objecting = codes(story.past, "objecting_in_june")
    agreeing = codes(story.past, "agreeing_in_june")

    for profiled in (objecting[may], agreeing[june]):
        assert profiled["is_profiled"]
        assert None not in [profiled[name] for name in ("recency_score", "rfm_total")]
        assert "not_profiled" not in [profiled[name] for name in BASE_SETS]
    for objected in (objecting[june], agreeing[may]):
        assert not objected["is_profiled"]
        assert [objected[name] for name in SCORES] == [None] * len(SCORES)
        assert {objected[name] for name in BASE_SETS} == {"not_profiled"}
    assert objecting[june]["revenue"] == 200


def test_recorded_tables_only_grow(story: Story) -> None:
    grown = ledger(story.reread)

    for table, rows in story.first_ledger.items():
        assert rows < grown[table], table


def test_a_selection_in_the_development_loop_runs_without_publishing(
    story: Story, shop_project_dir: Path, tmp_path: Path
) -> None:
    for file in story.past.warehouse.parent.glob("*.duckdb"):
        shutil.copyfile(file, tmp_path / file.name)
    project = shop_project(
        shop_project_dir,
        tmp_path / "shop.duckdb",
        vars={"segmentation_history_months": 1},
    )
    served, recorded = served_bytes(project), ledger(project)

    result = project.build("--select", "int_features__as_of_dates+", *NO_UNIT_TESTS)

    assert result.exit_code == 0, result.log
    assert result.with_status("error", "fail", "skipped") == []
    assert "not released (partial)" in result.log
    assert served_bytes(project) == served
    assert ledger(project) == recorded
    assert len(project.query("from features__as_of_dates")) == 1


def one_order() -> Shop:
    shop = Shop()
    shop.add("orders", ordered_at="2024-06-20 12:00:00")
    return shop


@pytest.mark.parametrize(
    ("shop", "settings"),
    [
        pytest.param(Shop(), {}, id="empty tables"),
        pytest.param(Shop(), {"segmentation_sources": {}}, id="no sources"),
        pytest.param(one_order(), {}, id="one customer with one order"),
    ],
)
def test_almost_nothing_is_built_and_reported(
    shop: Shop,
    settings: Mapping[str, Any],
    story: Story,
    shop_project_dir: Path,
    tmp_path: Path,
) -> None:
    project = shop_project(
        shop_project_dir, tmp_path / "shop.duckdb", shop, vars=settings
    )

    build(project)

    expected = {name for name in columns_of(story.past) if name[0] == "main"}
    found = {name for name in columns_of(project) if name[0] == "main"}
    assert found == expected
    for (schema, table, column), kind in columns_of(project).items():
        if kind in ("DOUBLE", "FLOAT"):
            name, relation = quoted(column), quoted(schema, table)
            query = f"select count(*) from {relation} where not isfinite({name})"
            assert project.query(query) == [(0,)], (table, column)
    customers = len(shop.rows["orders"])
    assert len(project.query("from segments__customers")) == customers
    assert len(project.query("from features__customers")) == customers
    summary = render_report(tmp_path / "serving.duckdb", tmp_path / "report.html")
    assert not summary.is_conclusive
    page = (tmp_path / "report.html").read_text()
    assert "There is too little data to conclude anything" in page
    assert "NaN" not in page


def columns_of(project: DbtProject) -> dict[tuple[str, str, str], str]:
    """Return the type of each column of the derived schemas."""
    schemas = ", ".join(f"'{name}'" for name in DERIVED_SCHEMAS)
    rows = project.query(
        "select table_schema, table_name, column_name, data_type "
        f"from information_schema.columns where table_schema in ({schemas})"
    )
    return {(schema, table, column): kind for schema, table, column, kind in rows}
