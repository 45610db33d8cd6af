"""The budget follows curves with evidence, within its limits, to the cent."""

import csv
from collections.abc import Sequence
from decimal import Decimal
from itertools import product

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from budget_warehouse import BudgetWarehouse, Channel
from dbt_project import REPOSITORY
from segmentation.demo.omnichannel.ads import CURVES, spend_cells
from segmentation.train.curves import fit_curve
from segmentation.train.errors import CurveNotShownError


@pytest.fixture(scope="module")
def warehouse() -> BudgetWarehouse:
    return BudgetWarehouse()


def cents(rows: pd.DataFrame, channel: str, column: str = "proposed_amount") -> int:
    return round(float(rows.loc[channel, column]) * 100)


def test_money_moves_to_where_the_next_unit_brings_most(
    warehouse: BudgetWarehouse,
) -> None:
    """Lines of slope 3, 2 and 1: 100 each, at most 20 more or less.

    a gains 20 of them, c gives 20, b stays; radio has no curve and keeps its 50.
    """
    rows = warehouse.split(
        [
            Channel("a", 100_00, [(1_000, 3_000)], "points"),
            Channel("b", 100_00, [(1_000, 2_000)], "points"),
            Channel("c", 100_00, [(1_000, 1_000)], "points"),
            Channel("radio", 50_00),
        ]
    )
    assert {name: cents(rows, name) for name in rows.index} == {
        "a": 120_00,
        "b": 100_00,
        "c": 80_00,
        "radio": 50_00,
        "all": 350_00,
    }
    assert dict(rows["status"]) == {
        "a": "raised",
        "b": "kept",
        "c": "lowered",
        "radio": "no_evidence",
        "all": "total",
    }
    assert rows.loc["radio", "reason"] == "no evidence: keep the split"
    assert rows.loc["a", "limited_by"] == "most_move"
    assert rows.loc["c", "limited_by"] == "least_move"
    # The last cent goes to b, and brings 2 per unit.
    assert set(rows["shadow_price"]) == {2}
    # 20 units at 3 in place of 1; errors of 5% of 60 and of 20.
    assert float(rows.loc["all", "gain_amount"]) == 40
    half = 1.959963984540054 * 0.05 * np.hypot(60, 20)
    assert float(rows.loc["all", "gain_lower_amount"]) == pytest.approx(
        40 - half, abs=0.006
    )
    assert str(rows.loc["a", "budget_month"])[:10] == "2026-01-01"


def test_without_evidence_the_split_is_kept_to_the_cent(
    warehouse: BudgetWarehouse,
) -> None:
    channels = [Channel(name, 33_33) for name in "abc"]
    rows = warehouse.split(channels, Decimal("100.00"))
    assert sum(cents(rows, name) for name in "abc") == 100_00
    assert {cents(rows, name) for name in "abc"} <= {33_33, 33_34}
    assert set(rows.loc[list("abc"), "status"]) == {"no_evidence"}
    # One curve alone moves nothing either.
    rows = warehouse.split([Channel("a", 500, [(9, 90)]), Channel("b", 500)])
    assert (cents(rows, "a"), cents(rows, "b")) == (500, 500)
    assert rows.loc["a", "status"] == "kept"


