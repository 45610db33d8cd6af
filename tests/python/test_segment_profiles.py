"""Profiles are what pandas finds in the same features, and tell of no small group."""

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from scipy import stats
from scipy.stats import contingency

from dbt_project import DbtProject
from segmentation.report.settings import DEFAULTS
from shared_steps import is_in_steps, step
from test_explanations import read
from test_sensitive import SENSITIVE

SETS = {
    "primary": "primary_segment",
    **{name: name for name in ("value_tier", "rfm", "lifecycle", "behavior")},
    **{name: name for name in ("demographic", "psychographic")},
}
KEY = ["segment_set", "segment_code"]
# Power of ten of the smallest step of a mean.
FINEST = -6


@pytest.fixture(scope="module")
def profiles(complete_journey: DbtProject) -> pd.DataFrame:
    return read(complete_journey, "select * from segments__profiles")


@pytest.fixture(scope="module")
def customers(complete_journey: DbtProject) -> pd.DataFrame:
    """Features and codes of the as-of date."""
    return read(
        complete_journey,
        "select features.*, codes.* exclude (customer_id, as_of_date) "
        "from features__customers as features "
        "inner join segments__memberships as codes using (customer_id, as_of_date) "
        "where as_of_date = (select max(as_of_date) from features__as_of_dates)",
    )


