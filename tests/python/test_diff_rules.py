"""A dry run of rules says who would move, as a build with them then does."""

import copy
import json
from collections.abc import Mapping
from contextlib import chdir
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner, Result

from complete_journey import DERIVED_SCHEMAS
from dbt_project import NO_TESTS, DbtProject
from reference_codes import configured
from rule_engine import assigned, numbers_as_floats
from segmentation.cli import cli
from segmentation.fingerprint import fingerprints
from segmentation.rules.difference import Difference
from segmentation.rules.errors import (
    BuildNotWholeError,
    FeaturesChangedError,
    OtherDateError,
    RevenueMissingError,
    TooManyMoversError,
)
from segmentation.rules.gates import check_shares
from segmentation.rules.last_build import check_features, date_of_build
from segmentation.rules.movers import Total
from shop import served_bytes, shop_project

pytestmark = pytest.mark.slow

SETS = ("primary", "value_tier", "rfm", "lifecycle", "behavior", "demographic")
ALL_SETS = (*SETS, "psychographic")


def changed_rules() -> dict[str, Any]:
    """Return variables: rules of two sets and a tier that differ from the defaults.

    Nobody gets a steady customer any more, so that most have no primary segment.
    """
    settings = copy.deepcopy(dict(configured()))
    lifecycle = settings["segmentation_rules_lifecycle"]
    lifecycle[1]["when"] = [{"feature": "overdue_ratio", "at_most": 0.8}]
    segments = settings["segmentation_segments"]
    steady = next(rule for rule in segments if rule["code"] == "steady")
    steady["when"] = [{"feature": "order_count", "at_least": 1000}]
    tiers = settings["segmentation_value_tiers"]
    tiers[1]["top_share"] = 0.25
    return {
        "segmentation_rules_lifecycle": lifecycle,
        "segmentation_segments": segments,
        "segmentation_value_tiers": tiers,
        # The shop is small, and its gates are to judge all the same.
        "segmentation_min_population": 5,
    }


def run(project: DbtProject, variables: Mapping[str, Any], *words: str) -> Result:
    folder = str(project.project_dir)
    options = ["--project-dir", folder, "--profiles-dir", folder]
    if project.target:
        options += ["--target", project.target]
    options += ["--vars", json.dumps(dict(variables))]
    return CliRunner().invoke(
        cli, ["diff", "rules", *words, *options], env=project.environment
    )


def panel(project: DbtProject) -> pd.DataFrame:
    """Return features and codes by customer and date."""
    rows = project.query(
        "select customers.*, codes.*, layers.psychographic_origin "
        "from features__customers as customers "
        "inner join (select customer_id as id, as_of_date as day, "
        "* exclude (customer_id, as_of_date) from segments__memberships) as codes "
        "on customer_id = id and as_of_date = day "
        "inner join main_internal.int_segments__layer_codes as layers "
        "using (customer_id, as_of_date)"
    )
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        names = [
            row[0]
            for table in ("features__customers", "segments__memberships")
            for row in connection.execute(f"describe {table}").fetchall()
        ]
    after = len(names) - names[::-1].index("customer_id") - 1
    names[after : after + 2] = []
    first = names.index("primary_segment")
    names = [*names[:first], "id", "day", *names[first:], "psychographic_origin"]
    found = pd.DataFrame(rows, columns=names).drop(columns=["id", "day"])
    return found.set_index(["customer_id", "as_of_date"])


def codes(project: DbtProject) -> pd.DataFrame:
    """Return the code of each set by customer and date."""
    rows = project.query(
        f"select customer_id, as_of_date, primary_segment, {', '.join(ALL_SETS[1:])} "
        "from segments__memberships"
    )
    found = pd.DataFrame(rows, columns=["customer_id", "as_of_date", *ALL_SETS])
    return found.set_index(["customer_id", "as_of_date"]).sort_index()


def moves(
    before: pd.DataFrame, after: pd.DataFrame, values: pd.DataFrame
) -> dict[tuple[Any, ...], tuple[int, float | None]]:
    """Return customers and revenue by date, set and pair of codes."""
    found = {}
    for name in after:
        pairs = pd.DataFrame(
            {"before": before[name], "after": after[name], **values}
        ).reset_index()
        pairs = pairs[pairs["before"] != pairs["after"]]
        for key, some in pairs.groupby(["as_of_date", "before", "after"]):
            day, *both = key
            known = some["revenue_90d"].dropna()
            revenue = float(sum(known)) if len(known) else None
            found[(str(day)[:10], name, *both)] = (len(some), revenue)
    return found


def told(found: Mapping[str, Any]) -> dict[tuple[Any, ...], tuple[int, float | None]]:
    return {
        (m["as_of_date"], m["segment_set"], m["before"], m["after"]): (
            m["customers"],
            m["revenue_90d"],
        )
        for m in found["movers"]
    }


def tables(project: DbtProject) -> dict[str, Any]:
    """Return every table of the warehouse with what identifies its rows."""
    with (
        chdir(project.project_dir),
        duckdb.connect(str(project.warehouse), read_only=True) as connection,
    ):
        schemas = [
            row[0]
            for row in connection.execute(
                "select schema_name from information_schema.schemata "
                "where catalog_name = current_catalog()"
            ).fetchall()
        ]
        assert set(DERIVED_SCHEMAS) < set(schemas)
        return {**fingerprints(connection, schemas), "schemas": sorted(schemas)}


