"""Builds that go on from the one before end where a build of everything ends.

The soak test (test_soak.py) plays many random nights; these are the single cases, with
what each of them must leave in the tables.
"""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_project import NO_TESTS, DbtProject, DbtResult
from shop import Shop, company, shop_project

pytestmark = pytest.mark.slow

RUNS = "main_internal.int_input__runs"
YESTERDAY = {"segmentation_as_of": "2024-06-29"}
SECOND_NIGHT = "second_night.duckdb"
# Records of one family name and postal code, as macros/identity/blocking_keys.sql says.
MOST = 40
SCHEMAS = ("main", "main_identity", "main_internal", "main_restricted")


def night(number: int) -> str:
    """Return a load time on the morning after night `number` of July."""
    return f"2024-07-{number + 1:02d} 05:00:00"


def run(project: DbtProject, *options: str) -> DbtResult:
    result = project.build(*NO_TESTS, *options)
    assert result.success, result.ending
    return result


def continued(project: DbtProject) -> list[tuple[bool, bool]]:
    query = f"select is_continued, is_complete from {RUNS} order by run_number"
    return [(bool(one), bool(two)) for one, two in project.query(query)]


def relative(family: str, number: int) -> dict[str, Any]:
    """Return a record of a family, with a first name of two letters."""
    first_name = chr(ord("a") + number // 26) + chr(ord("a") + number % 26)
    return {
        "source_customer_id": f"{family}-{number}",
        "first_name": first_name,
        "last_name": family,
        "postal_code": "1111",
        "updated_at": "2024-01-01 09:00:00",
    }


def first_delivery() -> Shop:
    """Return a company whose last events came with the first load, unseen so far."""
    shop = company(30)
    shop.add("orders", source_customer_id="c1", order_id="dated", loaded_at=None)
    shop.add("orders", source_customer_id="c2", order_id="vanishes", loaded_at=None)
    shop.add("events", source_customer_id="c3", occurred_at="2024-06-30 10:00:00")
    soon = {"source_customer_id": "soon", "created_at": "2024-06-30 09:00:00"}
    shop.add("customer_records", **soon, email="soon@mail.invalid")
    shop.add("orders", source_customer_id="c20", order_id="later", net_amount=None)
    # The 30 days after this visit end with 29 June.
    shop.add("customer_records", source_customer_id="quiet", email="q@mail.invalid")
    shop.add("events", source_customer_id="quiet", occurred_at="2024-05-31 10:00:00")
    # Of a family name and a town 40 records are compared, and not one more.
    for family, size in (("Fuller", MOST), ("Leaver", MOST + 1)):
        for number in range(size):
            shop.add("customer_records", **relative(family, number))
    # A year of orders, so that customers have peers.
    shop.add("orders", source_customer_id="c5", ordered_at="2023-06-01 10:00:00")
    # What a vendor said may be used until 29 June, and what Anna said holds again.
    for value, day, bought in (
        ("low", "2024-05-01", {}),
        (
            "high",
            "2024-06-01",
            {
                "attribute_group": "enrichment",
                "provider": "Acme",
                "licence": "2024-17",
                "expires_at": "2024-06-30 00:00:00",
            },
        ),
    ):
        shop.add(
            "customer_attributes",
            source_customer_id="anna",
            attribute_name="income_band",
            attribute_value=value,
            observed_at=f"{day} 10:00:00",
            **bought,
        )
    for number in range(2, 30):
        shop.add(
            "consents", source_customer_id=f"c{number}", purpose="direct_marketing"
        )
    for name in ("anna", "anna-2"):
        anna = {"first_name": "Anna", "last_name": "Berg", "email": "both@mail.invalid"}
        shop.add("customer_records", source_customer_id=name, **anna)
    return shop


def second_delivery(shop: Shop) -> Shop:
    """Add to a shop what its second night brings."""
    shop = shop.copy()
    later: dict[str, Any] = {"loaded_at": night(1)}
    shop.rows["orders"] = [
        row for row in shop.rows["orders"] if row["order_id"] != "vanishes"
    ]
    late = {"source_customer_id": "c4", "occurred_at": "2024-02-20 10:00:00"}
    shop.add("events", **late, **later)
    # A correction gives the order to somebody else.
    corrected = next(row for row in shop.rows["orders"] if row["order_id"] == "c6-0")
    shop.rows["orders"].append(
        corrected | {"source_customer_id": "c7", "net_amount": "99.50"} | later
    )
    # The same row once more, and one that contradicts itself.
    copied = next(row for row in shop.rows["messages"])
    shop.rows["messages"].append(copied | later)
    for amount in ("5.00", "6.00"):
        shop.add("orders", order_id="twice", net_amount=amount, **later)
    # Two customers turn out to be one, and a record is deleted.
    for name in ("c10", "c11"):
        shop.add(
            "identifiers", source_customer_id=name, identifier_value="both", **later
        )
    record = next(
        row
        for row in shop.rows["customer_records"]
        if row["source_customer_id"] == "c12"
    )
    shop.rows["customer_records"].append(
        record | {"is_deleted": "true", "updated_at": "2024-06-29 10:00:00"} | later
    )
    # Karl, who comes this night, shares the address of Anna, who objects.
    said = {"purpose": "direct_marketing", "changed_at": "2024-06-20 10:00:00"}
    for name, is_granted in (("anna", "false"), ("karl", "true")):
        shop.add(
            "consents",
            source_customer_id=name,
            channel="email",
            is_granted=is_granted,
            **said,
            **later,
        )
    for number, event in ((6, "bounced"), (7, "unsubscribed"), (13, "sent")):
        shop.add(
            "messages",
            source_customer_id=f"c{number}",
            event_type=event,
            occurred_at="2024-06-29 10:00:00",
            **later,
        )
    # One family grows, another loses a member to another town, and Anna's address has a
    # holder of another name.
    shop.add("customer_records", **relative("Fuller", MOST), **later)
    moved = {"postal_code": "2222", "updated_at": "2024-06-29 10:00:00"}
    shop.add("customer_records", **relative("Leaver", 0) | moved, **later)
    karl = {"first_name": "Karl", "last_name": "Voss", "email": "both@mail.invalid"}
    shop.add("customer_records", source_customer_id="karl", **karl, **later)
    # An account grows, which is that of c5; a month costs more and brought one more.
    grown = {"employee_count": 300, "updated_at": "2024-06-29 11:00:00"}
    shop.add("accounts", account_id="A1", **grown, **later)
    shop.add("ad_spend", spend_date="2024-05-20", spend_amount="77.70", **later)
    new = {"source_customer_id": "newcomer", "ordered_at": "2024-05-30 10:00:00"}
    shop.add("orders", **new, order_id="first", campaign_id="spring", **later)
    # The only line of an order names somebody else.
    line = {"source_customer_id": "c21", "order_id": "later", "net_amount": "7.00"}
    shop.add("order_lines", **line, product_id="p1", **later)
    # A line comes before its order, which is in pounds.
    line = {"source_customer_id": "c13", "order_id": "abroad", "net_amount": "10.00"}
    shop.add("order_lines", **line, product_id="p1", **later)
    return shop


def third_delivery(shop: Shop) -> Shop:
    """Add to a shop what its third night brings: the order of that line."""
    shop = shop.copy()
    shop.add(
        "orders",
        source_customer_id="c13",
        order_id="abroad",
        currency_code="GBP",
        net_amount="10.00",
        ordered_at="2024-06-20 10:00:00",
        loaded_at=night(2),
    )
    return shop


@pytest.fixture(scope="module")
def nights(
    shop_project_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[DbtProject, DbtProject, list[DbtResult]]:
    """Three nights in one warehouse, and all rows at once in another."""
    folder = tmp_path_factory.mktemp("nights")
    first = first_delivery()
    second = second_delivery(first)
    third = third_delivery(second)
    path = folder / "nightly" / "shop.duckdb"
    results = [run(shop_project(shop_project_dir, path, first, vars=YESTERDAY))]
    results.append(run(shop_project(shop_project_dir, path, second)))
    shutil.copyfile(path, folder / SECOND_NIGHT)
    nightly = shop_project(shop_project_dir, path, third)
    results.append(run(nightly))
    whole = shop_project(
        shop_project_dir, folder / "whole" / "shop.duckdb", third.shuffled(seed=3)
    )
    run(whole)
    return nightly, whole, results


Nights = tuple[DbtProject, DbtProject, list[DbtResult]]


def test_nights_end_where_a_build_of_everything_ends(nights: Nights) -> None:
    nightly, whole, _ = nights
    assert continued(nightly) == [(False, True), (True, True), (True, True)]
    assert nightly.differing(whole, SCHEMAS) == []


def test_a_late_row_lands_on_its_own_day(nights: Nights) -> None:
    nightly, _, _ = nights
    assert nightly.query(
        "select web_visit_count from main_internal.int_features__event_days "
        "where source_customer_id = 'c4' and event_date = '2024-02-20'"
    ) == [(1,)]


def test_a_row_delivered_before_its_day_is_seen_when_the_day_comes(
    nights: Nights,
) -> None:
    nightly, _, _ = nights
    assert nightly.query(
        "select web_visit_count from main_internal.int_features__event_days "
        "where source_customer_id = 'c3' and event_date = '2024-06-30'"
    ) == [(1,)]


def test_a_line_before_its_order_is_converted_at_its_rate(nights: Nights) -> None:
    nightly, _, _ = nights
    line = "select net_amount from main_internal.input__order_lines where order_id = "
    order = "select net_amount from main_internal.input__orders where order_id = "
    [(amount,)] = nightly.query(line + "'abroad'")
    assert [(amount,)] == nightly.query(order + "'abroad'")
    assert amount != 10


def test_what_a_source_without_load_times_leaves_out_is_gone(nights: Nights) -> None:
    nightly, _, _ = nights
    assert nightly.query(
        "select count(*) from main_internal.int_input__orders "
        "where order_id in ('vanishes', 'dated')"
    ) == [(1,)]


def test_a_night_reads_what_is_new(nights: Nights) -> None:
    nightly, _, _ = nights
    touched = nightly.query(
        "select distinct source_customer_id from "
        "main_internal.int_input__touched_records order by 1"
    )
    # The third night brings one order; c1's has no load time and is read each time.
    assert touched == [("c1",), ("c13",)]


def test_a_visit_leaves_its_window_without_a_new_row(nights: Nights) -> None:
    nightly, _, _ = nights
    assert nightly.query(
        "select session_count_30d, session_count_90d from main.features__engagement "
        "inner join main_identity.identity__customers using (customer_id) "
        "where anchor_source_customer_id = 'quiet' and as_of_date = '2024-06-30'"
    ) == [(0, 1)]


def test_what_leaves_a_window_leaves_past_dates_as_they_were(nights: Nights) -> None:
    nightly, _, _ = nights
    with duckdb.connect(str(nightly.warehouse.parent.parent / SECOND_NIGHT)) as second:
        touched = second.execute(
            "select source_customer_id, is_restated "
            "from main_internal.int_features__touched_customers "
            "inner join main_identity.identity__customer_map using (customer_id) "
            "where source_customer_id in ('quiet', 'c4') order by 1"
        ).fetchall()
    # To c4 comes a visit of February.
    assert touched == [("c4", True), ("quiet", False)]


def test_who_is_read_again_keeps_the_past_that_stays(nights: Nights) -> None:
    nightly, _, _ = nights
    # c1's order is read each night and says what it said; c13's is new.
    changed, restated = (
        nightly.query(
            "select distinct source_customer_id "
            f"from main_internal.int_features__{table} "
            "inner join main_identity.identity__customer_map using (customer_id) "
            "where source_customer_id in ('c1', 'c13') order by 1"
        )
        for table in ("changed_customers", "touched_customers")
    )
    assert restated == [("c1",), ("c13",)]
    assert changed == [("c13",)]


def test_a_night_computes_the_panel_of_who_has_changed(nights: Nights) -> None:
    nightly, _, _ = nights
    # As in the test before: the third night does not move the date.
    assert nightly.query(
        "select source_customer_id from main_internal.int_features__touched_map "
        "order by 1"
    ) == [("c1",), ("c13",)]


def test_an_account_concerns_its_people_and_a_licence_ends(nights: Nights) -> None:
    nightly, _, _ = nights
    found = nightly.query(
        "select anchor_source_customer_id, account_size_band, income_band, is_business "
        "from main.features__demographics "
        "inner join main_identity.identity__customers using (customer_id) "
        "where anchor_source_customer_id in ('c5', 'anna') and "
        "as_of_date in ('2024-05-31', '2024-06-30') order by 1, as_of_date"
    )
    assert found == [
        ("anna", "unknown", "low", False),
        ("anna", "unknown", "low", False),
        ("c5", "10-49", "unknown", True),
        ("c5", "250-999", "unknown", True),
    ]


def test_a_late_newcomer_shares_the_costs_of_the_month(nights: Nights) -> None:
    nightly, _, _ = nights
    # 40.00 for search, 25.50 for display and 77.70 that came late, for one customer:
    # 143.20, to two digits.
    assert nightly.query(
        "select acquisition_cost_basis, acquisition_cost_amount, as_of_date "
        "from main.features__value "
        "inner join main_identity.identity__customers using (customer_id) "
        "where anchor_source_customer_id = 'newcomer' order by as_of_date limit 1"
    ) == [("cohort", Decimal("140.00"), date(2024, 5, 31))]


def test_a_withdrawal_of_the_night_closes_the_channel_for_all_who_share(
    nights: Nights,
) -> None:
    nightly, _, _ = nights
    found = nightly.query(
        "select source_customer_id, reason "
        "from main_restricted.contact__reachability "
        "inner join main_identity.identity__customer_map using (customer_id) "
        "where channel = 'email' and source_customer_id in "
        "('anna', 'karl', 'c2', 'c7') order by 1"
    )
    assert found == [
        ("anna", "consent_withdrawn"),
        ("c2", "reachable"),
        ("c7", "person_suppressed"),
        ("karl", "identifier_suppressed"),
    ]


def test_a_key_that_becomes_crowded_has_no_pairs_and_gets_them_back(
    nights: Nights,
) -> None:
    nightly, _, _ = nights
    # Of the family that lost one, all others are compared with one another.
    assert pairs_of(nightly, "fuller") == []
    assert len(pairs_of(nightly, "leaver")) == MOST * (MOST - 1) // 2


def test_one_more_holder_of_an_address_tells_of_the_others(nights: Nights) -> None:
    nightly, _, _ = nights
    # Anna's two records are a pair of one name, whose address others hold too.
    assert pairs_of(nightly, "berg") == [(1,)]


def pairs_of(project: DbtProject, last_name: str) -> list[tuple[Any, ...]]:
    """Return whether an address is shared, for each pair of two of that name."""
    return project.query(
        "select pairs.email_shared "
        "from main_identity.int_identity__candidate_pairs as pairs "
        "inner join main_identity.int_identity__compared_records as one "
        "on pairs.node_a = one.record_number "
        "inner join main_identity.int_identity__compared_records as two "
        "on pairs.node_b = two.record_number "
        f"where one.last_name = '{last_name}' and two.last_name = '{last_name}'"
    )


def test_the_batch_ledger_counts_what_each_night_read(nights: Nights) -> None:
    nightly, _, _ = nights
    first = first_delivery().rows["orders"]
    assert nightly.query(
        "select run_number, row_count, undated_count "
        "from main_internal.int_input__batches where entity = 'orders' order by 1"
    ) == [
        (1, len(first) - 2, 2),
        (2, len(first) - 2 + 4, 1),
        (3, len(first) - 2 + 5, 1),
    ]


def test_rows_of_an_earlier_load_have_everything_read_again(nights: Nights) -> None:
    nightly, _, _ = nights
    shop = third_delivery(second_delivery(first_delivery()))
    shop.add("events", source_customer_id="c5", occurred_at="2024-04-04 10:00:00")
    shop.write(nightly.warehouse)
    result = run(nightly)
    assert "have come or gone in events of shop" in result.log
    assert continued(nightly)[-1] == (False, True)
    assert nightly.query(
        "select count(*) from main_internal.int_features__event_days "
        "where source_customer_id = 'c5' and event_date = '2024-04-04'"
    ) == [(1,)]


def test_a_build_without_rows_leaves_nothing_to_go_on_from(nights: Nights) -> None:
    nightly, _, _ = nights
    before = nightly.fingerprints(SCHEMAS)
    assert nightly.build("--empty", "--select", "int_input__events").success
    assert continued(nightly)[-1] == (False, False)
    run(nightly)
    assert continued(nightly)[-1] == (False, True)
    assert nightly.fingerprints(SCHEMAS) == before


def test_a_missing_table_has_everything_read_again(nights: Nights) -> None:
    nightly, _, _ = nights
    before = nightly.fingerprints(SCHEMAS)
    with duckdb.connect(str(nightly.warehouse)) as connection:
        connection.execute("drop table main_internal.int_identity__linked_clusters")
    run(nightly)
    assert continued(nightly)[-1] == (False, True)
    assert nightly.fingerprints(SCHEMAS) == before


def test_a_rerun_without_new_rows_touches_nothing(nights: Nights) -> None:
    nightly, _, _ = nights
    before = nightly.fingerprints(SCHEMAS)
    run(nightly)
    assert continued(nightly)[-1] == (True, True)
    assert nightly.fingerprints(SCHEMAS) == before
    touched = "select source_customer_id from main_internal.int_input__touched_records"
    assert nightly.query(touched) == [("c1",)]


def test_a_load_time_of_the_future_hides_nothing_that_comes_later(
    nights: Nights,
) -> None:
    nightly, _, _ = nights
    shop = third_delivery(second_delivery(first_delivery()))
    visit = {"source_customer_id": "c6", "event_name": "page_view"}
    ahead = "2099-01-01 00:00:00"
    shop.add("events", **visit, occurred_at="2024-04-05 10:00:00", loaded_at=ahead)
    shop.write(nightly.warehouse)
    run(nightly)
    # The clock of the loader is right again, and its rows seem to be old ones.
    later = night(5)
    shop.add("events", **visit, occurred_at="2024-04-06 10:00:00", loaded_at=later)
    shop.write(nightly.warehouse)
    result = run(nightly)
    assert "have come or gone in events of shop" in result.log
    assert nightly.query(
        "select event_date from main_internal.int_features__event_days "
        "where source_customer_id = 'c6' "
        "and event_date in ('2024-04-05', '2024-04-06') order by 1"
    ) == [(date(2024, 4, 5),), (date(2024, 4, 6),)]