def rounded(count: int) -> float:
    """Round to fives as the report does."""
    if count < DEFAULTS.smallest_cell:
        return np.nan
    step = DEFAULTS.count_step
    return (count + step // 2) // step * step


def topic(profiles: pd.DataFrame, name: str, *groups: str) -> pd.DataFrame:
    found = profiles[profiles["topic"] == name]
    return found[found["item_group"].isin(groups)] if groups else found


def split(
    customers: pd.DataFrame, segment_set: str, code: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a segment's customers and everybody else."""
    own = customers[SETS[segment_set]] == code
    return customers[own], customers[~own]


def test_means_and_differences_are_those_of_pandas_and_scipy(
    profiles: pd.DataFrame, customers: pd.DataFrame
) -> None:
    rows = topic(profiles, "characteristic", "feature")
    assert len(rows) > 400
    for row in rows.itertuples():
        own, other = (
            part[row.item].dropna().astype(float)
            for part in split(customers, row.segment_set, row.segment_code)
        )
        if len(own) < DEFAULTS.smallest_cell:
            assert row.status == "suppressed"
            assert pd.isna([row.value, row.effect_size, row.customer_count]).all()
            continue
        assert row.customer_count == rounded(len(own))
        size = step(own.abs().max() / len(own), FINEST)
        assert is_in_steps(row.value, size)
        assert abs(row.value - own.mean()) <= size / 2 + 1e-8
        # Deviations are above the exact ones by a step at most, people fewer by four.
        half = stats.t.ppf(0.975, len(own) - 1) * own.std() / np.sqrt(len(own))
        assert row.upper_bound >= own.mean() + half - 1e-8
        assert row.lower_bound <= own.mean() - half + 1e-8
        square = step(4 * own.abs().max() ** 2 / len(own), FINEST)
        most = stats.t.ppf(0.975, row.customer_count - 3) * np.sqrt(
            (own.var(ddof=0) + square) / (row.customer_count - 3)
        )
        assert row.upper_bound - row.value <= (size / 2 + most) * 1.001 + 1e-8
        assert row.value - row.lower_bound <= (size / 2 + most) * 1.001 + 1e-8
        if len(other) < DEFAULTS.smallest_cell:
            assert pd.isna([row.comparison_value, row.effect_size]).all()
            continue
        largest = max(own.abs().max(), other.abs().max())
        other_size = step(largest / len(other), FINEST)
        assert is_in_steps(row.comparison_value, other_size)
        assert abs(row.comparison_value - other.mean()) <= other_size / 2 + 1e-8
        # Of the published means; the t statistic of two groups of one spread has the
        # exact pooled deviation.
        t = stats.ttest_ind(own, other).statistic
        if not np.isfinite(t) or t == 0:
            continue
        pooled = (own.mean() - other.mean()) / t
        pooled = abs(pooled) / np.sqrt(1 / len(own) + 1 / len(other))
        square = step(4 * largest**2 / (len(own) + len(other) - 2), FINEST)
        difference = row.value - row.comparison_value
        bounds = difference / pooled, difference / np.sqrt(pooled**2 + square)
        assert min(bounds) - 1e-8 <= row.effect_size <= max(bounds) + 1e-8


def test_shares_are_of_counts_as_published_and_no_small_group_is_told(
    profiles: pd.DataFrame, customers: pd.DataFrame
) -> None:
    rows = profiles[(profiles["basis"] == "share") & (profiles["item"] != "customers")]
    assert set(rows["topic"]) == {"characteristic", "channel", "overlap"}
    cells = []
    for row in rows.itertuples():
        own, other = split(customers, row.segment_set, row.segment_code)
        column = SETS.get(row.item_group, row.item_group)
        counts = []
        for part in (own, other):
            known = part[column].dropna()
            known = known[known != "unknown"]
            counts += [int((known == row.item).sum()), len(known)]
        if row.status == "published":
            n, base, m, other_base = (rounded(count) for count in counts)
            assert counts[0] < counts[1]
            assert row.customer_count == n
            assert row.value == pytest.approx(n / base, abs=1e-9)
            if np.isfinite(m):
                h = 2 * np.arcsin(np.sqrt(n / base))
                h -= 2 * np.arcsin(np.sqrt(m / other_base))
                assert row.effect_size == pytest.approx(h, abs=1e-8)
        else:
            numbers = [row.value, row.comparison_value, row.effect_size]
            assert pd.isna([*numbers, row.customer_count]).all()
        is_small = counts[0] < DEFAULTS.smallest_cell or counts[0] == counts[1]
        if is_small:
            assert row.status == "suppressed"
        cells.append((*row[1:3], row.topic, row.item_group, is_small, row.status))
    found = pd.DataFrame(cells, columns=[*KEY, "topic", "group", "small", "status"])
    found["withheld"] = found["status"] != "published"
    groups = found.groupby([*KEY, "topic", "group"])
    counts_of = groups[["small", "withheld"]].sum()
    # Alone, a small cell would be what is left of the others.
    alone = (counts_of["small"] > 0) & (counts_of["withheld"] == 1)
    assert not (alone & (groups.size() > 1)).any()
    assert ((counts_of["small"] == 1) & (counts_of["withheld"] == 2)).any()


def test_ratios_and_totals_are_those_of_all_orders(
    complete_journey: DbtProject, profiles: pd.DataFrame, customers: pd.DataFrame
) -> None:
    [(ordered, gross, discount)] = complete_journey.query(
        "select sum(net_amount), sum(gross_amount), sum(discount_amount) "
        "from main_internal.input__orders"
    )
    for found in complete_journey.query(
        "select sum(net_amount), sum(gross_amount), sum(discount_amount) "
        "from main_internal.int_segments__profile_sums group by segment_set"
    ):
        assert found == (ordered, gross, discount)
    names = {
        "average_order_value": ("revenue", "order_count"),
        "discount_share": ("discount_amount", "gross_amount"),
    }
    rows = topic(profiles, "value", "orders")
    assert set(rows["item"]) == set(names)
    for row in rows[rows["status"] == "published"].itertuples():
        numerator, denominator = names[row.item]
        for part, value in zip(
            split(customers, row.segment_set, row.segment_code),
            (row.value, row.comparison_value),
            strict=True,
        ):
            if (part["order_count"] > 0).sum() < DEFAULTS.smallest_cell:
                assert pd.isna(value)
                continue
            parts = (part[numerator].astype(float), part[denominator].astype(float))
            expected = parts[0].sum() / parts[1].sum()
            # At most the next step, of 2.5 times what the largest customer changes.
            everybody = [customers[name].astype(float) for name in names[row.item]]
            most = max(everybody[0].max(), expected * everybody[1].max())
            assert abs(value - expected) <= 1.25 * most / parts[1].sum() + 1e-6
    values = topic(profiles, "value", "customer").set_index([*KEY, "item"])
    for row in topic(profiles, "value", "total").itertuples():
        mean = values.loc[(row.segment_set, row.segment_code, row.item)]
        if row.status == "published":
            assert row.value == pytest.approx(mean["value"] * mean["customer_count"])


def test_affinities_are_relative_risks_of_buyers_and_none_is_sensitive(
    complete_journey: DbtProject, profiles: pd.DataFrame, customers: pd.DataFrame
) -> None:
    bought = read(
        complete_journey,
        "select map.customer_id, coalesce(products.category, 'unknown') as category, "
        "sum(lines.net_amount) as spend "
        "from main_internal.input__order_lines as lines "
        "inner join main_internal.input__orders as orders "
        "using (source_system, order_id) "
        "left join main_internal.input__products as products "
        "using (source_system, product_id) "
        "inner join main_identity.identity__customer_map as map "
        "on orders.source_customer_id = map.source_customer_id "
        "where orders.net_amount > 0 group by all having spend > 0",
    )
    joined = bought.merge(customers[["customer_id", *SETS.values()]])
    rows = topic(profiles, "affinity", "category")
    assert (rows.groupby(KEY).size() <= 10).all()
    assert not set(rows["item"]) & SENSITIVE
    for (segment_set, code), some in rows.groupby(KEY):
        own = joined[SETS[segment_set]] == code
        sizes = [
            rounded(n)
            for n in (
                joined.loc[own, "customer_id"].nunique(),
                joined.loc[~own, "customer_id"].nunique(),
            )
        ]
        buyers = (
            pd.DataFrame(
                {
                    "own": joined[own].groupby("category").size(),
                    "other": joined[~own].groupby("category").size(),
                }
            )
            .fillna(0)
            .astype(int)
        )
        bounds = {}
        for category, counts in buyers.iterrows():
            a, c = rounded(counts["own"]), rounded(counts["other"])
            if np.isnan([a, c]).any():
                continue
            risk = contingency.relative_risk(
                int(a), int(sizes[0]), int(c), int(sizes[1])
            )
            interval = risk.confidence_interval(0.95)
            bounds[category] = (risk.relative_risk, interval.low, interval.high)
        for row in some.itertuples():
            expected = bounds[row.item]
            assert (row.effect_size, row.lower_bound, row.upper_bound) == pytest.approx(
                expected, abs=1e-7
            )
        assert list(some.sort_values("item_rank")["lower_bound"]) == sorted(
            some["lower_bound"], reverse=True
        )
        told = topic(profiles, "affinity", "withheld")
        told = told[
            (told["segment_set"] == segment_set) & (told["segment_code"] == code)
        ]
        assert dict(zip(told["item"], told["value"], strict=True))["sensitive"] > 0


def test_differentiators_leave_out_what_the_own_rule_fixes(
    profiles: pd.DataFrame,
) -> None:
    """By hand from the rules of dbt_project.yml."""
    fixed = {
        ("primary", "best"): {"revenue_90d", "order_count_90d", "overdue_ratio"},
        ("primary", "deal_seekers"): {"discount_share"},
        ("primary", "lapsed"): {"overdue_ratio", "days_since_last_order"},
        ("primary", "new"): {"tenure_days", "revenue_365d", "product_count"},
        ("value_tier", "gold"): {"revenue_90d", "expected_revenue_365d"},
        ("demographic", "family"): {"children_count", "household_composition"},
        ("demographic", "senior"): {"age_band"},
        ("behavior", "stock_up"): {"average_order_value", "order_count_90d"},
    }
    rows = topic(profiles, "differentiator")
    for (segment_set, code), names in fixed.items():
        own = rows[
            (rows["segment_set"] == segment_set) & (rows["segment_code"] == code)
        ]
        found = set(own["item"]) | set(own["item_group"])
        assert len(own) > 0
        assert not found & names, (code, found & names)
        effects = own.sort_values("item_rank")["effect_size"].abs()
        assert effects.is_monotonic_decreasing
    deals = rows[rows["segment_code"].isin(["promotion_led", "steady"])]
    assert "discount_share" in set(deals.loc[deals["segment_code"] == "steady", "item"])
