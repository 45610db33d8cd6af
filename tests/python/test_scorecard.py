"""Verdicts on planted segments, ranks by hand, and numbers that tell of nobody."""

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from scipy.stats import norm

from model_warehouse import compiled
from scorecard_warehouse import (
    CATEGORIES,
    MODELS,
    VARIABLES,
    ScorecardWarehouse,
    Segment,
    outcomes,
)
from shared_steps import step

GOOD = {"viable", "reachable", "distinct", "stable"}
VERDICTS = [
    "size_verdict",
    "access_verdict",
    "distinctness_verdict",
    "stability_verdict",
]


@pytest.fixture
def warehouse() -> ScorecardWarehouse:
    return ScorecardWarehouse(compiled("scorecard", MODELS, VARIABLES))


def whole() -> dict[str, Segment]:
    """Return four segments with nothing wrong: different spend in the same tiers."""
    return {
        "best": Segment(spend=7.0, order_rate=0.95),
        "steady": Segment(spend=5.5, order_rate=0.7),
        "deal_seekers": Segment(spend=4.0, order_rate=0.45),
        "lapsed": Segment(spend=2.5, order_rate=0.2),
    }


def faults(warehouse: ScorecardWarehouse) -> dict[str, set[str]]:
    """Return the verdicts of each segment that are not good ones."""
    card = warehouse.scorecard()
    return {
        code: set(row[VERDICTS]) - GOOD
        for code, row in card.iterrows()
        if set(row[VERDICTS]) - GOOD
    }


def test_nothing_is_found_where_nothing_is_wrong(warehouse: ScorecardWarehouse) -> None:
    warehouse.plant(whole())
    warehouse.run()
    assert faults(warehouse) == {}


@pytest.mark.parametrize(
    ("code", "planted", "verdict"),
    [
        ("lapsed", Segment(90, spend=2.5, order_rate=0.2), "too_small"),
        ("steady", Segment(reach=0.09, spend=5.5, order_rate=0.7), "unreachable"),
        ("steady", Segment(2500, spend=5.5, order_rate=0.7), "too_large"),
        (
            "deal_seekers",
            Segment(kappa=0.1, spend=4.0, order_rate=0.45),
            "transitional",
        ),
        # Alone in its tier: what it does may be what its tier does.
        (
            "best",
            Segment(tiers=["platinum"], spend=7.0, order_rate=0.95),
            "value_only",
        ),
    ],
)
def test_a_planted_fault_is_the_only_verdict(
    warehouse: ScorecardWarehouse, code: str, planted: Segment, verdict: str
) -> None:
    warehouse.plant({**whole(), code: planted})
    warehouse.run()
    found = faults(warehouse)
    # Of ninety customers nothing can be said of what they do, either way.
    assert found.pop(code) - {"not_evaluable"} == {verdict}
    assert found == {}


def test_a_difference_that_tiers_explain_is_value_alone(
    warehouse: ScorecardWarehouse,
) -> None:
    # Spend follows the tier; both segments hold both tiers, in other proportions.
    def member(gold: int, code: str) -> pd.DataFrame:
        parts = {
            "gold": Segment(gold, tiers=["gold"], spend=7.0, order_rate=0.95),
            "silver": Segment(1000 - gold, tiers=["silver"], spend=3.0, order_rate=0.3),
        }
        found = outcomes(parts, seed=gold)
        return found.assign(primary_segment=code)

    warehouse.plant({"best": Segment(1000), "steady": Segment(1000)})
    rows = pd.concat([member(800, "best"), member(200, "steady")])
    warehouse.give("main_internal.int_segments__outcomes", rows)
    warehouse.run()
    assert faults(warehouse) == {"best": {"value_only"}, "steady": {"value_only"}}


