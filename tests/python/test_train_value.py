"""`segment train value`: choices on a window before, seeds, cards, refusals."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner, Result
from scipy.stats import bootstrap

from segmentation.cli import cli
from segmentation.train.arrays import Floats
from segmentation.train.quarters import quarter_end_before
from segmentation.train.value import value
from segmentation.train.value.backtest import backtest, calibration_slope
from segmentation.train.value.card import card_text
from segmentation.train.value.errors import (
    DriftError,
    ParametersMissingError,
    SeedUnreadableError,
    TooFewBuyersError,
)
from segmentation.train.value.gamma_gamma import expected_order_value
from segmentation.train.value.purchase_models import PurchaseModel
from segmentation.train.value.seed_files import NODES, PARAMETERS
from segmentation.train.value.tiers import (
    TierMeasure,
    compare_tiers,
    explained,
    tiers_of,
)
from segmentation.train.value.training import Settings, Version, train_versions
from segmentation.train.value.value import Movers, check, compare, movers, publish
from segmentation.train.value.worlds import World, window_start

START = date(2024, 1, 1)
SHARES = (0.05, 0.15, 0.30, 0.50, 0.75)


class Customers:
    """Order days and amounts of made-up people who leave as the models say.

    Args:
        leaves_at_once: Whether somebody may leave after the first order, as in MBG/NBD.
        count: How many people.
        seed: Of their draws.
    """

    def __init__(
        self, *, leaves_at_once: bool, count: int = 500, seed: int = 7
    ) -> None:
        generator = np.random.default_rng(seed)
        rate = generator.gamma(1.2, 1 / 4.0, count) / 7
        leaving = generator.beta(1.0, 2.5, count)
        worth = 20 / generator.gamma(4.0, 1 / 3.0, count)
        self.days: list[np.ndarray] = []
        self.amounts: list[np.ndarray] = []
        for one in range(count):
            day, days = generator.uniform(0, 150), []
            while day < 400:
                days.append(int(day))
                may_leave = leaves_at_once or len(days) > 1
                if may_leave and generator.uniform() < leaving[one]:
                    break
                day += generator.exponential(1 / rate[one])
            self.days.append(np.unique(days))
            self.amounts.append(
                generator.gamma(5.0, worth[one] / 5, len(self.days[-1])).round(2)
            )

    def world(self, day: date, order: np.ndarray | None = None) -> World:
        """Return what was known on a day; customers may be named in another order."""
        rows = []
        last = (day - START).days
        for one in order if order is not None else range(len(self.days)):
            seen = self.days[one] <= last
            if seen.any():
                days, amounts = self.days[one][seen], self.amounts[one][seen]
                rows.append(
                    (
                        f"{one:06}",
                        len(days) - 1,
                        days[-1] - days[0],
                        last - days[0],
                        amounts.sum().round(2),
                        amounts[days > last - 90].sum().round(2),
                    )
                )
        ids, *columns = zip(*rows, strict=True)
        counts = [np.array(column, dtype=np.int64) for column in columns[:3]]
        money = [np.array(column, dtype=np.float64) for column in columns[3:]]
        return World(
            day,
            START,
            ids,
            counts[0],
            counts[1],
            counts[2],
            money[0],
            money[1],
            money[0] * 0.25,
            False,
            {},
        )


class Built:
    """Stands in for the worlds of a project: made-up customers need no warehouse."""

    as_of = date(2024, 12, 15)
    top_shares = SHARES

    def __init__(self, customers: Customers, order: np.ndarray | None = None) -> None:
        self.customers, self.order = customers, order
        self.days: list[date] = []

    def build(self, day: date) -> World:
        self.days.append(day)
        return self.customers.world(day, self.order)


@pytest.fixture(scope="module")
def customers() -> Customers:
    return Customers(leaves_at_once=True)


@pytest.fixture(scope="module")
def trained(customers: Customers) -> tuple[Version, ...]:
    settings = Settings("shop", is_backfill=True)
    return train_versions(Built(customers), settings, lambda _: None)


@pytest.mark.parametrize("leaves_at_once", [True, False])
def test_the_model_that_customers_follow_is_chosen(leaves_at_once: bool) -> None:
    people = Customers(leaves_at_once=leaves_at_once, count=2_000)
    found = backtest(
        people.world(date(2024, 6, 30)), people.world(date(2024, 9, 30)), 0.1, SHARES
    )
    expected = PurchaseModel.MBG if leaves_at_once else PurchaseModel.BG
    assert found.winner is expected
    # As near as a total is promised to be.
    assert found.expected_orders == pytest.approx(found.actual_orders, rel=0.1)
    assert found.slope == pytest.approx(1, abs=0.1)


def test_customers_that_were_merged_are_left_out(customers: Customers) -> None:
    before = customers.world(date(2024, 6, 30))
    after = customers.world(date(2024, 9, 30))
    one, two, three = before.customer_ids[:3]
    merged = replace(after, joined={one: two})
    found = backtest(before, merged, 0.1, SHARES)
    assert found.merged == 2
    renamed = replace(
        after,
        customer_ids=tuple("new" if n == three else n for n in after.customer_ids),
        joined={three: "new"},
    )
    assert backtest(before, renamed, 0.1, SHARES).merged == 0


def test_versions_are_of_quarter_ends_with_ninety_days_before(
    trained: tuple[Version, ...], customers: Customers
) -> None:
    versions = [version.parameters.version for version in trained]
    assert versions == ["2024-09-30", "2024-06-30", "2024-03-31"]
    windows = [version.backtest and version.backtest.start for version in trained]
    assert windows == [date(2024, 6, 30), date(2024, 3, 31), None]
    worlds = Built(customers)
    train_versions(worlds, Settings("shop"), lambda _: None)
    assert worlds.days == [date(2024, 9, 30), date(2024, 6, 30)]
    # Without a window to compare in, the plain rule.
    assert trained[-1].parameters.tier_measure is TierMeasure.SPEND
    assert trained[0].parameters.margin_share == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("day", "quarter_end", "start"),
    [
        ("2024-12-31", "2024-09-30", "2024-09-30"),
        ("2024-09-30", "2024-06-30", "2024-06-30"),
        ("2024-10-01", "2024-09-30", "2024-06-30"),
        ("2024-12-28", "2024-09-30", "2024-06-30"),
        ("2024-12-29", "2024-09-30", "2024-09-30"),
    ],
)
def test_windows_are_at_least_ninety_days(
    day: str, quarter_end: str, start: str
) -> None:
    at = date.fromisoformat(day)
    assert quarter_end_before(at) == date.fromisoformat(quarter_end)
    assert window_start(at) == date.fromisoformat(start)
    assert at - window_start(at) >= timedelta(days=90)


def test_training_again_writes_the_same_bytes(
    trained: tuple[Version, ...], customers: Customers, tmp_path: Path
) -> None:
    shuffled = np.random.default_rng(2).permutation(len(customers.days))
    settings = Settings("shop", is_backfill=True)
    again = train_versions(Built(customers, shuffled), settings, lambda _: None)
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    for file, other in zip(
        publish(trained, tmp_path / "one"),
        publish(again[::-1], tmp_path / "two"),
        strict=True,
    ):
        if file.suffix == ".csv":
            assert file.read_bytes() == other.read_bytes(), file
    publish(again, tmp_path / "two")
    assert [path.read_bytes() for path in sorted((tmp_path / "one").rglob("*.*"))] == [
        path.read_bytes() for path in sorted((tmp_path / "two").rglob("*.*"))
    ]


def test_seeds_keep_what_is_of_others(
    trained: tuple[Version, ...], tmp_path: Path
) -> None:
    publish(trained, tmp_path)
    other = replace(trained[0].parameters, dataset="zoo")
    publish([replace(trained[0], parameters=other)], tmp_path)
    publish(trained[:1], tmp_path)
    marks = []
    rows: list[dict[str, str]] = []
    for seed in (PARAMETERS, NODES):
        with (tmp_path / seed).open(newline="") as lines:
            rows = list(csv.DictReader(lines))
        keys = {(row["dataset"], row["version"]) for row in rows}
        versions = ("2024-03-31", "2024-06-30", "2024-09-30")
        assert keys == {*(("shop", v) for v in versions), ("zoo", "2024-09-30")}
        marks.append(
            {row["seed_fingerprint"] for row in rows if row["dataset"] == "zoo"}
        )
    assert marks[0] == marks[1]
    weights = [float(row["log_weight"]) for row in rows if row["dataset"] == "zoo"]
    assert len(weights) == len(trained[0].parameters.nodes.places)
    assert np.exp(weights).sum() == pytest.approx(1, rel=1e-12)


def test_a_seed_of_another_version_is_refused(
    trained: tuple[Version, ...], tmp_path: Path
) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / PARAMETERS).write_text("dataset,r\nshop,1\n")
    with pytest.raises(SeedUnreadableError, match="Found the columns dataset, r in"):
        publish(trained, tmp_path)
    assert not (tmp_path / NODES).exists()


def test_drift_is_what_published_parameters_expect_otherwise(
    trained: tuple[Version, ...], tmp_path: Path
) -> None:
    with pytest.raises(ParametersMissingError, match="no parameters of shop"):
        compare(trained[0], tmp_path)
    publish(trained, tmp_path)
    assert compare(trained[0], tmp_path).orders == pytest.approx(0, abs=1e-12)
    # Twice the time scale of orders: about half as many are expected.
    file = tmp_path / PARAMETERS
    newest = trained[0].parameters.purchases
    text = file.read_text().replace(repr(newest.alpha), repr(2 * newest.alpha))
    file.write_text(text)
    drift = compare(trained[0], tmp_path)
    assert drift.published == "2024-09-30"
    assert drift.orders > 0.1
    with pytest.raises(DriftError, match="expected 10% at most"):
        check(drift)


def test_movers_are_who_changes_tier_and_what_they_spent(
    trained: tuple[Version, ...], tmp_path: Path
) -> None:
    assert movers(trained[0], tmp_path) is None
    publish(trained, tmp_path)
    same = movers(trained[0], tmp_path)
    assert same is not None
    assert (same.published, same.up, same.down) == ("2024-09-30", 0, 0)
    # Twenty buyers of one history: who spent least lately is worth most.
    spend = np.arange(20, 0, -1.0)
    zeros = np.zeros(20, dtype=np.int64)
    world = replace(
        trained[0].world,
        customer_ids=tuple(f"{place:02}" for place in range(20)),
        frequency=zeros,
        recency_days=zeros,
        age_days=zeros + 100,
        revenue=100 - spend,
        revenue_90d=spend,
    )

    def measured_by(measure: TierMeasure) -> Version:
        parameters = replace(trained[0].parameters, tier_measure=measure)
        return replace(trained[0], world=world, parameters=parameters)

    publish([measured_by(TierMeasure.EXPECTED)], tmp_path)
    # From the top tiers hold 2, 2, 3, 4, 5 and 4: of the two in the middle, tenth and
    # eleventh from both ends, none moves; nine spent 20 to 12, and nine 9 to 1.
    assert movers(measured_by(TierMeasure.SPEND), tmp_path) == Movers(
        "2024-09-30", 20, 9, 9, 210, 144, 45
    )


def test_the_command_checks_and_writes(
    trained: tuple[Version, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dbt_project.yml").write_text(
        "name: shop_project\nprofile: shop\nvars: {segmentation_dataset: shop}\n"
    )
    (tmp_path / "profiles.yml").write_text(
        "shop:\n  target: file\n  outputs:\n"
        "    file: {type: duckdb, path: shop.duckdb, schema: main}\n"
    )
    asked: list[Settings] = []

    def train(_profile: object, settings: Settings, _advance: object) -> object:
        asked.append(settings)
        return trained

    monkeypatch.setattr(value, "train_value", train)

    def run(*words: str) -> Result:
        folder = str(tmp_path)
        general = ["--project-dir", folder, "--profiles-dir", folder, "train", "value"]
        return CliRunner().invoke(cli, [*general, *words])

    missing = run("--check")
    assert missing.exit_code == 1
    assert "Found no parameters of shop" in missing.output
    assert not (tmp_path / "seeds").exists()
    written = run("--backfill", "--discount-rate", "0.2", "--through", "2024-09-30")
    assert written.exit_code == 0, written.output
    assert asked[-1] == Settings("shop", date(2024, 9, 30), True, 0.2)
    assert (tmp_path / NODES).exists()
    assert "change value tier" not in written.output
    again = run("--through", "2024-09-30").output
    buyers = len(trained[0].world.customer_ids)
    moving = f"0 of {buyers} buyers change value tier against the published version"
    assert again.index(moving) < again.index("Wrote")
    same = run("--check")
    assert same.exit_code == 0, same.output
    assert "differ by 0.00% between the published version 2024-09-30" in same.output
    file = tmp_path / PARAMETERS
    alpha = trained[0].parameters.purchases.alpha
    file.write_text(file.read_text().replace(repr(alpha), repr(2 * alpha)))
    drifted = run("--check")
    assert drifted.exit_code == 1
    assert "expected 10% at most" in drifted.output


def test_too_few_who_came_back_are_refused() -> None:
    few = Customers(leaves_at_once=True, count=60)
    with pytest.raises(TooFewBuyersError, match="expected at least 100"):
        train_versions(Built(few), Settings("shop"), lambda _: None)


def test_the_card_names_each_version_and_why_its_tiers_cut_what(
    trained: tuple[Version, ...],
) -> None:
    text = card_text(trained)
    assert "| figure | 2024-09-30 | 2024-06-30 | 2024-03-31 |" in text
    assert "- 2024-03-31: `spend_90d` (nothing to compare with yet" in text
    assert "gamma_gamma" in text


def test_tiers_cut_from_the_top_and_silence_is_dormant() -> None:
    # Twenty buyers: 5% is one, 15% three, 30% six, 50% ten, 75% fifteen.
    measure = np.arange(20, 0, -1.0)
    dormant = np.zeros(20, dtype=bool)
    tiers = tiers_of(measure, dormant, SHARES)
    # percentile_disc(.95) of 1 to 20 is 19: the two at or above it are the top tier.
    assert tiers.tolist() == [0] * 2 + [1] * 2 + [2] * 3 + [3] * 4 + [4] * 5 + [5] * 4
    dormant[0] = True
    assert tiers_of(measure, dormant, SHARES)[0] == 5
    # Two cuts that coincide leave the higher tier empty.
    tied = tiers_of(np.array([9.0] * 10 + [1.0] * 10), dormant, SHARES)
    # 30% from the top is the lowest of the cuts at 9, 75% that of those at 1.
    assert tied[1:].tolist() == [2] * 9 + [4] * 10


def test_explained_is_the_share_between_groups() -> None:
    # Means 2 and 6 around 4: 16 between; 2 within each: 4 of 20 within.
    groups, outcome = np.array([0, 0, 1, 1]), np.array([1.0, 3.0, 5.0, 7.0])
    assert explained(groups, outcome) == pytest.approx(16 / 20)


def test_tiers_cut_what_explains_most_and_the_plain_rule_at_a_tie() -> None:
    later, flat = np.arange(1.0, 101.0), np.tile([1.0, 2.0], 50)
    spend, expected, combined = TierMeasure

    def winner(one: Floats, two: Floats, three: Floats) -> TierMeasure:
        measures = {spend: one, expected: two, combined: three}
        return compare_tiers(measures, later, SHARES).winner

    assert winner(flat, later, flat) is expected
    assert winner(flat, flat, later) is combined
    assert winner(later, flat, flat) is spend
    assert winner(later, later, later) is spend


def test_the_interval_of_the_difference_is_that_of_another_library() -> None:
    generator = np.random.default_rng(9)
    worth = generator.gamma(1.5, 30.0, 800)
    spend = worth * generator.gamma(1.0, 1.0, 800)
    later = worth * generator.gamma(2.0, 0.5, 800)
    measures = {
        TierMeasure.SPEND: spend,
        TierMeasure.EXPECTED: worth,
        TierMeasure.COMBINED: np.ones(800),
    }
    found = compare_tiers(measures, later, SHARES)
    outcome = np.minimum(later, np.quantile(later, 0.99))
    dormant = np.zeros(800, dtype=bool)

    def r_squared(tiers: np.ndarray, money: np.ndarray) -> float:
        means = pd.Series(money).groupby(tiers).transform("mean")
        return float(np.var(means) / np.var(money))

    rival = bootstrap(
        [tiers_of(m, dormant, SHARES) for m in (spend, worth)] + [outcome],
        lambda one, two, money: r_squared(two, money) - r_squared(one, money),
        paired=True,
        vectorized=False,
        method="percentile",
        n_resamples=1_000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    assert found.more == pytest.approx((rival.low, rival.high), abs=0.02)
    more = found.explained[TierMeasure.EXPECTED] - found.explained[TierMeasure.SPEND]
    assert found.more[0] < more < found.more[1]
    assert rival.high - rival.low > 0.08
    order = generator.permutation(800)
    shuffled = {name: measure[order] for name, measure in measures.items()}
    assert compare_tiers(shuffled, later[order], SHARES) == found
    equal = dict.fromkeys(TierMeasure, later)
    assert compare_tiers(equal, later, SHARES).more == (0, 0)


def test_combined_spend_is_the_mean_of_three(trained: tuple[Version, ...]) -> None:
    """100 days old with 100 spent, 30 of it lately; new with 9; refunded to -4."""
    model = trained[0].model
    world = replace(
        trained[0].world,
        customer_ids=("a", "b", "c"),
        frequency=np.array([1, 0, 0]),
        recency_days=np.array([50, 0, 0]),
        age_days=np.array([100, 3, 200]),
        revenue=np.array([100.0, 9.0, -4.0]),
        revenue_90d=np.array([30.0, 9.0, -4.0]),
    )
    values = trained[0].parameters.order_values
    worth = expected_order_value(values, world.order_days, world.revenue)
    expected = model.orders(world, 90) * worth
    assert model.combined_spend(world) == pytest.approx(
        [(expected[0] + 90 + 30) / 3, (expected[1] + 9 + 9) / 3, (expected[2] - 4) / 3]
    )


def test_slope_is_that_of_a_line_through_group_means() -> None:
    expected = np.repeat(np.arange(10.0), 5)
    assert calibration_slope(expected, 0.5 * expected + 3) == pytest.approx(0.5)
