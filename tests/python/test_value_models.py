"""Fits and sums of `segment train value` against papers and other libraries."""

import numpy as np
import pytest
from lifetimes import ModifiedBetaGeoFitter
from mpmath import hyp2f1, mp, mpf
from scipy.optimize import check_grad

from cdnow import shoppers
from exact_value import ExactValue
from segmentation.train.value.counts import Histories, compress
from segmentation.train.value.gamma_gamma import (
    OrderValueFit,
    OrderValueModel,
    expected_order_value,
    fit_order_values,
)
from segmentation.train.value.nodes import beta_nodes, choose_nodes, orders_if_alive
from segmentation.train.value.purchase_models import (
    PurchaseFit,
    PurchaseModel,
    fit_purchases,
    likelihood,
    probability_alive,
)

# Calibration to 1997-09-30, all 23,570 customers, in weeks.
PUBLISHED = (0.25162, 4.78894, 0.72343, 2.16109)
PUBLISHED_LIKELIHOOD = -95_368.444
PUBLISHED_ORDER_VALUES = (6.2754, 3.6244, 14.984)


@pytest.fixture(scope="module")
def cdnow() -> Histories:
    people = shoppers()
    return compress(people.frequency, people.recency_days, people.age_days)


def test_fitted_parameters_are_the_published_ones(cdnow: Histories) -> None:
    fit = fit_purchases(PurchaseModel.BG, cdnow)
    assert fit.parameters == pytest.approx(PUBLISHED, abs=6e-6)
    assert fit.log_likelihood == pytest.approx(PUBLISHED_LIKELIHOOD, abs=6e-4)


def test_modified_model_agrees_with_lifetimes(cdnow: Histories) -> None:
    fit = fit_purchases(PurchaseModel.MBG, cdnow)
    other = ModifiedBetaGeoFitter().fit(
        cdnow.frequency, cdnow.recency, cdnow.age, weights=cdnow.customers
    )
    names = ("r", "alpha", "a", "b")
    assert fit.parameters == pytest.approx([other.params_[n] for n in names], rel=2e-3)
    parts = ([*fit.parameters], cdnow.frequency, cdnow.recency, cdnow.age)
    # It minimises the mean of the negative logarithm by the logarithms of parameters.
    lost = other._negative_log_likelihood(
        np.log(parts[0]), *parts[1:], cdnow.customers, 0
    )
    assert fit.log_likelihood == pytest.approx(-lost * cdnow.customer_count, rel=1e-9)
    at = (cdnow.frequency, cdnow.recency, cdnow.age)
    other.params_[list(names)] = fit.parameters
    found = probability_alive(fit, cdnow)
    known = other.conditional_probability_alive(*at)
    # It calls those who never came back alive for certain, against its own formula.
    returned = cdnow.frequency > 0
    assert found[returned] == pytest.approx(known[returned], rel=1e-9)


@pytest.mark.parametrize("model", PurchaseModel)
def test_slopes_are_those_of_the_likelihood(model: PurchaseModel) -> None:
    histories = compress(
        np.array([0, 0, 1, 3, 40]),
        np.array([0, 0, 70, 200, 390]),
        np.array([10, 400, 80, 300, 400]),
    )

    def value(parameters: np.ndarray) -> float:
        return float(likelihood(model, parameters, histories)[0].sum())

    def slopes(parameters: np.ndarray) -> np.ndarray:
        total: np.ndarray = likelihood(model, parameters, histories)[1].sum(axis=1)
        return total

    assert check_grad(value, slopes, np.array([0.7, 3.0, 0.4, 1.6])) < 1e-5


def test_order_values_are_the_published_ones() -> None:
    people = shoppers()
    returned = people.frequency > 0
    orders = people.frequency[returned].astype(float)
    means = people.repeat_amount[returned] / orders
    fit = fit_order_values(orders, means)
    assert fit.model is OrderValueModel.GAMMA_GAMMA
    p, q, v = PUBLISHED_ORDER_VALUES
    assert (fit.p, fit.q) == pytest.approx((p, q), abs=6e-5)
    assert fit.v == pytest.approx(v, abs=6e-4)


def test_order_values_that_rise_with_frequency_are_refused() -> None:
    orders = np.arange(1.0, 41.0)
    fit = fit_order_values(orders, 10 + orders)
    assert fit.model is OrderValueModel.SHRUNK_MEAN
    assert fit.correlation == pytest.approx(1.0)
    # The mean order: sum of n (10 + n) over sum of n, for n to 40.
    mean = (10 * 820 + 22_140) / 820
    assert (fit.p, fit.q, fit.v) == pytest.approx((1, 2, mean))
    # One order of 5 and the mean order weigh alike; refunded to nothing is unknown.
    found = expected_order_value(fit, np.array([1.0, 3.0]), np.array([5.0, 0.0]))
    assert found == pytest.approx([(mean + 5) / 2, mean])


