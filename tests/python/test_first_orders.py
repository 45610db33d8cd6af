"""Who will order for the first time: the fit, who is followed, what is published."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dbt_project import REPOSITORY
from segmentation.train.value.card import card_text
from segmentation.train.value.first_orders import observe
from segmentation.train.value.logistic import fit_logistic, probabilities
from segmentation.train.value.prospects import NOBODY, Prospects
from segmentation.train.value.seed_files import SEEDS
from segmentation.train.value.training import Settings, Version, train_versions
from segmentation.train.value.value import publish
from segmentation.train.value.worlds import World
from test_train_value import SHARES, Customers

DAYS = (date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30))
NAMES = ("page_count_90d", "message_click_count_90d", "has_visited", "never_covered")
# Of one standard deviation; the last has nothing to do with it.
PLANTED = np.array([0.6, 0.4, 0.0])
COUNT = 4_000


def cohort(number: int, *, planted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts of prospects of a quarter, and who of them ordered."""
    generator = np.random.default_rng(number)
    counts = generator.poisson([3.0, 0.5, 0.4], (COUNT, 3)).astype(float)
    counts[:, 2] = counts[:, 2] > 0
    logs = np.log1p(counts)
    odds = np.exp(-2 + (logs - logs.mean(axis=0)) / logs.std(axis=0) @ planted)
    return counts, generator.random(COUNT) < odds / (1 + odds)


def buying(world: World, first_days: dict[str, int]) -> World:
    """Add buyers of one order each; `first_days` counts back from the world's day."""
    zeros = np.zeros(len(first_days), dtype=np.int64)
    money = np.full(len(first_days), 20.0)
    return replace(
        world,
        customer_ids=(*world.customer_ids, *first_days),
        frequency=np.append(world.frequency, zeros),
        recency_days=np.append(world.recency_days, zeros),
        age_days=np.append(world.age_days, list(first_days.values())).astype(np.int64),
        revenue=np.append(world.revenue, money),
        revenue_90d=np.append(world.revenue_90d, money),
        margin=np.append(world.margin, money / 4),
    )


def of_names(*names: str) -> Prospects:
    return Prospects(names, ("page_count_90d",), np.zeros((len(names), 1)))


