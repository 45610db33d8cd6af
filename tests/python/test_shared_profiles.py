"""Who knows everybody but one learns nothing of that one from profiles.

Each published number is undone: a mean that is a whole number of steps says the sum to
within half a step for each customer, a ratio the numerator to within half a step of the
denominator, an effect the squares. What is left open must be at least what any one
customer has.
"""

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from scipy import stats

from model_warehouse import compiled
from profile_warehouse import MODELS, SETS, VARIABLES, ProfileWarehouse, customers
from shared_steps import is_in_steps, step

FINEST = -6
KEY = ["segment_set", "segment_code"]


@pytest.fixture(scope="module")
def warehouse() -> ProfileWarehouse:
    return ProfileWarehouse(compiled("profiles", MODELS, VARIABLES))


def world(seed: int) -> pd.DataFrame:
    """Return customers of two sets whose codes differ by one customer each way."""
    random = np.random.default_rng(seed)
    count = int(random.integers(45, 160))
    people = customers(count, seed)
    cut = int(random.integers(14, count - 20))
    people["value_tier"] = np.where(np.arange(count) < cut, "gold", "silver")
    people["rfm"] = np.where(np.arange(count) < cut + 1, "loyal", "recent")
    people["lifecycle"] = random.choice(["active", "slipping", "lapsed"], count)
    return people


