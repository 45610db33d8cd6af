"""Drift: what is calm stays calm, what is planted is found and named."""

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from scipy.stats import chi2, chi2_contingency, false_discovery_control

from drift_worlds import (
    BEFORE,
    CALM,
    DRIFTING,
    NOW,
    SEASONAL,
    THEN,
    DriftWarehouse,
    draw_panel,
)

KEYS = ["kind", "segment_set", "segment_code", "item"]


@pytest.fixture
def warehouse() -> DriftWarehouse:
    return DriftWarehouse()


def test_worlds_in_which_nothing_changes_are_calm(warehouse: DriftWarehouse) -> None:
    alarming = sum(
        bool(warehouse.drift(draw_panel(world, 1200, seed))["is_alarm"].any())
        for world in (CALM, SEASONAL)
        for seed in range(10)
    )
    # A true rate of 5% stays at or under 4 of 20 in 99 of 100 repetitions; the rate
    # itself is measured by `make bench-drift`.
    assert alarming <= 4


def test_what_is_planted_is_found_where_it_is(warehouse: DriftWarehouse) -> None:
    drift = warehouse.drift(draw_panel(DRIFTING, 4000, 1))
    alarms = drift[drift["is_alarm"]]
    found = set(zip(alarms["segment_code"], alarms["item"], strict=True))
    assert {
        ("price_consciousness", "orders"),
        ("price_consciousness", "order_count_90d"),
    } <= found
    # Others order a tenth more: less than what is told of.
    told = alarms["segment_set"] == "psychographic"
    assert set(alarms.loc[told, "segment_code"]) == {"price_consciousness"}
    orders = alarms.set_index(KEYS).loc[
        ("response", "psychographic", "price_consciousness", "orders")
    ]
    assert orders["message"].startswith("orders of a customer in 90 days ")
    ratio = orders["item_value"] / orders["reference_item_value"]
    assert ratio == pytest.approx(0.55, abs=0.08)


def test_alarms_are_those_of_scipy(warehouse: DriftWarehouse) -> None:
    warehouse.drift(draw_panel(DRIFTING, 2500, 2))
    bins = warehouse.rows("int_measurement__drift_bins")
    p_values, shifts = {}, {}
    for key, rows in bins.groupby(KEYS):
        counts = rows.sort_values("bin")[["bin", "now_count", "reference_count"]]
        number, now, then = counts.to_numpy(dtype=float).T
        if min(now.sum(), then.sum()) < 50:
            continue
        if key[0] == "response":
            everybody = np.repeat(number, (now + then).astype(int))
            difference = number @ now / now.sum() - number @ then / then.sum()
            error = everybody.var() * (1 / now.sum() + 1 / then.sum())
            if error > 0:
                z_square = difference**2 / error
                p_values[key] = chi2.sf(z_square, 1)
                shifts[key] = abs(difference)
            continue
        middle = (np.cumsum(now + then) - (now + then) / 2) / (now + then).sum()
        parts = np.clip(min(now.sum(), then.sum()) // 20, 2, 10)
        place = np.floor(parts * middle)
        table = np.array(
            [
                [side[place == each].sum() for each in np.unique(place)]
                for side in (now, then)
            ]
        )
        if table.shape[1] > 1:
            p_values[key] = chi2_contingency(table, correction=False).pvalue
            share = np.maximum(table, 0.5) / table.sum(axis=1, keepdims=True)
            shifts[key] = ((share[0] - share[1]) * np.log(share[0] / share[1])).sum()
    adjusted = false_discovery_control(list(p_values.values()))
    found = warehouse.rows("measurement__drift").query("kind != 'share'")
    found = found.set_index(KEYS)
    evaluated = found[found["status"] == "evaluated"]
    assert set(evaluated.index) == set(p_values)
    expected = pd.Series(shifts).reindex(evaluated.index)
    assert np.allclose(evaluated["statistic"], expected, atol=6e-4)
    beyond = {key for key, p in zip(p_values, adjusted, strict=True) if p <= 0.05}
    # What is published is rounded to thousandths, as are bounds.
    larger = set(found.index[found["statistic"] > found["bound"] + 1e-3])
    alarms = set(found.index[found["is_alarm"]])
    assert beyond & larger <= alarms <= beyond
    assert len(alarms) > 3


def test_bounds_are_what_resampling_gives(warehouse: DriftWarehouse) -> None:
    random = np.random.default_rng(3)
    drift = warehouse.drift(draw_panel(CALM, 2500, 3)).set_index(KEYS)
    bins = warehouse.rows("int_measurement__drift_bins").set_index([*KEYS, "bin"])
    key = ("feature", "all", "all", "page_count_90d")
    pooled = bins.sort_index().loc[key][["now_count", "reference_count"]]
    everybody = np.repeat(np.arange(len(pooled)), pooled.sum(axis=1))
    totals = pooled.sum()
    middle = (np.arange(len(everybody)) + 0.5) / len(everybody)
    place = pd.Series(middle).groupby(everybody).transform("mean")
    part = np.floor(10 * place).to_numpy().astype(int)
    shifts = []
    for _ in range(2000):
        shuffled = random.permutation(part)
        now = np.bincount(shuffled[: totals["now_count"]], minlength=10)
        then = np.bincount(part, minlength=10) - now
        share = np.maximum([now, then], 0.5) / totals.to_numpy()[:, None]
        share = share[:, np.bincount(part, minlength=10) > 0]
        shifts.append(((share[0] - share[1]) * np.log(share[0] / share[1])).sum())
    bound = drift.loc[key]["chance_bound"]
    assert bound == pytest.approx(np.quantile(shifts, 0.99), rel=0.1)


def test_without_a_year_the_month_before_is_compared(
    warehouse: DriftWarehouse,
) -> None:
    panel = draw_panel(CALM, 1500, 4)
    month = warehouse.drift(panel, {BEFORE: False, NOW: False})
    assert set(month["reference_date"]) == {pd.Timestamp(BEFORE)}
    assert month["is_season_unknown"].all()
    year = warehouse.drift(panel)
    assert set(year["reference_date"]) == {pd.Timestamp(THEN)}
    assert not year["is_season_unknown"].any()
    alone = warehouse.drift(panel, {NOW: False})
    assert alone["reference_date"].isna().all()
    assert set(alone["status"]) == {"not_observed"}
    assert not alone["is_alarm"].any()


def test_nothing_is_told_of_a_few(warehouse: DriftWarehouse) -> None:
    drift = warehouse.drift(draw_panel(DRIFTING, 700, 5))
    counts = drift[["customer_count", "reference_customer_count"]].stack()
    assert (counts.dropna() >= 10).all()
    assert (counts.dropna() % 5 == 0).all()
    shares = drift[drift["item"] != "orders"]
    for value, count in (
        ("item_value", "customer_count"),
        ("reference_item_value", "reference_customer_count"),
    ):
        people = (shares[value] * shares[count]).dropna()
        assert (people > 9.9).all()
        assert (shares[count] - people).dropna().min() > 4.9
