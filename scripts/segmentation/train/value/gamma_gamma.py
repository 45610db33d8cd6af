"""Gamma-Gamma: what the mean order of a customer is worth, given those seen.

Orders of a customer are gamma distributed with shape p and a rate of their own, which
is gamma distributed over customers with shape q and rate v (Fader and Hardie, 2013,
"The Gamma-Gamma Model of Monetary Value", equations 1a and 5). It takes value to be
independent of frequency: where it is not, a shrunken mean stands in, which is the same
formula with p = 1, q = 2 and the mean order as v.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from segmentation.train.arrays import Floats
from segmentation.train.value.errors import FitFailedError

MAX_CORRELATION = 0.3
# Below it the mean over customers is hardly finite.
LEAST_Q = 1.05
# Above it customers do not differ, and where the search ends is chance.
MOST_Q = 1000.0
LOG_BOUNDS = (-12.0, 20.0)
START = (3.0, 3.0)


class OrderValueModel(StrEnum):
    """Where the expected value of an order comes from."""

    GAMMA_GAMMA = "gamma_gamma"
    SHRUNK_MEAN = "shrunk_mean"


@dataclass(frozen=True)
class OrderValueFit:
    """A fitted model of order values.

    Attributes:
        model: Which model.
        p: Shape of a customer's orders.
        q: Shape of the rates over customers.
        v: Rate of those, in the reporting currency.
        correlation: Between the number of orders and their mean value.
        customers: Customers with a positive value, of whom it learned.
        reason: Why it is no Gamma-Gamma; null when it is.
    """

    model: OrderValueModel
    p: float
    q: float
    v: float
    correlation: float
    customers: int
    reason: str | None = None


def fit_order_values(orders: Floats, mean_values: Floats) -> OrderValueFit:
    """Fit to customers with a positive mean order.

    Args:
        orders: Number of orders of each customer, shape (customers,).
        mean_values: Their mean value.

    Raises:
        FitFailedError: Nobody has a positive value.
    """
    is_positive = (mean_values > 0) & (orders > 0)
    x, z = orders[is_positive], mean_values[is_positive]
    if not x.size:
        raise FitFailedError(OrderValueModel.GAMMA_GAMMA.value, 0)
    # Sums must not depend on the order of the rows.
    order = np.lexsort((z, x))
    x, z = x[order], z[order]
    correlation = _correlation(x, z)
    if abs(correlation) > MAX_CORRELATION:
        reason = f"the correlation is above {MAX_CORRELATION:g} in absolute value"
        return _shrunk_mean(x, z, correlation, reason)
    try:
        p, q, v = fit_gamma_gamma(x, z)
    except FitFailedError:
        p, q, v = 1.0, np.inf, 1.0
    if q > MOST_Q:
        return _shrunk_mean(x, z, correlation, "customers do not differ in it")
    if q < LEAST_Q:
        return _shrunk_mean(x, z, correlation, f"q is {q:.3f}: no finite mean")
    return OrderValueFit(OrderValueModel.GAMMA_GAMMA, p, q, v, correlation, x.size)


def fit_gamma_gamma(orders: Floats, mean_values: Floats) -> tuple[float, float, float]:
    """Return p, q and v of the highest likelihood for positive mean values.

    Raises:
        FitFailedError: The search does not settle.
    """
    x, z = orders, mean_values
    scale = float((x @ z) / x.sum())
    z = z / scale

    def objective(logs: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(logs)
        total = v + x * z
        value = (
            gammaln(p * x + q)
            - gammaln(p * x)
            - gammaln(q)
            + q * np.log(v)
            + (p * x - 1) * np.log(z)
            + p * x * np.log(x)
            - (p * x + q) * np.log(total)
        )
        by_p = x * (
            digamma(p * x + q) - digamma(p * x) + np.log(z) + np.log(x) - np.log(total)
        )
        by_q = digamma(p * x + q) - digamma(q) + np.log(v) - np.log(total)
        by_v = q / v - (p * x + q) / total
        slopes = np.array([by_p.mean() * p, by_q.mean() * q, by_v.mean() * v])
        return -float(value.mean()), -slopes

    found = minimize(
        objective,
        np.log([*START, 1.0]),
        jac=True,
        method="L-BFGS-B",
        bounds=[LOG_BOUNDS] * 3,
        options={"ftol": 1e-16, "gtol": 1e-10, "maxiter": 2000},
    )
    if np.abs(found.jac).max() > 1e-5:
        raise FitFailedError(OrderValueModel.GAMMA_GAMMA.value, x.size)
    p, q, v = (float(value) for value in np.exp(found.x))
    return p, q, v * scale


def expected_order_value(fit: OrderValueFit, orders: Floats, amount: Floats) -> Floats:
    """Return the expected value of an order, given their number and sum.

    Args:
        fit: Parameters.
        orders: Shape (customers,).
        amount: Sum of their values; where it is not positive nothing is known.
    """
    is_known = amount > 0
    count = np.where(is_known, orders, 0.0)
    total = np.where(is_known, amount, 0.0)
    value: Floats = fit.p * (fit.v + total) / (fit.p * count + fit.q - 1)
    return value


def _shrunk_mean(
    x: Floats, z: Floats, correlation: float, reason: str
) -> OrderValueFit:
    mean = float((x @ z) / x.sum())
    return OrderValueFit(
        OrderValueModel.SHRUNK_MEAN, 1.0, 2.0, mean, correlation, x.size, reason
    )


def _correlation(x: Floats, z: Floats) -> float:
    if x.size < 2 or x.std() == 0 or z.std() == 0:
        return 0.0
    return float(np.corrcoef(x, z)[0, 1])
