"""The codes of customers by rules, with pandas, from the features of a warehouse.

Nothing here knows the SQL that the project compiles from the same rules.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd  # type: ignore[import-untyped]

from reference_codes import RULE_SETS, first_match

OF_ORDERS = ("rfm", "lifecycle", "behavior")
RULE_NAMES = (*RULE_SETS, "psychographic")


def assigned(known: pd.DataFrame, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return the codes of every set but the tiers, which are cut.

    Args:
        known: Features of customers, their codes in the warehouse beside them: the tier
            is taken from there, and what a cluster gave.
        settings: Variables of the project with the rules.
    """
    known = known.copy()
    has_orders = known["order_count"] > 0
    for name in RULE_NAMES:
        codes = first_match(
            known, settings[f"segmentation_rules_{name}"], "not_observed"
        )
        if name in OF_ORDERS:
            codes = codes.where(has_orders, "no_orders")
        if f"{name}_origin" in known:
            codes = codes.where(known[f"{name}_origin"] == "rule", known[name])
        known[name] = codes.where(known["is_profiled"], "not_profiled")
    primary = sorted(
        settings["segmentation_segments"], key=lambda rule: int(rule["priority"])
    )
    codes = first_match(known, primary, "otherwise")
    known["primary_segment"] = codes.where(known["is_profiled"], "otherwise")
    return known[["primary_segment", *RULE_NAMES]]


def numbers_as_floats(known: pd.DataFrame) -> pd.DataFrame:
    """Return the features with every number as one that can be missing."""
    known = known.copy()
    for name in known:
        is_number = pd.api.types.is_numeric_dtype(known[name])
        if is_number and not pd.api.types.is_bool_dtype(known[name]):
            known[name] = known[name].astype(float)
    return known