def test_order_values_that_are_all_alike_have_no_gamma_gamma() -> None:
    orders = np.asarray(np.arange(1, 200) % 7 + 1, dtype=float)
    fit = fit_order_values(orders, np.full(199, 25.0))
    assert fit.model is OrderValueModel.SHRUNK_MEAN
    assert fit.v == pytest.approx(25)
    assert fit.reason is not None


def test_means_that_are_not_positive_teach_nothing() -> None:
    generator = np.random.default_rng(1)
    orders = np.asarray(generator.integers(1, 9, 500), dtype=float)
    means = np.asarray(generator.gamma(2.0, 10.0, 500), dtype=float)
    with_refunds = fit_order_values(
        np.append(orders, [2.0, 3.0]), np.append(means, [0.0, -4.0])
    )
    assert with_refunds == fit_order_values(orders, means)


@pytest.mark.parametrize(
    ("a", "b"), [(0.72343, 2.16109), (0.0295, 26.7), (1.0, 1.0), (0.5, 0.5), (1.0, 3.0)]
)
def test_sum_over_nodes_is_the_hypergeometric_function(a: float, b: float) -> None:
    fit = PurchaseFit(PurchaseModel.BG, 0.6, 4.8, a, b, 0.0)
    frequency, age = np.array([0.0, 1.0, 7.0, 150.0]), np.array([3.0, 0.5, 38.9, 52.0])
    found = orders_if_alive(fit, beta_nodes(a, b, 64), frequency, age, 90 / 7)
    assert found == pytest.approx(
        [float(_exact(fit, x, t)) for x, t in zip(frequency, age, strict=True)],
        rel=1e-11,
    )


def _exact(fit: PurchaseFit, x: float, age: float) -> mpf:
    """Fader, Hardie and Lee (2005), equation 10, without the probability alive."""
    mp.dps = 40
    r, alpha, a, b = (mpf(value) for value in fit.parameters)
    weeks = mpf(90 / 7)
    if 1 in (a, a + b):
        a += mpf(10) ** -25  # equation 10 is a limit there
    z = weeks / (alpha + age + weeks)
    power = ((alpha + age) / (alpha + age + weeks)) ** (r + x)
    function = hyp2f1(r + x, b + x, a + b + x - 1, z)
    return (a + b + x - 1) / (a - 1) * (1 - power * function)


def test_the_fewest_nodes_that_are_exact_are_chosen(cdnow: Histories) -> None:
    fit = PurchaseFit(PurchaseModel.BG, *PUBLISHED, 0.0)
    nodes, error = choose_nodes(fit, cdnow)
    assert len(nodes.places) == 48
    assert error < 2e-11


def test_nodes_stay_exact_for_two_quarters() -> None:
    """Sixty returns in 26 weeks have become 120 in 52, against 40 digits."""
    fit = PurchaseFit(PurchaseModel.BG, *PUBLISHED, 0.0)
    some = Histories(np.array([60.0]), np.array([25.0]), np.array([26.0]), np.ones(1))
    nodes, _ = choose_nodes(fit, some)
    row: dict[str, object] = dict.fromkeys(("order_value_p", "order_value_q"), "1")
    row |= dict(zip(("r", "alpha", "a", "b"), map(str, PUBLISHED), strict=True))
    row |= {"order_value_v": "1", "yearly_discount_rate": "0", "purchase_model": "bg"}
    exact = ExactValue(row).orders_if_alive(120, 52 * 7, 365)
    # The least rule is exact for what it was, and no longer for what it will be.
    for size, is_exact in ((32, False), (len(nodes.places), True)):
        found = orders_if_alive(
            fit,
            beta_nodes(fit.a, fit.b, size),
            np.array([120.0]),
            np.array([52.0]),
            365 / 7,
        )
        assert (abs(found[0] / exact - 1) < 1e-10) == is_exact


def test_no_order_of_rows_changes_a_parameter() -> None:
    people = shoppers()
    some = np.arange(0, 23_570, 17)
    other = np.random.default_rng(3).permutation(some)
    fits: list[tuple[PurchaseFit, OrderValueFit]] = []
    for rows in (some, other):
        histories = compress(
            people.frequency[rows], people.recency_days[rows], people.age_days[rows]
        )
        orders = np.asarray(people.frequency[rows] + 1, dtype=float)
        values = fit_order_values(orders, people.amount[rows] / orders)
        fits.append((fit_purchases(PurchaseModel.BG, histories), values))
    assert fits[0] == fits[1]
