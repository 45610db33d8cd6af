"""Explanations say why each customer has their codes, and what would change them."""

import json
from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner, Result

from dbt_project import DbtProject
from reference_codes import RULE_SETS, configured, first_match
from segmentation.cli import cli

OF_ORDERS = ("value_tier", "rfm", "lifecycle", "behavior")
RULE = ["segment_set", "rule_place", "segment_code"]
SETS = ("value_tier", *RULE_SETS, "psychographic")


@pytest.fixture(params=["complete_journey", "released_shop"])
def project(request: pytest.FixtureRequest) -> DbtProject:
    """Real purchases, and a shop that has every family of data."""
    found: DbtProject = request.getfixturevalue(request.param)
    return found


def read(project: DbtProject, sql: str) -> pd.DataFrame:
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        return connection.execute(sql).df()


def current(project: DbtProject) -> pd.DataFrame:
    """Return features and codes of the as-of date by customer."""
    return read(
        project,
        "select customers.*, codes.* exclude (customer_id, as_of_date) "
        "from features__customers as customers "
        "inner join segments__memberships as codes using (customer_id, as_of_date) "
        "inner join segments__customers using (customer_id, as_of_date)",
    ).set_index("customer_id")


def test_conditions_replay_to_the_code_of_every_customer(project: DbtProject) -> None:
    rows = read(project, "select * from segments__explanations")
    codes = current(project)
    groups = rows.groupby(["customer_id", *RULE, "condition_group"])["is_met"].any()
    holds = groups.groupby(["customer_id", *RULE]).all()
    first = holds[holds].reset_index().sort_values("rule_place")
    first = first.drop_duplicates(["customer_id", "segment_set"])
    found = first.set_index(["customer_id", "segment_set"])["segment_code"]
    fallbacks = {"primary": "otherwise", "value_tier": "dormant"}
    compared = 0
    for segment_set in ("primary", *SETS):
        column = "primary_segment" if segment_set == "primary" else segment_set
        expected = codes.loc[codes["is_profiled"], column]
        # Of those who are in no rule's reach there is nothing to explain.
        expected = expected[~expected.isin(["no_orders", "not_profiled"])]
        assert set(expected.index) == set(
            rows.loc[rows["segment_set"] == segment_set, "customer_id"]
        )
        for customer, code in expected.items():
            otherwise = fallbacks.get(segment_set, "not_observed")
            assert found.get((customer, segment_set), otherwise) == code
            compared += 1
    assert compared > 4 * codes["is_profiled"].sum()


def test_values_are_those_of_the_features_now_and_at_entry(project: DbtProject) -> None:
    rows = read(project, "select * from segments__explanations")
    panel = read(
        project,
        "select customers.*, codes.* exclude (customer_id, as_of_date) "
        "from features__customers as customers "
        "inner join segments__memberships as codes using (customer_id, as_of_date)",
    ).set_index(["customer_id", "as_of_date"])
    for moment, suffix in (("as_of_date", ""), ("entry_date", "_at_entry")):
        for feature, some in rows.groupby("feature"):
            expected = panel[feature].loc[
                pd.MultiIndex.from_frame(some[["customer_id", moment]])
            ]
            number = some[f"value_number{suffix}"]
            text = some[f"value_text{suffix}"]
            if number.notna().any():
                numbers = pd.to_numeric(expected).to_numpy(dtype=float)
                np.testing.assert_allclose(number.to_numpy(dtype=float), numbers)
            else:
                assert words(expected) == words(text)


def words(values: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value).lower() for value in values]


def replay(known: pd.DataFrame, tier_rules: list[dict[str, Any]]) -> pd.Series:
    """Return the primary segment that the rules, applied with pandas, give."""
    settings = configured()
    known = known.copy()
    has_orders = known["order_count"] > 0
    observed = known["value_tier"].ne("not_observed") & has_orders
    tiers = first_match(known, tier_rules, "dormant")
    known["value_tier"] = tiers.where(observed, known["value_tier"])
    for name in RULE_SETS:
        codes = first_match(
            known, settings[f"segmentation_rules_{name}"], "not_observed"
        )
        if name in OF_ORDERS:
            codes = codes.where(has_orders, "no_orders")
        if name == "behavior":
            codes = codes.where(known["behavior_origin"] == "rule", known[name])
        known[name] = codes
    primary = sorted(
        settings["segmentation_segments"], key=lambda rule: int(rule["priority"])
    )
    return first_match(known, primary, "otherwise")