class Company:
    """Buyers of another test, and prospects of each quarter, named after it.

    Who orders does so 30 days before the quarter's end; who does not is a prospect
    until then, and gone afterwards.
    """

    as_of = date(2024, 12, 15)
    top_shares = SHARES

    def __init__(self, planted: np.ndarray, count: int = COUNT, seed: int = 0) -> None:
        self.buyers = Customers(leaves_at_once=True)
        self.planted, self.count, self.seed = planted, count, seed
        self.days: list[date] = []

    def build(self, day: date) -> World:
        self.days.append(day)
        quarter = DAYS.index(day)
        names, counts, _ = self.prospects(quarter)
        old, _, ordered = self.prospects(quarter - 1)
        world = self.buyers.world(day)
        firsts = dict.fromkeys(old[ordered].tolist(), 30) if quarter else {}
        silent = old[~ordered].tolist() if quarter else []
        known = np.vstack([counts, np.ones((len(silent), len(NAMES)))])
        return replace(
            buying(world, firsts),
            prospects=Prospects((*names.tolist(), *silent), NAMES, known),
        )

    def prospects(self, quarter: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return names, inputs and who ordered, in an order that the seed decides."""
        counts, ordered = cohort(quarter + 10, planted=self.planted)
        names = np.array([f"{quarter}-{place:04}" for place in range(COUNT)])
        order = np.random.default_rng(self.seed).permutation(COUNT)[: self.count]
        covered = np.column_stack([counts, np.full(COUNT, np.nan)])
        return names[order], covered[order], ordered[order]


class OnlyBuyers(Company):
    """Nobody is known before the first order."""

    def build(self, day: date) -> World:
        return replace(super().build(day), prospects=NOBODY)


def trained(company: Company) -> Version:
    [version] = train_versions(company, Settings("shop"), lambda _: None)
    return version


@pytest.fixture(scope="module")
def version() -> Version:
    return trained(Company(PLANTED))


def test_planted_coefficients_are_found(version: Version) -> None:
    fit = version.first_orders.fit
    assert fit is not None
    assert fit.names == NAMES[:3]
    # Of the quarter before the cut-off, whose cohort is the eleventh.
    counts, ordered = cohort(11, planted=PLANTED)
    logs = np.log1p(counts)
    assert fit.means == pytest.approx(logs.mean(axis=0), rel=1e-12)
    assert fit.scales == pytest.approx(logs.std(axis=0), rel=1e-12)
    # Four standard errors: the inverse of Fisher's information at the planted values.
    spread = (logs - logs.mean(axis=0)) / logs.std(axis=0)
    design = np.column_stack([np.ones(COUNT), spread])
    share = 1 / (1 + np.exp(2 - spread @ PLANTED))
    information = (design * (share * (1 - share))[:, None]).T @ design
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    found = np.append(fit.intercept, fit.coefficients)
    assert np.all(np.abs(found - [-2, *PLANTED]) < 4 * errors)
    rival = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-12)
    rival.fit(spread, ordered)
    assert found == pytest.approx([*rival.intercept_, *rival.coef_[0]], abs=1e-9)


def test_it_is_tested_on_the_window_after_the_one_it_was_fitted_to(
    version: Version,
) -> None:
    test, window = version.first_orders.test, version.first_orders.window
    assert test is not None
    assert window is not None
    assert (window.start, window.ordered.size) == (DAYS[1], COUNT)
    # The silent of the quarter before are gone by the end.
    assert window.left_out == int((~cohort(10, planted=PLANTED)[1]).sum())
    (before, was), (counts, ordered) = (
        cohort(number, planted=PLANTED) for number in (10, 11)
    )
    logs = np.log1p(before)
    rival = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-12)
    rival.fit((logs - logs.mean(axis=0)) / logs.std(axis=0), was)
    spread = (np.log1p(counts) - logs.mean(axis=0)) / logs.std(axis=0)
    found = rival.predict_proba(spread)[:, 1]
    assert test.expected == pytest.approx(found.sum(), rel=1e-9)
    loss = -np.where(ordered, np.log(found), np.log(1 - found)).mean()
    assert test.log_loss == pytest.approx(loss, rel=1e-9)
    base = was.mean()
    loss = -np.where(ordered, np.log(base), np.log(1 - base)).mean()
    assert test.base_log_loss == pytest.approx(loss, rel=1e-12)
    pairs = found[ordered][:, None] - found[~ordered][None, :]
    wins = (pairs > 1e-9).mean() + (np.abs(pairs) <= 1e-9).mean() / 2
    assert test.area == pytest.approx(wins, abs=1e-9)
    assert test.slope == pytest.approx(1, abs=0.25)


def test_no_window_is_built_where_too_few_ordered() -> None:
    company = Company(PLANTED, count=300)
    version = trained(company)
    assert company.days == [DAYS[2], DAYS[1]]
    assert version.parameters.first_orders is None
    assert "prospects ordered within 90 days" in version.first_orders.reason
    assert "nothing is published, as" in card_text([version])
    nobody = trained(OnlyBuyers(PLANTED))
    assert "everybody who is known has ordered" in nobody.first_orders.reason


def test_what_tells_nothing_is_not_published() -> None:
    found = trained(Company(0 * PLANTED)).first_orders
    assert found.test is not None
    assert found.fit is None
    assert "one share for all" in found.reason


def test_the_order_of_rows_does_not_show(version: Version, tmp_path: Path) -> None:
    other = trained(Company(PLANTED, seed=5))
    for folder, each in (("one", version), ("two", other)):
        (tmp_path / folder).mkdir()
        publish([each], tmp_path / folder)
    for seed in SEEDS:
        one, two = (tmp_path / folder / seed for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes(), seed


def test_a_training_without_enough_withdraws_what_was_published(
    version: Version, tmp_path: Path
) -> None:
    *_, seed = SEEDS
    publish([version], tmp_path)
    marks = set()
    for each in SEEDS:
        with (tmp_path / each).open(newline="") as lines:
            marks |= {row["seed_fingerprint"] for row in csv.DictReader(lines)}
    assert len(marks) == 1
    assert (tmp_path / seed).read_text().count("shop,2024-09-30") == 4
    parameters = replace(version.parameters, first_orders=None)
    publish([replace(version, parameters=parameters)], tmp_path)
    assert (tmp_path / seed).read_text().count("\n") == 1


def test_who_is_followed_and_who_is_not() -> None:
    people = Customers(leaves_at_once=True, count=20)
    start, end = date(2024, 6, 30), date(2024, 9, 30)  # 92 days
    before, after = people.world(start), people.world(end)
    buyer = before.customer_ids[0]
    names = ("last", "late", "silent", "renamed", "was", "twin", "other", "gone")
    # Found to be one: a prospect and a buyer, two prospects, a record that had ordered.
    joined = {"renamed": "new", "was": buyer, "twin": "twins", "other": "twins"}
    after = buying(after, {"last": 2, "late": 1, "new": 50, "twins": 40, "old": 92})
    window = observe(
        replace(before, prospects=of_names(*names, "guest")),
        replace(after, prospects=of_names("silent"), joined={**joined, "guest": "old"}),
    )
    assert dict(
        zip(window.prospects.customer_ids, window.ordered.tolist(), strict=True)
    ) == {"last": 1, "late": 0, "silent": 0, "renamed": 1}
    assert window.left_out == 5


def test_certainty_is_no_obstacle() -> None:
    assert probabilities(np.array([-800.0, 0.0, 800.0])).tolist() == [0, 0.5, 1]
    # All who saw a page ordered and nobody else: only the penalty keeps it finite.
    inputs = np.repeat([[-1.0], [1.0]], 50, axis=0)
    intercept, slope = fit_logistic(inputs, np.repeat([0.0, 1.0], 50))
    assert intercept == pytest.approx(0, abs=1e-12)
    # The slope of the penalised likelihood is zero: 100 (1 - p) = slope.
    assert 100 * (1 - 1 / (1 + np.exp(-slope))) == pytest.approx(slope)


def test_published_seeds_are_of_one_training() -> None:
    marks: dict[tuple[str, str], set[str]] = {}
    keys: list[set[tuple[str, str]]] = []
    for seed in SEEDS:
        with (REPOSITORY / seed).open(newline="") as lines:
            keys.append(set())
            for row in csv.DictReader(lines):
                key = (row["dataset"], row["version"])
                keys[-1].add(key)
                marks.setdefault(key, set()).add(row["seed_fingerprint"])
    assert all(len(found) == 1 for found in marks.values())
    versions, nodes, prospects = keys
    assert set() < prospects < versions == nodes
