"""Which features a segment's own rule fixes, so that nothing circular is shown."""

from collections.abc import Collection

from segmentation.report.serving import Serving

# How recently, how often and how much are bound to each other: a rule that uses one of
# them, or a set or score made of them, fixes them all.
_ACTIVITY = frozenset(
    {
        "days_since_last_order",
        "order_count_90d",
        "revenue_90d",
        "mean_gap_days",
        "overdue_ratio",
        "revenue_trend_90d",
    }
)
_MADE_OF_ACTIVITY = (
    "value_tier",
    "rfm",
    "lifecycle",
    "recency_score",
    "frequency_score",
    "monetary_score",
    "order_count",
    "revenue",
    "expected_gap_days",
)
_ALSO_FIXES = {
    "discount_score": frozenset({"discount_share"}),
    "basket_score": frozenset({"average_order_value"}),
    "variety_score": frozenset({"product_count", "category_count"}),
}


def features_fixed_by_rules(
    serving: Serving, features: Collection[str]
) -> dict[str, set[str]]:
    """Find the features that each primary rule fixes, itself or through a code.

    Args:
        serving: Open served file.
        features: Columns to look for.

    Returns:
        Columns by primary code. A rule that names a code of another set fixes what the
        rule of that code fixes.
    """
    rules: dict[str, dict[str, str]] = {}
    for name, code, rule in serving.rows(
        "select segment_set, segment_code, coalesce(rule_text, '') "
        "from segments__definitions"
    ):
        rules.setdefault(name, {})[code] = rule.lower()
    found = {}
    for code, rule in rules.get("primary", {}).items():
        named = [
            text
            for name, others in rules.items()
            if name != "primary" and name.replace("_", " ") in rule.replace("_", " ")
            for other, text in others.items()
            if other in rule
        ]
        found[code] = _fixed_by(" ".join([rule, *named]), features)
    return found


def _fixed_by(rule: str, features: Collection[str]) -> set[str]:
    words = rule.replace(" ", "_")
    if "customer_type" in words:
        # Without an order there is nothing to differ in.
        return set(features)
    fixed = {column for column in features if column in words}
    if any(name in words for name in (*_ACTIVITY, *_MADE_OF_ACTIVITY)):
        fixed |= _ACTIVITY
    for name, columns in _ALSO_FIXES.items():
        if name in words:
            fixed |= columns
    return fixed