def changed_to(row: Mapping[str, Any]) -> float:
    """Return a number on the side of the threshold that the words name."""
    *sides, number = row["change_text"].split()
    side = {"below": -1, "above": 1}.get(sides[-1], 0) if sides else 0
    return float(number) + side * 1e-6


def test_changes_lead_where_pandas_says_and_the_smallest_is_smallest(
    project: DbtProject,
) -> None:
    rows = read(project, "select * from segments__explanations")
    cuts = rows[rows["segment_set"] == "value_tier"]
    cuts = cuts.drop_duplicates("rule_place").sort_values("rule_place")
    tier_rules = [
        {
            "code": cut["segment_code"],
            "when": [
                {"feature": cut["feature"], cut["operator"]: cut["threshold_number"]}
            ],
        }
        for _, cut in cuts.iterrows()
    ]
    codes = current(project)
    codes = codes[codes["is_profiled"]]
    numeric = {name for name in codes if pd.api.types.is_numeric_dtype(codes[name])}
    for name in numeric - {"is_profiled", "is_tenure_censored"}:
        codes[name] = codes[name].astype(float)
    same = replay(codes, tier_rules)
    assert same.equals(codes["primary_segment"].rename(same.name))

    moving = rows[rows["moves_to"].notna()]
    assert len(moving) > 0
    for (feature, text), some in moving.groupby(["feature", "change_text"]):
        world = codes.loc[some["customer_id"].unique()].copy()
        world[feature] = changed_to({"change_text": text})
        found = replay(world, tier_rules)
        assert (found.loc[some["customer_id"]].tolist()) == some["moves_to"].tolist()

    smallest = rows[rows["is_smallest_change"]].set_index("customer_id")
    least = moving.groupby("customer_id")["relative_change"].min()
    assert smallest["relative_change"].sort_index().equals(least)

    # Every number at which anything changes, with all else as it is. Of a score that
    # must equal something any other number would do; these are told one lower.
    equal = set(rows.loc[rows["operator"] == "equals", "feature"])
    numbers = rows[rows["threshold_number"].notna() & ~rows["feature"].isin(equal)]
    best = pd.Series(np.inf, index=codes.index)
    for feature, some in numbers.groupby("feature"):
        own = codes[feature]
        for threshold in some["threshold_number"].unique():
            is_allowed = own.notna() & ((feature != "tenure_days") | (own <= threshold))
            for nudge in (-1e-6, 0, 1e-6):
                world = codes.assign(**{feature: threshold + nudge})
                there = world[feature]
                size = (there - own).abs() / np.maximum(there.abs(), own.abs())
                moved = replay(world, tier_rules).ne(codes["primary_segment"])
                best = np.minimum(best, size.where(moved & is_allowed, np.inf))
    told = moving[~moving["feature"].isin(equal)]
    told = told.groupby("customer_id")["relative_change"].min()
    assert set(told.index) == set(best[best < np.inf].index)
    np.testing.assert_allclose(told, best.loc[told.index], atol=2e-6)


def explain(project: DbtProject, *words: str) -> Result:
    folder = ["--project-dir", str(project.project_dir)]
    folder += ["--profiles-dir", str(project.project_dir)]
    return CliRunner().invoke(
        cli, ["explain", *words, *folder], env=dict(project.environment)
    )


def test_the_command_answers_by_customer_record_and_in_json(
    released_shop: DbtProject,
) -> None:
    [(customer, segment, since, source, record)] = released_shop.query(
        "select customer_id, primary_segment, primary_since_date, source_system, "
        "source_customer_id from segments__customers "
        "inner join main_identity.identity__customer_map using (customer_id) "
        "where primary_segment <> 'prospect' order by 1, 4, 5 limit 1"
    )
    page = explain(released_shop, customer)
    assert page.exit_code == 0, page.output
    assert f"primary: {segment} (" in page.output
    assert f"), since {since}" in page.output
    assert "smallest change: " in page.output
    assert explain(released_shop, f"{source}/{record}").output == page.output
    found = json.loads(explain(released_shop, customer, "--json").output)
    assert found["codes"][0]["code"] == segment
    assert [code["segment_set"] for code in found["codes"]][:2] == [
        "primary",
        "value_tier",
    ]


def test_the_command_says_who_is_unknown(
    released_shop: DbtProject, tmp_path: Any
) -> None:
    unknown = explain(released_shop, "nobody")
    assert unknown.exit_code == 1
    assert "Found no customer 'nobody' in the last build; expected a" in unknown.output
    empty = DbtProject(released_shop.project_dir, tmp_path / "none" / "shop.duckdb")
    missing = explain(empty, "nobody")
    assert missing.exit_code == 1
    assert "expected the segment tables of a build. Run `dbt build`" in missing.output