def test_twins_are_indistinct_and_told_to_merge(warehouse: ScorecardWarehouse) -> None:
    twins = {"steady": Segment(), "deal_seekers": Segment()}
    warehouse.plant({**whole(), **twins})
    warehouse.run()
    card = warehouse.scorecard()
    assert faults(warehouse) == {code: {"indistinct"} for code in twins}
    assert list(card.loc[list(twins), "recommendation"]) == ["merge", "merge"]
    assert list(card.loc[list(twins), "nearest_segment"]) == ["deal_seekers", "steady"]


def test_a_segment_split_at_random_is_seldom_accepted(
    warehouse: ScorecardWarehouse,
) -> None:
    warehouse.plant(whole())
    rows = outcomes(whole(), seed=5)
    halves = ["steady", "new"]
    accepted = 0
    for draw in range(200):
        random = np.random.default_rng([7, draw])
        split = rows.copy()
        one = split["primary_segment"].to_numpy() == "steady"
        half = random.permutation(np.resize(halves, one.sum()))
        split.loc[one, "primary_segment"] = half
        warehouse.give("main_internal.int_segments__outcomes", split)
        warehouse.run("int_segments__distinctness")
        pairs = warehouse.rows("int_segments__distinctness")
        between = pairs.query("segment_code == 'new' and other_code == 'steady'")
        accepted += bool(between["is_distinct"].any())
    # A true rate of 5% stays at or under 17 of 200 in 99 of 100 repetitions.
    assert accepted <= 17


def test_differences_equal_those_of_numpy(warehouse: ScorecardWarehouse) -> None:
    warehouse.plant(whole())
    warehouse.run("int_segments__distinctness")
    found = warehouse.rows("int_segments__distinctness").set_index(
        ["segment_code", "other_code", "outcome"]
    )
    rows = outcomes(whole(), seed=1)
    tests = {}
    names = ["ordered", "spend", "discount", "clicked"]
    names += [f"category_{i}" for i in range(1, CATEGORIES + 1)]
    for one in whole():
        for other in whole():
            if one >= other:
                continue
            for name in names:
                a = rows.loc[rows["primary_segment"] == one, name].dropna()
                b = rows.loc[rows["primary_segment"] == other, name].dropna()
                pooled = ((len(a) - 1) * a.var() + (len(b) - 1) * b.var()) / (
                    len(a) + len(b) - 2
                )
                size = (a.mean() - b.mean()) / np.sqrt(pooled)
                error = np.sqrt(
                    1 / len(a) + 1 / len(b) + size**2 / (2 * (len(a) + len(b)))
                )
                tests[one, other, name] = size, error
                assert found.loc[(one, other, name), "difference"] == pytest.approx(
                    size, abs=1e-8
                )
    # Holm, with exact quantiles: down to the first that does not hold.
    excess = {key: (abs(size) - 0.1) / error for key, (size, error) in tests.items()}
    still = True
    for place, key in enumerate(sorted(excess, key=lambda key: -excess[key])):
        critical = norm.isf(0.025 / (len(excess) - place))
        still = still and excess[key] > critical
        size, error = tests[key]
        assert found.loc[key, "is_distinct"] == (still and abs(size) >= 0.2)
        assert found.loc[key, "lower_bound"] == pytest.approx(
            abs(size) - critical * error, abs=4.5e-4 * error + 1e-6
        )


def test_a_rule_on_what_nobody_says_is_theoretical(
    warehouse: ScorecardWarehouse,
) -> None:
    warehouse.plant(whole())
    warehouse.give_layers(["discount_score"])
    warehouse.run()
    assert faults(warehouse) == {"deal_seekers": {"theoretical"}}
    card = warehouse.scorecard()
    assert card.loc["deal_seekers", "recommendation"] == "collect"


@pytest.mark.parametrize(
    ("customers", "verdict"), [(99, "too_small"), (100, "viable"), (101, "viable")]
)
def test_the_least_size_is_a_bound(
    warehouse: ScorecardWarehouse, customers: int, verdict: str
) -> None:
    # Nobody orders or everybody does: a test would need hardly anyone.
    lapsed = Segment(customers, economics={"ordering_count": customers})
    warehouse.plant({**whole(), "lapsed": lapsed})
    warehouse.run()
    card = warehouse.scorecard().loc["lapsed"]
    assert card["size_verdict"] == verdict
    assert (card["size_bound_name"], card["size_bound"]) == ("least_customers", 100)