def open_sums(profiles: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return how far each published number leaves open what it is of.

    Columns: the key, item, `sum` as published, `slack` on each side, `most` of one
    customer. Fails where a number says more.
    """
    told = profiles[profiles["status"] == "published"]
    found = []
    for row in told[told["basis"].isin(["mean", "forecast"])].itertuples():
        own = people[SETS[row.segment_set]] == row.segment_code
        values, others = people.loc[own, row.item], people.loc[~own, row.item]
        for number, part in ((row.value, values), (row.comparison_value, others)):
            if pd.isna(number):
                continue
            most = max(values.max(), part.max())
            size = step(most / len(part), FINEST)
            if part is others:
                size = step(people[row.item].max() / len(part), FINEST)
            assert is_in_steps(number, size), (row.item, number, size)
            name = row.segment_code if part is values else f"not {row.segment_code}"
            slack = len(part) * size / 2
            found.append(
                (
                    *(row.segment_set, name, row.item, number * len(part)),
                    *(slack, most, part.sum()),
                )
            )
        check_interval(row, values)
        if pd.notna(row.effect_size) and abs(row.effect_size) > 0.05:
            check_effect(row, people[row.item])
    amounts = {
        "average_order_value": ("net_amount", "order_count"),
        "discount_share": ("discount_amount", "gross_amount"),
        **{
            name: (f"{name}_order_count", "order_count")
            for name in ("store", "web", "app", "phone", "other")
        },
    }
    ratios = told[(told["basis"] == "ratio_of_sums")]
    assert set(ratios["item"]) == {*list(amounts)[:4]}
    for row in ratios.itertuples():
        own = people[SETS[row.segment_set]] == row.segment_code
        first, second = amounts[row.item]
        for number, is_part in ((row.value, own), (row.comparison_value, ~own)):
            if pd.isna(number):
                continue
            whole, ratio = (
                people.loc[is_part, second].sum(),
                people.loc[is_part, first].sum() / people.loc[is_part, second].sum(),
            )
            most = (
                max(people.loc[own, first].max(), people.loc[is_part, first].max()),
                max(people.loc[own, second].max(), people.loc[is_part, second].max()),
            )
            fitting = [
                size
                for size in (
                    digit * 10.0**p for p in range(-6, 6) for digit in (1, 2, 5)
                )
                if is_in_steps(number, size) and abs(number - ratio) <= size / 2 + 1e-9
            ]
            largest = max(fitting, default=0.0)
            # Either sum stays open by what one customer has of it.
            assert largest * whole >= most[0] * (1 - 1e-9)
            if ratio > 0:
                assert largest * whole / ratio >= most[1] * (1 - 1e-9)
    columns = [*KEY, "item", "sum", "slack", "most", "exact"]
    return pd.DataFrame(found, columns=columns).set_index([*KEY, "item"]).sort_index()


def check_interval(row: object, values: pd.Series) -> None:
    """Undo the interval: what it says of the squares leaves twice the largest open."""
    count, most = len(values), values.max()
    half = (row.upper_bound - row.lower_bound) / 2  # type: ignore[attr-defined]
    degrees = row.customer_count - 3  # type: ignore[attr-defined]
    spread = half - step(most / count, FINEST) / 2
    square = (spread / stats.t.ppf(0.975, degrees)) ** 2 * degrees
    size = step(4 * most**2 / count, FINEST)
    # The quantile is an expansion, good to three digits at few degrees.
    assert abs(square / size - round(square / size)) <= 5e-3 * square / size
    assert round(square / size) >= 1


def check_effect(row: object, everybody: pd.Series) -> None:
    """Undo the effect: the same of the pooled squares."""
    difference = row.value - row.comparison_value  # type: ignore[attr-defined]
    square = (difference / row.effect_size) ** 2  # type: ignore[attr-defined]
    size = step(4 * everybody.max() ** 2 / (len(everybody) - 2), FINEST)
    assert abs(square / size - round(square / size)) <= 1e-6 * square / size
    assert round(square / size) >= 1


def check_counts(profiles: pd.DataFrame) -> None:
    counts = profiles["customer_count"].dropna()
    assert (counts >= 10).all()
    assert (counts % 5 == 0).all()


@pytest.mark.parametrize("seed", range(4))
def test_two_nights_find_nobody(warehouse: ProfileWarehouse, seed: int) -> None:
    people = world(seed)
    random = np.random.default_rng(seed)
    gone = int(random.integers(len(people)))
    if seed % 2:
        gone = int(people["revenue_90d"].to_numpy().argmax())
    rest = people.drop(index=gone)
    nights = []
    for night in (people, rest):
        profiles = warehouse.profiles(night)
        check_counts(profiles)
        nights.append(open_sums(profiles, night))
    both = nights[0].join(nights[1], lsuffix="_0", rsuffix="_1", how="inner")
    assert len(both) > 200
    truth = both["exact_0"] - both["exact_1"]
    slack = both["slack_0"] + both["slack_1"]
    off = (both["sum_0"] - both["sum_1"] - truth).abs()
    assert (off <= slack * (1 + 1e-9) + 1e-6).all()
    assert (slack >= both["most_1"] * (1 - 1e-9)).all()


@pytest.mark.parametrize("seed", range(10, 13))
def test_overlapping_sets_and_totals_less_parts_find_nobody(
    warehouse: ProfileWarehouse, seed: int
) -> None:
    people = world(seed)
    profiles = warehouse.profiles(people)
    check_counts(profiles)
    sums = open_sums(profiles, people)

    # Loyal are gold and one more.
    for larger, smaller in (
        (("rfm", "loyal"), ("value_tier", "gold")),
        (("value_tier", "silver"), ("rfm", "recent")),
    ):
        first, second = sums.loc[larger], sums.loc[smaller]
        both = first.join(second, lsuffix="_0", rsuffix="_1", how="inner")
        assert len(both) > 20
        slack = both["slack_0"] + both["slack_1"]
        assert (slack >= both["most_1"] * (1 - 1e-9)).all()
    cells = profiles[(profiles["topic"] == "overlap")]
    pair = cells[
        (cells["segment_set"] == "value_tier") & (cells["item_group"] == "rfm")
    ].set_index(["segment_code", "item"])
    # One customer is in this cell, and would follow from the cell beside it.
    assert pair.loc[("silver", "loyal"), "status"] == "suppressed"
    assert pair.loc[("silver", "recent"), "status"] == "suppressed"

    # A total of a set less the totals of its other codes.
    totals = profiles[
        (profiles["item_group"] == "total") & (profiles["status"] == "published")
    ]
    assert len(totals) > 10
    for row in totals.itertuples():
        own = profiles[
            (profiles["segment_set"] == row.segment_set)
            & (profiles["segment_code"] == row.segment_code)
            & (profiles["item"] == row.item)
            & (profiles["topic"] == "value")
            & (profiles["item_group"] == "customer")
        ].iloc[0]
        assert row.value == pytest.approx(own["value"] * own["customer_count"])
    for item, parts in sums.reset_index().groupby("item"):
        for _, codes in parts[parts["segment_set"] == "lifecycle"].groupby(
            "segment_set"
        ):
            named = codes[~codes["segment_code"].str.startswith("not ")]
            for left_out in named["segment_code"]:
                others = named[named["segment_code"] != left_out]
                slack = others["slack"].sum()
                whole = codes[codes["segment_code"] == f"not {left_out}"]
                if len(whole) and len(others) == 2:
                    slack += whole["slack"].iloc[0]
                    off = abs(whole["sum"].iloc[0] - others["sum"].sum())
                    assert off <= slack * (1 + 1e-9) + 1e-6
                    assert slack >= people.loc[:, item].max() * (1 - 1e-9)
