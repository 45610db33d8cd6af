"""Which features stay empty, and which rules cannot be evaluated because of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from segmentation.doctor.findings import BlockedRule, EmptyFeature

# Alternatives, each a list of what it takes: `entity`, `entity.column` or a seed of
# trained parameters. Without any the feature is known of everybody, whatever is mapped.
Needs = Sequence[Sequence[str]]

# Values that a rule can name and that a customer without the feature has.
SAYS_NOTHING = frozenset({"unknown", "no_orders", "not_profiled", "not_observed"})


def available_inputs(
    columns: Mapping[str, Collection[str]], trained: Collection[str] = ()
) -> frozenset[str]:
    """Return what features can draw on, as `entity`, `entity.column` and seeds.

    Args:
        columns: Mapped columns by entity; an entity without a source is absent.
        trained: Seeds of trained parameters that have rows of the data set.
    """
    found = {f"{entity}.{name}" for entity, names in columns.items() for name in names}
    # Lines give the discount of orders that come without amounts.
    if "order_lines.discount_amount" in found and "orders.net_amount" not in found:
        found.add("orders.discount_amount")
    return frozenset(found.union(columns, trained))


def unmapped_features(
    needs: Mapping[str, Needs], available: Collection[str]
) -> Iterator[EmptyFeature]:
    """Yield the features for which no source delivers what they need.

    Args:
        needs: `meta.needs` by column of `features__customers`.
        available: What the mapped sources deliver.
    """
    for feature, ways in needs.items():
        lacking = [[item for item in way if item not in available] for way in ways]
        if lacking and all(lacking):
            words = " or ".join(" and ".join(items) for items in lacking)
            yield EmptyFeature(feature, f"needs {words}")


def blocked_rules(
    rules: Mapping[str, Sequence[Mapping[str, Any]]],
    empty: Mapping[str, str],
    sets: Collection[str],
) -> Iterator[BlockedRule]:
    """Yield the rules that cannot be evaluated.

    One condition on an empty feature blocks a rule, and so does one on codes of another
    set that are all blocked themselves; of conditions under `any` all must be blocked.

    Args:
        rules: Rules by set as configured, primary last.
        empty: Reason by empty feature.
        sets: Sets that primary rules may name as a feature.
    """
    reasons = dict(empty)
    if "revenue_90d" in empty:
        reasons["value_tier"] = empty["revenue_90d"]
    blocked: dict[str, set[str]] = {name: set() for name in sets}
    for set_name, listed in rules.items():
        for rule in listed:
            found = (_obstacle(part, reasons, blocked) for part in rule["when"])
            reason = next(filter(None, found), None)
            if reason is not None:
                blocked.setdefault(set_name, set()).add(rule["code"])
                yield BlockedRule(set_name, rule["code"], reason)


def _obstacle(
    condition: Mapping[str, Any],
    reasons: Mapping[str, str],
    blocked: Mapping[str, Collection[str]],
) -> str | None:
    """Return why nobody can meet the condition; null when somebody can."""
    if "any" in condition:
        parts = [_obstacle(part, reasons, blocked) for part in condition["any"]]
        return parts[0] if all(parts) else None
    feature = condition["feature"]
    if "is_null" in condition:
        return None
    listed = condition.get("in", [condition.get("equals")])
    named = {str(value) for value in listed if value is not None}
    if named & SAYS_NOTHING:
        return None
    if feature in reasons:
        return f"{feature} {reasons[feature]}"
    if named and named <= set(blocked.get(feature, ())):
        return f"{feature} cannot be {' or '.join(sorted(named))}"
    return None
