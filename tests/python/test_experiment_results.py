"""Experiments are judged as papers, SciPy and people drawn anew would judge them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from scipy import stats

from experiment_figures import (
    Figure,
    null_figures,
    planted_figures,
    sequence_figures,
)
from experiment_worlds import (
    SHARES,
    UNEVEN,
    ExperimentWarehouse,
    people_of,
    replicated,
)

REPLICATES, PEOPLE = 200, 4_000


@pytest.fixture(scope="module")
def warehouse() -> ExperimentWarehouse:
    return ExperimentWarehouse()


def missed(figures: list[Figure]) -> list[Figure]:
    """Return the figures outside of their bounds."""
    assert figures
    return [figure for figure in figures if not figure.holds]


def test_intervals_hold_and_planted_effects_are_found(
    warehouse: ExperimentWarehouse,
) -> None:
    assert missed([*planted_figures(warehouse, REPLICATES, PEOPLE)]) == []


def test_nothing_is_seen_where_nothing_is_but_at_the_stated_rate(
    warehouse: ExperimentWarehouse,
) -> None:
    assert missed([*null_figures(warehouse, REPLICATES, PEOPLE)]) == []


def test_a_sequence_holds_at_every_look(warehouse: ExperimentWarehouse) -> None:
    assert missed([*sequence_figures(warehouse, REPLICATES, 1_000)]) == []


@pytest.fixture(scope="module")
def one() -> tuple[pd.DataFrame, Mapping[str, pd.DataFrame]]:
    """Return people of one experiment and the rows that the models make of them."""
    warehouse = ExperimentWarehouse()
    people = replicated(UNEVEN, 1, PEOPLE, seed=5)
    warehouse.give_people(people)
    warehouse.run()
    return people, {name: warehouse.rows(name) for name in warehouse.schemas}


def slope_of(people: pd.DataFrame) -> float:
    """Return the slope of ordering on having ordered: least squares within arms."""
    means = people.groupby("arm")[["ordered", "past_ordered"]].transform("mean")
    rest = people[["ordered", "past_ordered"]] - means
    [slope], *_ = np.linalg.lstsq(
        rest[["past_ordered"]].to_numpy(), rest.ordered.to_numpy(), rcond=None
    )
    return float(slope)


def sides(people: pd.DataFrame, column: str) -> list[np.ndarray]:
    """Return the outcome in each arm."""
    return [people.loc[people.arm == arm, column].to_numpy(float) for arm in SHARES]


def row_of(rows: pd.DataFrame, metric: str, code: str) -> pd.Series:
    """Return the estimate of a metric for a segment."""
    [(_, row)] = rows[(rows.metric == metric) & (rows.shown_segment == code)].iterrows()
    return row


def test_sizes_are_held_against_plans_as_scipy_does(
    one: tuple[pd.DataFrame, Mapping[str, pd.DataFrame]],
) -> None:
    people, tables = one
    counts = [len(side) for side in sides(people, "ordered")]
    expected = stats.chisquare(counts, [share * PEOPLE for share in SHARES.values()])
    [row] = tables["int_measurement__experiment_samples"].to_dict("records")
    assert row["chi_square"] == pytest.approx(expected.statistic, abs=1e-9)
    assert row["sample_ratio_p"] == pytest.approx(expected.pvalue, abs=1e-6)


def test_amounts_count_up_to_the_cap_and_are_compared_as_scipy_does(
    one: tuple[pd.DataFrame, Mapping[str, pd.DataFrame]],
) -> None:
    people, tables = one
    amounts = people.revenue_amount[people.revenue_amount > 0].sort_values()
    cap = amounts.iloc[int(np.ceil(0.99 * len(amounts))) - 1]
    capped = [np.minimum(side, cap) for side in sides(people, "revenue_amount")]
    expected = stats.ttest_ind(*capped, equal_var=False).confidence_interval()
    row = row_of(tables["int_measurement__experiment_estimates"], "revenue", "all")
    assert row.outcome_cap == pytest.approx(cap)
    assert row.arm_mean == pytest.approx(capped[0].mean())
    assert row.effect_low == pytest.approx(expected.low, rel=1e-4)
    assert row.effect_high == pytest.approx(expected.high, rel=1e-4)


def test_the_past_is_taken_out_with_one_slope(
    one: tuple[pd.DataFrame, Mapping[str, pd.DataFrame]],
) -> None:
    people, tables = one
    slope = slope_of(people)
    adjusted = people.ordered - slope * people.past_ordered
    row = row_of(tables["int_measurement__experiment_estimates"], "ordered", "best")
    best = people.assign(adjusted=adjusted)[people.primary_segment == "best"]
    offer, holdout = sides(best, "adjusted")
    assert row.slope == pytest.approx(slope)
    assert row.adjusted_effect == pytest.approx(offer.mean() - holdout.mean())
    plain, plain_holdout = sides(best, "ordered")
    narrowed = np.sqrt(
        (offer.var(ddof=1) / len(offer) + holdout.var(ddof=1) / len(holdout))
        / (
            plain.var(ddof=1) / len(plain)
            + plain_holdout.var(ddof=1) / len(plain_holdout)
        )
    )
    assert (row.adjusted_high - row.adjusted_low) / (
        row.effect_high - row.effect_low
    ) == pytest.approx(narrowed, rel=1e-6)


def test_effects_of_segments_are_drawn_together(
    one: tuple[pd.DataFrame, Mapping[str, pd.DataFrame]],
) -> None:
    rows = one[1]["int_measurement__experiment_estimates"]
    mine = rows[(rows.metric == "ordered") & (rows.shown_segment != "all")]
    effect, error = mine.adjusted_effect.to_numpy(), mine.adjusted_error.to_numpy()
    # DerSimonian and Laird 1986, equations 2 to 9, as in every textbook.
    weight = error**-2
    mean = np.average(effect, weights=weight)
    spread = (weight * (effect - mean) ** 2).sum()
    between = max(
        0.0,
        (spread - len(effect) + 1) / (weight.sum() - (weight**2).sum() / weight.sum()),
    )
    assert between > 0
    expected = mean + (effect - mean) * between / (between + error**2)
    assert mine.shrunk_effect.to_numpy() == pytest.approx(expected, abs=1e-8)
    assert mine.shrunk_effect.std() < mine.adjusted_effect.std()


def test_shuffled_cells_say_what_shuffled_people_do() -> None:
    """Labels drawn anew for each person, in NumPy, give the same probabilities."""
    warehouse = ExperimentWarehouse()
    people = replicated(UNEVEN, 8, 1_500, seed=21)
    warehouse.give_people(people)
    warehouse.run()
    found = warehouse.rows("int_measurement__experiment_heterogeneity")
    found = found[found.metric == "ordered"].set_index("experiment_code")
    shown = warehouse.rows("int_measurement__experiment_contrasts")
    random = np.random.default_rng(3)
    gaps = []
    for code, own in people.groupby("experiment_code"):
        groups = shown[shown.experiment_code == f"{code}/1"]
        if f"{code}/1" not in found.index:
            assert groups.shown_segment.nunique() == 1
            continue
        group = own.primary_segment.map(
            groups.set_index("segment_code").shown_segment
        ).to_numpy()
        is_offer = (own.arm == "offer").to_numpy()
        rest = own.ordered - slope_of(own) * own.past_ordered
        effect = rest[is_offer].mean() - rest[~is_offer].mean()
        rest = rest.to_numpy() - effect * is_offer
        draws = [is_offer, *(random.permutation(is_offer) for _ in range(999))]
        spreads = np.array([spread_of(rest, group, draw) for draw in draws])
        gaps.append(found.heterogeneity_p[f"{code}/1"] - (spreads >= spreads[0]).mean())
    # The share of 200 shuffles has a standard error of .035 at most.
    assert len(gaps) > 4
    assert np.abs(gaps).max() < 0.12
    assert np.abs(np.mean(gaps)) < 0.04


def spread_of(rest: np.ndarray, group: np.ndarray, is_offer: np.ndarray) -> float:
    """Return the weighted spread of differences between groups."""
    effects, weights = [], []
    for name in np.unique(group):
        one, other = (rest[(group == name) & (is_offer == side)] for side in (1, 0))
        effects.append(one.mean() - other.mean())
        weights.append(
            1 / (one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
        )
    mean = np.average(effects, weights=weights)
    return float(np.sum(np.array(weights) * (np.array(effects) - mean) ** 2))


def test_small_segments_are_pooled_whatever_their_arms() -> None:
    warehouse = ExperimentWarehouse()
    people = people_of(UNEVEN, 3_000, np.random.default_rng(2)).assign(
        experiment_code="small",
        customer_id=[f"c{i}" for i in range(3_000)],
        person_number=range(3_000),
    )
    # Large enough but hardly anybody orders; too few to see anything; large enough.
    people["primary_segment"] = ["rare"] * 800 + ["few"] * 140 + ["many"] * 2_060
    people["ordered"] = [*[1] * 9, *[0] * 791, *[0, 1] * 70, *[0] * 1_920, *[1] * 140]
    warehouse.give_people(people)
    warehouse.run()
    shown = warehouse.rows("int_measurement__experiment_contrasts")
    assert shown.set_index("segment_code").shown_segment.to_dict() == {
        "rare": "pooled",
        "few": "pooled",
        "many": "many",
    }
    rows = warehouse.rows("int_measurement__experiment_estimates")
    counts = rows[rows.metric == "ordered"].set_index("shown_segment")
    total = counts.customer_count + counts.other_customer_count
    assert total.to_dict() == {"all": 3_000, "pooled": 940, "many": 2_060}