@pytest.mark.parametrize(
    ("customers", "verdict"),
    [(2435, "viable"), (2436, "viable"), (2437, "too_large")],
)
def test_the_largest_share_is_a_bound(
    warehouse: ScorecardWarehouse, customers: int, verdict: str
) -> None:
    # 2,436 are 67% of 3,636, and 2,437 more than that of 3,637.
    steady = Segment(customers, spend=5.5, order_rate=0.7)
    warehouse.plant({**whole(), "steady": steady})
    warehouse.run("int_segments__distinctness", "segments__scorecard_factors")
    warehouse.run("segments__scorecard")
    assert warehouse.scorecard().loc["steady", "size_verdict"] == verdict


def test_a_test_that_could_show_nothing_makes_a_segment_too_small(
    warehouse: ScorecardWarehouse,
) -> None:
    # Half of them order: 4 * .25 * ((1.959964 + .841621) / .1)^2 = 784.9 are needed.
    plain = {"ordering_count": 400}
    warehouse.plant({**whole(), "steady": Segment(800, economics=plain)})
    warehouse.run()
    assert warehouse.scorecard().loc["steady", "size_bound"] == 785
    assert warehouse.scorecard().loc["steady", "size_verdict"] == "viable"
    warehouse.plant(
        {**whole(), "steady": Segment(784, economics={"ordering_count": 392})}
    )
    warehouse.run()
    assert warehouse.scorecard().loc["steady", "size_verdict"] == "too_small"


def test_ranks_and_how_far_weights_move_are_those_by_hand(
    warehouse: ScorecardWarehouse,
) -> None:
    # One is worth more, the other grows; both keep their customers alike.
    segments = {
        "best": Segment(economics={"expected_revenue_365d": 800.0 * 400}),
        "steady": Segment(economics={"revenue_90d": 200.0 * 400}),
    }
    warehouse.plant(segments)
    warehouse.run()
    factors = warehouse.rows("segments__scorecard_factors").set_index(
        ["segment_code", "factor"]
    )
    potential = factors.loc[("best", "revenue_potential")]
    assert potential["value"] == 800 * 400
    # The weights .3, .2 and .25 of what is known are .4, .2667 and .3333 of 1.
    assert potential["effective_weight"] == pytest.approx(0.4)
    card = warehouse.scorecard()
    assert card.loc["best", "attractiveness"] == pytest.approx(0.4 + 0.5 / 3, abs=1e-8)
    assert card.loc["steady", "attractiveness"] == pytest.approx(
        0.2 / 0.75 + 0.5 / 3, abs=1e-8
    )
    assert list(card.loc[["best", "steady"], "attractiveness_rank"]) == [1, 2]
    # Equal where w = .2 (1 - w) / .7, or for growth w = .3 (1 - w) / .8.
    assert potential["weight_change_to_rival"] == pytest.approx(2 / 9 - 0.3)
    growth = factors.loc[("best", "growth")]
    assert growth["weight_change_to_rival"] == pytest.approx(3 / 11 - 0.2)
    assert pd.isna(factors.loc[("best", "retention"), "weight_change_to_rival"])
    assert card.loc["best", "rank_factor"] == "growth"
    assert card.loc["best", "rank_rival"] == "steady"
    assert card.loc["best", "missing_weight"] == pytest.approx(0.25)


