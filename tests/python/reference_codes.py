"""The segment codes of Complete Journey, from the configured rules, with pandas.

The rules are read from dbt_project.yml and applied one row set at a time; nothing here
knows the SQL that the project compiles from the same text.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import yaml

from dbt_project import REPOSITORY
from exact_value import ExactValue
from reference_features import cuts, quarter_ends

RULE_SETS = ("rfm", "lifecycle", "behavior", "demographic")
SETS = ("primary_segment", "value_tier", *RULE_SETS, "psychographic")

# Complete Journey has no events and no messages.
NOT_DELIVERED = (
    "product_use_day_count_90d",
    "active_day_count_90d",
    "message_click_count_90d",
)

Rules = Sequence[Mapping[str, Any]]

# A comparison with a missing value is never true.
OPERATORS: Mapping[str, Callable[[pd.Series, Any], pd.Series]] = {
    "equals": lambda values, bound: values.eq(bound) & values.notna(),
    "not_equals": lambda values, bound: values.ne(bound) & values.notna(),
    "in": lambda values, bound: values.isin(bound),
    "not_in": lambda values, bound: ~values.isin(bound) & values.notna(),
    "at_least": lambda values, bound: values.ge(bound),
    "at_most": lambda values, bound: values.le(bound),
    "above": lambda values, bound: values.gt(bound),
    "below": lambda values, bound: values.lt(bound),
    "is_null": lambda values, _: values.isna(),
    "is_not_null": lambda values, _: values.notna(),
}


def configured() -> Mapping[str, Any]:
    """Return the variables of dbt_project.yml."""
    project = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text())
    settings: Mapping[str, Any] = project["vars"]
    return settings


def codes(buyers: pd.DataFrame, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return the code of each set for every buyer and date.

    Args:
        buyers: Features and demographics by date and household.
        settings: Variables of the project.
    """
    known = buyers.copy()
    known["customer_type"] = "buyer"
    known[list(NOT_DELIVERED)] = np.nan
    known["value_tier"] = _tiers(buyers, settings["segmentation_value_tiers"])
    for name in RULE_SETS:
        known[name] = first_match(
            known, settings[f"segmentation_rules_{name}"], "not_observed"
        )
    known["psychographic"] = "not_observed"
    primary = sorted(
        settings["segmentation_segments"], key=lambda rule: int(rule["priority"])
    )
    known["primary_segment"] = first_match(known, primary, "otherwise")
    return known[list(SETS)]


def _tiers(buyers: pd.DataFrame, tiers: Rules) -> pd.Series:
    """Cut the measure of a date where the buyers of the last quarter end cut it."""
    days = dict(list(buyers.groupby("as_of_date")))
    at = {day: _measure(rows, _parameters(day)) for day, rows in days.items()}
    ends = quarter_ends(list(at))
    found = []
    for day, measure in at.items():
        quarter = at[max(end for end in ends if end <= day)]
        bounds = cuts(quarter, [1 - float(tier["top_share"]) for tier in tiers])
        names = [tier["code"] for tier in tiers]
        has_spent = days[day]["revenue_90d"] > 0
        reached = [(measure >= bound) & has_spent for bound in bounds]
        chosen = np.select(reached, names, default="dormant")
        found.append(pd.Series(chosen, index=measure.index))
    return pd.concat(found)


def _parameters(day: date) -> Mapping[str, Any]:
    """Return what was trained through a day or earlier, else the oldest."""
    with (REPOSITORY / "seeds" / "value_parameters.csv").open(newline="") as lines:
        rows = [
            row for row in csv.DictReader(lines) if row["dataset"] == "complete_journey"
        ]
    rows.sort(key=lambda row: row["trained_through"])
    known = [row for row in rows if row["trained_through"] <= day.isoformat()]
    return known[-1] if known else rows[0]


def _measure(rows: pd.DataFrame, parameters: Mapping[str, Any]) -> pd.Series:
    """Return spend of 90 days, or its mean with what is expected and the own rate."""
    spent = rows["revenue_90d"]
    if parameters["tier_measure"] == "spend_90d":
        return spent
    assert parameters["tier_measure"] == "combined_spend"
    exact = ExactValue(parameters)
    numbers = ("gap_count", "gap_days", "tenure_days", "revenue")
    expected = [
        exact.alive(x, recency, age)
        * exact.orders_if_alive(x, age, 90)
        * exact.order_value(x + 1, cents / 100)
        * 100
        for x, recency, age, cents in zip(
            *(rows[name].astype(int).tolist() for name in numbers), strict=True
        )
    ]
    rate = rows["revenue"] * 90 / rows["tenure_days"].clip(lower=90)
    combined = (np.array(expected, dtype=float) + rate + spent) / 3
    return np.floor(combined + 0.5)


def first_match(known: pd.DataFrame, rules: Rules, otherwise: str) -> pd.Series:
    """Return for each row the code of the first rule whose conditions all hold."""
    matches = [_all(known, rule["when"]).to_numpy() for rule in rules]
    names = [rule["code"] for rule in rules]
    return pd.Series(np.select(matches, names, default=otherwise), index=known.index)


def _all(known: pd.DataFrame, conditions: Rules) -> pd.Series:
    holds = pd.Series(True, index=known.index)
    for condition in conditions:
        holds &= _one(known, condition)
    return holds


def _one(known: pd.DataFrame, condition: Mapping[str, Any]) -> pd.Series:
    if "any" in condition:
        holds = pd.Series(False, index=known.index)
        for part in condition["any"]:
            holds |= _one(known, part)
        return holds
    [operator] = condition.keys() - {"feature"}
    return OPERATORS[operator](known[condition["feature"]], condition[operator])