def test_movers_are_those_of_pandas_and_of_a_build(released_shop: DbtProject) -> None:
    before, served = tables(released_shop), served_bytes(released_shop)
    variables = changed_rules()
    result = run(released_shop, variables, "--json")
    assert result.exit_code == 1, result.output
    # Whoever was steady is left, and a build with these rules would stop at that.
    assert "Error: Gate otherwise_customer_share of primary (otherwise)" in (
        result.stderr
    )
    assert "in segmentation_segments." in result.stderr
    assert tables(released_shop) == before
    assert served_bytes(released_shop) == served
    found = json.loads(result.stdout)
    old = codes(released_shop)
    known = numbers_as_floats(panel(released_shop)).sort_index()
    values = known[["revenue_90d"]]

    # Rules alone, as nothing here cuts tiers: whom a tier moves is left out.
    settings = {**configured(), **variables}
    by_rules = assigned(known, settings)[["rfm", "lifecycle", "behavior"]]
    expected = moves(old, by_rules, values)
    assert len({key[0] for key in expected}) > 1
    assert expected == {
        key: value
        for key, value in told(found).items()
        if key[1] in ("rfm", "lifecycle", "behavior")
    }

    built = shop_project(
        released_shop.project_dir, released_shop.warehouse, vars=variables
    )
    outcome = built.build(*NO_TESTS)
    assert outcome.success, outcome.log
    [(is_continued,)] = built.query(
        "select is_continued from main_internal.int_input__runs "
        "order by run_number desc limit 1"
    )
    assert not is_continued
    new = codes(built)
    assert told(found) == moves(old, new, values)
    assert {key[1] for key in told(found)} >= {"primary", "value_tier", "lifecycle"}
    counted = {
        (size["as_of_date"], size["segment_set"], size["code"]): (
            size["before"],
            size["after"],
        )
        for size in found["sizes"]
    }
    for name in ALL_SETS:
        for side, frame in enumerate((old, new)):
            sizes = frame.groupby(["as_of_date", name]).size()
            for (day, code), count in sizes.items():
                assert counted[str(day)[:10], name, code][side] == count

    now = max(old.index.get_level_values("as_of_date"))
    moved = (old != new).any(axis=1)[old.index.get_level_values("as_of_date") == now]
    assert found["total"]["moved"] == moved.sum()
    assert found["customer_share"] == moved.mean()
    versions = {
        (d["segment_set"], d["code"]): (d["before"], d["after"])
        for d in found["definitions"]
    }
    assert versions == {
        ("lifecycle", "active"): (
            "overdue ratio is at most 3",
            "overdue ratio is at most 0.8",
        ),
        ("primary", "steady"): ("lifecycle is active", "order count is at least 1000"),
        ("value_tier", "gold"): (
            "spend of the last 90 days in the top 15.0% of buyers",
            "spend of the last 90 days in the top 25.0% of buyers",
        ),
    }


def test_without_a_change_nobody_moves(released_shop: DbtProject) -> None:
    limits = ("--max-customer-share", "0", "--max-revenue-share", "0")
    result = run(released_shop, {}, *limits)
    assert result.exit_code == 0, result.output
    assert "Definitions: none changed." in result.output
    assert "No customer changes a code at any date." in result.output


def test_what_needs_another_build_is_refused(released_shop: DbtProject) -> None:
    result = run(released_shop, {"segmentation_currency": "EUR"})
    assert result.exit_code == 1
    assert "Found other settings, models or macros of state before the" in result.output
    asked = run(released_shop, {"segmentation_as_of": "2024-06-20"})
    assert asked.exit_code == 1
    assert "expected 2024-06-30, the date of the last build" in asked.output


NAMES = {"int_input__runs": "runs", "features__as_of_dates": "dates"}


@pytest.mark.parametrize(
    ("runs", "refusal"),
    [
        ([("a" * 32 + "b" * 32, True), ("c" * 64, True)], None),
        ([("a" * 32 + "c" * 32, True)], None),
        ([("b" * 64, True)], FeaturesChangedError),
        ([(None, True)], FeaturesChangedError),
        ([("a" * 64, False), ("a" * 64, True)], BuildNotWholeError),
        ([], BuildNotWholeError),
    ],
)
def test_features_count_where_all_but_seeds_and_rules_is_as_it_was(
    runs: list[Any], refusal: type[Exception] | None
) -> None:
    settings = {"state": "a" * 32 + "b" * 32}
    if refusal is None:
        check_features(lambda *_: runs, NAMES, settings)
        return
    with pytest.raises(refusal):
        check_features(lambda *_: runs, NAMES, settings)


def test_the_date_is_that_of_the_build() -> None:
    day = date(2024, 6, 30)
    query = lambda *_: [(day,)]  # noqa: E731
    assert date_of_build(query, NAMES, {}) == day
    assert date_of_build(query, NAMES, {"segmentation_as_of": day}) == day
    with pytest.raises(OtherDateError, match="expected 2024-06-30"):
        date_of_build(query, NAMES, {"segmentation_as_of": "2024-05-31"})


def test_limits_are_on_customers_and_on_revenue() -> None:
    def difference(total: Total) -> Difference:
        return Difference(date(2024, 6, 30), "USD", total, (), (), (), (), ())

    some = difference(Total(200, Decimal("1000"), 20, Decimal("500")))
    check_shares(some, 0.5, 0.1)
    with pytest.raises(TooManyMoversError, match=r"Found 10\.0000% of the customers"):
        check_shares(some, None, 0.0999)
    with pytest.raises(TooManyMoversError, match=r"Found 50\.0000% of the revenue"):
        check_shares(some, 0.4999, None)
    nothing = difference(Total(200, Decimal(0), 20, Decimal(0)))
    check_shares(nothing, None, 0.1)
    with pytest.raises(RevenueMissingError):
        check_shares(nothing, 0.5, None)