def test_large_budgets_are_split_to_the_cent(warehouse: BudgetWarehouse) -> None:
    """Amounts whose products are beyond what a float tells apart."""
    spent = [1_234_567_890_12, 987_654_321_01, 33_333_333_33]
    channels = [Channel(name, part) for name, part in zip("abc", spent, strict=True)]
    rows = warehouse.split(channels)
    assert [cents(rows, name) for name in "abc"] == spent
    rows = warehouse.split(channels, Decimal("1999999999.99"))
    assert sum(cents(rows, name) for name in "abc") == 1_999_999_999_99
    # The shares themselves, cut to whole cents up to each channel.
    whole = [sum(spent[:n]) * 1_999_999_999_99 // sum(spent) for n in range(4)]
    assert [cents(rows, name) for name in "abc"] == np.diff(whole).tolist()


def test_a_budget_that_nothing_may_take_is_explained(
    warehouse: BudgetWarehouse,
) -> None:
    """Reach ends at 40 and 60; the budget is 150, and 50 of it is nobody's."""
    rows = warehouse.split(
        [
            Channel("a", 100_00, [(50, 300)], reach_cents=40_00),
            Channel("b", 50_00, reach_cents=60_00),
        ]
    )
    assert (cents(rows, "a"), cents(rows, "b")) == (40_00, 50_00)
    assert cents(rows, "unallocated_budget") == 60_00
    assert rows.loc["unallocated_budget", "reason"] == (
        "reach and the limits on moves allow 90.00 of a budget of 150.00: raise a "
        "limit, state more reach, or lower the budget"
    )
    assert rows.loc["a", "limited_by"] == "reach"
    assert cents(rows, "all") == 150_00


@pytest.mark.parametrize(
    "points",
    [
        [(10.0, 10.0), (20.0, 30.0)],
        [(10.0, 10.0), (20.0, 5.0)],
        [(0.0, 10.0), (20.0, 30.0)],
    ],
)
def test_a_curve_that_is_none_is_refused(
    warehouse: BudgetWarehouse, points: Sequence[tuple[float, float]]
) -> None:
    rows = warehouse.split(
        [Channel("a", 100_00, points, "points"), Channel("b", 100_00, [(50, 300)])]
    )
    assert rows.loc["a", "status"] == "curve_refused"
    assert cents(rows, "a") == 100_00


def test_no_spend_is_no_budget(warehouse: BudgetWarehouse) -> None:
    assert warehouse.split([]).empty


def best_return(channels: Sequence[Channel], rows: pd.DataFrame) -> float:
    """Return the most that any split in whole cents brings, by trying all of them."""
    pool = sum(cents(rows, channel.name) for channel in channels)
    ranges = [
        range(
            cents(rows, channel.name, "low_amount"),
            cents(rows, channel.name, "high_amount") + 1,
        )
        for channel in channels
    ]
    *first, last = channels
    best = -np.inf
    for split in product(*ranges[:-1]):
        rest = pool - sum(split)
        if rest in ranges[-1]:
            found = sum(
                float(channel.returns(part))
                for channel, part in zip(first, split, strict=True)
            )
            best = max(best, found + float(last.returns(rest)))
    return float(best)


saturating = st.tuples(st.floats(0.1, 5), st.floats(0.1, 20)).map(
    lambda pair: ("saturating", [pair])
)
# Slopes that fall, and widths, make points of a concave curve.
concave = st.lists(
    st.tuples(st.floats(0.05, 1), st.floats(0, 9)), min_size=1, max_size=4
).map(
    lambda steps: (
        "points",
        [
            (
                sum(width for width, _ in ordered[: place + 1]),
                sum(width * slope for width, slope in ordered[: place + 1]),
            )
            for ordered in [sorted(steps, key=lambda step: -step[1])]
            for place in range(len(ordered))
        ],
    )
)


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    curves=st.lists(st.one_of(saturating, concave), min_size=3, max_size=3),
    spent=st.lists(st.integers(20, 60), min_size=3, max_size=3),
    kept=st.integers(0, 500),
    reach=st.lists(st.none() | st.integers(0, 80), min_size=3, max_size=3),
    change=st.integers(80, 130),
    most_move=st.sampled_from([0.05, 0.2, 0.4]),
)
def test_any_budget_is_the_best_of_all_splits(
    warehouse: BudgetWarehouse,
    curves: list[tuple[str, list[tuple[float, float]]]],
    spent: list[int],
    kept: int,
    reach: list[int | None],
    change: int,
    most_move: float,
) -> None:
    """Sum exact, reach never passed, moves capped, nothing better by brute force."""
    channels = [
        Channel(name, money, points, form, limit)
        for name, money, (form, points), limit in zip(
            "abc", spent, curves, reach, strict=True
        )
    ]
    others = [Channel("radio", kept)] if kept else []
    total = Decimal((sum(spent) + kept) * change // 100) / 100
    rows = warehouse.split([*channels, *others], total, most_move)
    names = [name for name in rows.index if name != "all"]
    assert sum(cents(rows, name) for name in names) == int(total * 100)
    for channel in channels:
        part = cents(rows, channel.name)
        share = cents(rows, channel.name, "kept_amount")
        assert part <= share * (1 + most_move) + 1e-9
        if channel.reach_cents is None:
            assert part >= share * (1 - most_move) - 1e-9
        else:
            assert part <= channel.reach_cents
    found = sum(float(item.returns(cents(rows, item.name))) for item in channels)
    assert found == pytest.approx(best_return(channels, rows), abs=1e-6)
    if "unallocated_budget" in rows.index:
        assert "of a budget of" in rows.loc["unallocated_budget", "reason"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noisy_cells_leave_at_most_half_of_the_regret(
    warehouse: BudgetWarehouse, seed: int
) -> None:
    """Curves fitted to an experiment, judged along the curves that are true."""
    spent = {"search": 2_318_13, "social": 1_729_01, "display": 955_97}
    channels, true = [], []
    for name, frame in spend_cells(seed).items():
        fitted = fit_curve(frame["spend"], frame["margin"])
        channels.append(Channel(name, spent[name], [(fitted.scale, fitted.most)]))
        curve = CURVES[name]
        true.append(Channel(name, spent[name], [(curve.scale, curve.most)]))
    rows = warehouse.split([*channels, Channel("email", 400_00)])

    def brought(split: Sequence[float]) -> float:
        return sum(
            float(item.returns(part)) for item, part in zip(true, split, strict=True)
        )

    bounds = [
        (cents(rows, item.name, "low_amount"), cents(rows, item.name, "high_amount"))
        for item in true
    ]
    pool = sum(spent.values())
    best = minimize(
        lambda split: -brought(split * 1e4),
        np.array(list(spent.values())) / 1e4,
        bounds=np.array(bounds) / 1e4,
        constraints={"type": "eq", "fun": lambda split: split.sum() - pool / 1e4},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    most = -best.fun
    regret = most - brought([cents(rows, item.name) for item in true])
    regret_kept = most - brought(list(spent.values()))
    print(f"seed {seed}: regret {regret:.2f}, of the split as it is {regret_kept:.2f}")
    assert regret_kept > 1
    assert regret <= regret_kept / 2


def test_the_seed_is_what_the_experiment_gives() -> None:
    """Rows of the made-up company are those of seed 1, and the truth lies in them."""
    path = REPOSITORY / "seeds" / "response_curves.csv"
    with path.open(newline="") as file:
        rows = {row["channel"]: row for row in csv.DictReader(file)}
    for name, frame in spend_cells(1).items():
        fitted = fit_curve(frame["spend"], frame["margin"])
        assert float(rows[name]["spend_amount"]) == round(fitted.scale)
        assert float(rows[name]["return_amount"]) == round(fitted.most)
        assert float(rows[name]["relative_error"]) == round(fitted.relative_error, 4)


def test_the_error_of_a_curve_is_that_of_repeated_experiments() -> None:
    curve = CURVES["search"]
    mean = spend_cells(0)["search"]["spend"].mean()
    found, errors = [], []
    for seed in range(200):
        frame = spend_cells(seed)["search"]
        fitted = fit_curve(frame["spend"], frame["margin"])
        found.append(fitted.most * -np.expm1(-mean / fitted.scale))
        errors.append(fitted.relative_error)
    truth = float(curve.margin(np.array(mean)))
    assert np.mean(found) == pytest.approx(truth, rel=0.01)
    assert np.std(found) / truth == pytest.approx(np.mean(errors), rel=0.15)


@pytest.mark.parametrize(
    ("spend", "returns"),
    [([1, 1, 2, 2], [1, 1, 2, 2]), ([1, 2, 3, 4], [1, 2, 3, 4])],
)
def test_cells_without_a_curve_are_refused(
    spend: list[float], returns: list[float]
) -> None:
    with pytest.raises(CurveNotShownError):
        fit_curve(np.array(spend, dtype=float), np.array(returns, dtype=float))