def test_a_missing_factor_moves_with_the_weights_too(
    warehouse: ScorecardWarehouse,
) -> None:
    # Without customers then, nothing is known of the growth of `new`.
    segments = {
        "best": Segment(economics={"expected_revenue_365d": 800.0 * 400}),
        "steady": Segment(economics={"revenue_90d": 200.0 * 400}),
        "new": Segment(
            economics={"past_count": 0, "expected_revenue_365d": 700.0 * 400}
        ),
    }
    warehouse.plant(segments)
    warehouse.run()
    factors = warehouse.rows("segments__scorecard_factors").set_index(
        ["segment_code", "factor"]
    )
    assert not factors.loc[("new", "growth"), "is_known"]
    moved = factors.loc[("new", "growth")]
    rival = moved["rival_segment"]
    known = {"revenue_potential": 0.3, "growth": 0.2, "retention": 0.25}
    weight = 0.2 + moved["weight_change_to_rival"]
    changed = {
        name: weight if name == "growth" else w * (1 - weight) / 0.8
        for name, w in known.items()
    }

    def score(code: str) -> float:
        parts = {n: factors.loc[(code, n), "score"] for n in known}
        shared = sum(changed[n] for n in known if not np.isnan(parts[n]))
        total = sum(changed[n] * p for n, p in parts.items() if not np.isnan(p))
        return float(total / shared)

    assert score("new") == pytest.approx(score(rival), abs=1e-7)


def test_a_ceiling_is_never_above_margin_times_payback(
    warehouse: ScorecardWarehouse,
) -> None:
    random = np.random.default_rng(3)
    for _ in range(10):
        segments = {}
        for code in whole():
            size = int(random.integers(10, 3000))
            revenue = float(random.lognormal(4, 2)) * size
            expected = float(random.lognormal(5, 2)) * size
            segments[code] = Segment(
                size,
                economics={
                    "margin_revenue": revenue,
                    "margin_amount": revenue * float(random.normal(0.2, 0.3)),
                    "expected_revenue_365d": expected,
                    "largest_expected_revenue": expected
                    * float(random.uniform(0.1, 1)),
                },
            )
        warehouse.plant(segments)
        warehouse.run("segments__scorecard_factors", "int_segments__distinctness")
        warehouse.run("segments__scorecard")
        card = warehouse.scorecard()
        for code, segment in segments.items():
            planted = segment.economics
            margin = planted["margin_amount"] / planted["margin_revenue"]
            # Twelve months of payback: a year of the mean expected revenue.
            most = planted["expected_revenue_365d"] / segment.customers * margin
            ceiling = card.loc[code, "spend_ceiling_amount"]
            assert 0 <= ceiling <= max(most, 0) * (1 + 1e-12)


def test_reach_says_its_basis_and_withholds_the_few(
    warehouse: ScorecardWarehouse,
) -> None:
    warehouse.plant(
        {
            **whole(),
            "steady": Segment(reach=1.0),
            "lapsed": Segment(reach=0.02),
            "new": Segment(9),
        }
    )
    warehouse.give_market(
        [
            (None, "addressable_customers", 80_000, "2025-01-01", "office"),
            (None, "addressable_customers", 16_090, "2025-06-01", "office"),
            (None, "addressable_customers", 1, "2026-01-01", "later"),
            ("steady", "addressable_customers", 300, "2025-06-01", "survey"),
        ]
    )
    warehouse.run()
    reach = warehouse.rows("segments__reach").set_index(["segment_code", "channel"])
    best = reach.loc[("best", "email")]
    # A quarter of 16,090: nine newcomers count for nothing.
    assert best["addressable_count"] == 4022
    assert best["addressable_basis"] == (
        "office of 2025-06-01, in proportion to own customers"
    )
    assert (best["reachable_count"], best["reach_rate"]) == (200, 0.5)
    # Of nine in ten who order, 2.801585 times the root of .36 over 200.
    assert best["detectable_difference"] == pytest.approx(0.11886, abs=1e-5)
    # Fewer people than customers cannot be there to win.
    assert reach.loc[("steady", "email"), "addressable_count"] == 400
    assert reach.loc[("steady", "email"), "status"] == "withheld"
    assert pd.isna(reach.loc[("steady", "email"), "reach_rate"])
    assert reach.loc[("lapsed", "email"), "status"] == "withheld"
    assert reach.loc[("new", "email"), "status"] == "suppressed"
    assert pd.isna(reach.loc[("new", "email"), "customer_count"])


@pytest.mark.parametrize(
    ("reachable", "status"),
    [
        (97, "below_platform_minimum"),
        (98, "shown"),
        (100, "shown"),
    ],
)
def test_a_platform_serves_no_fewer_than_it_says(
    warehouse: ScorecardWarehouse, reachable: int, status: str
) -> None:
    # Shared numbers are rounded to five: 97 are 95, and 98 are 100.
    warehouse.plant({**whole(), "best": Segment(reach=reachable / 400)})
    warehouse.run("segments__reach")
    reach = warehouse.rows("segments__reach").set_index(["segment_code", "channel"])
    assert reach.loc[("best", "ads"), "status"] == status
    assert reach.loc[("best", "email"), "status"] == "shown"


def test_differences_of_shared_numbers_find_nobody(
    warehouse: ScorecardWarehouse,
) -> None:
    """Who knows everybody but one learns from two nights neither spend nor presence."""
    random = np.random.default_rng(11)
    for _ in range(15):
        size = int(random.integers(10, 60))
        spend = np.sort(random.lognormal(4, 1.5, size))
        published = []
        for people in (spend, np.delete(spend, int(random.integers(size)))):
            economics = {
                "revenue_90d": float(people.sum()),
                "largest_revenue_90d": float(people.max()),
                "expected_revenue_365d": float(people.sum()),
                "largest_expected_revenue": float(people.max()),
            }
            segment = Segment(len(people), economics=economics)
            warehouse.plant({"best": Segment(), "lapsed": segment})
            warehouse.run()
            published.append((warehouse.scorecard().loc["lapsed"], people))
        (with_one, people), (without, rest) = published
        counts = [with_one["customer_count"], without["customer_count"]]
        assert all(pd.isna(n) or (n >= 10 and n % 5 == 0) for n in counts)
        for column in ("mean_revenue_90d", "mean_expected_revenue_365d"):
            means = [row[column] for row in (with_one, without)]
            if any(pd.isna(mean) for mean in means):
                assert min(len(people), len(rest)) < 10
                continue
            # A mean says the sum to within half a step for each of them, which is at
            # least half of the largest amount: two of them leave that much open.
            steps = [step(p.max() / len(p)) for p in (people, rest)]
            sums = [
                len(p) * mean for p, mean in zip((people, rest), means, strict=True)
            ]
            slack = sum(
                len(p) * size / 2 for p, size in zip((people, rest), steps, strict=True)
            )
            truth = people.sum() - rest.sum()
            assert abs(sums[0] - sums[1] - truth) <= slack * (1 + 1e-9)
            assert slack >= rest.max()
            assert all(
                abs(m / s - round(m / s)) < 1e-9
                for m, s in zip(means, steps, strict=True)
            )


def test_little_evidence_is_no_rank(warehouse: ScorecardWarehouse) -> None:
    # Of a segment without orders only what it cost to win is known: 15% of the weights.
    unknown = {
        "expected_count": 0,
        "expected_revenue_365d": 0.0,
        "probability_count": 0,
        "past_count": 0,
        "acquired_count": 400,
        "acquisition_cost_amount": 2000.0,
        "largest_acquisition_cost": 10.0,
    }
    warehouse.plant({**whole(), "prospect": Segment(economics=unknown)})
    warehouse.run("segments__scorecard_factors", "int_segments__distinctness")
    warehouse.run("segments__scorecard")
    card = warehouse.scorecard()
    assert card.loc["prospect", "missing_weight"] == pytest.approx(0.85)
    assert pd.isna(card.loc["prospect", "attractiveness_rank"])
    assert sorted(card["attractiveness_rank"].dropna()) == [1, 2, 3, 4]
