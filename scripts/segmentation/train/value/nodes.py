"""Turns an expectation over a beta distribution into a plain sum over few nodes.

Golub and Welsch (1969), "Calculation of Gauss Quadrature Rules": nodes are the
eigenvalues of the symmetric tridiagonal matrix of the Jacobi polynomials' recurrence,
weights the squared first components of its eigenvectors. The expected orders of a
customer with x returns need the mean over p ~ Beta(a, b + x); with the factor
(1 - p)^x in the sum the nodes depend on a and b alone.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh_tridiagonal

from segmentation.train.arrays import Floats
from segmentation.train.value.counts import DAYS_PER_WEEK, Histories
from segmentation.train.value.purchase_models import PurchaseFit

SIZES = (32, 48, 64)
REFERENCE_SIZE = 160
# A fifth of what is promised; the rest is for rounding in SQL.
TOLERANCE = 2e-11
HORIZONS_DAYS = (90, 365)
# A quarter to the next training, and one in reserve.
WEEKS_IN_FORCE = 26


@dataclass(frozen=True)
class Nodes:
    """Places and weights of a sum over the probability to leave.

    Attributes:
        places: Probabilities, rising, shape (nodes,).
        weights: They add up to one.
    """

    places: Floats
    weights: Floats


def beta_nodes(a: float, b: float, size: int) -> Nodes:
    """Return the nodes of the mean over Beta(a, b), exact to degree 2 size - 1."""
    # Jacobi polynomials on (-1, 1) with exponents b - 1 and a - 1, moved to (0, 1).
    first, second = b - 1, a - 1
    n = np.arange(size, dtype=float)
    total = 2 * n + first + second
    with np.errstate(divide="ignore", invalid="ignore"):
        diagonal = (second**2 - first**2) / (total * (total + 2))
        squares = (
            4
            * n
            * (n + first)
            * (n + second)
            * (n + first + second)
            / (total**2 * (total + 1) * (total - 1))
        )
    diagonal[0] = (second - first) / (first + second + 2)
    # The factor n + a + b - 2 of the first square cancels, and may be zero.
    if size > 1:
        squares[1] = (
            4
            * (1 + first)
            * (1 + second)
            / ((2 + first + second) ** 2 * (3 + first + second))
        )
    values, vectors = eigh_tridiagonal(diagonal, np.sqrt(squares[1:]))
    weights = vectors[0] ** 2
    return Nodes(np.clip((1 + values) / 2, 0.0, 1.0), weights / weights.sum())


def orders_if_alive(
    fit: PurchaseFit, nodes: Nodes, frequency: Floats, age: Floats, weeks: float
) -> Floats:
    """Return the expected orders of customers who have not left.

    Args:
        fit: Parameters.
        nodes: Nodes of its a and b.
        frequency: Returns, shape (customers,).
        age: Weeks since the first order.
        weeks: How far ahead.
    """
    k = (fit.r + frequency)[:, None]
    p = nodes.places[None, :]
    with np.errstate(divide="ignore"):
        stays = (frequency + fit.model.chances)[:, None] * np.log1p(-p)
    mass = nodes.weights[None, :] * np.exp(stays)
    growth = np.log1p(p * weeks / (fit.alpha + age)[:, None])
    orders = -np.expm1(-k * growth) / p
    result: Floats = (mass * orders).sum(axis=1) / mass.sum(axis=1)
    return result


def choose_nodes(fit: PurchaseFit, histories: Histories) -> tuple[Nodes, float]:
    """Return the fewest nodes that are exact enough, and their largest relative error.

    The error is against a rule of many more nodes, at every pair of returns and age, as
    they are and as they will be while the parameters are in force, should everybody go
    on at their own rate; where no rule is within the tolerance the largest is returned.
    """
    pairs = np.column_stack([histories.frequency, histories.age])
    frequency, age = pairs.T
    later = age + WEEKS_IN_FORCE
    grown = np.ceil(frequency * later / np.maximum(age, 1))
    pairs = np.unique(np.vstack([pairs, np.column_stack([grown, later])]), axis=0)
    frequency, age = pairs.T
    reference = beta_nodes(fit.a, fit.b, REFERENCE_SIZE)
    nodes, error = reference, np.inf
    for size in SIZES:
        nodes = beta_nodes(fit.a, fit.b, size)
        error = 0.0
        for days in HORIZONS_DAYS:
            weeks = days / DAYS_PER_WEEK
            known = orders_if_alive(fit, reference, frequency, age, weeks)
            found = orders_if_alive(fit, nodes, frequency, age, weeks)
            error = max(error, float(np.abs(found / known - 1).max()))
        if error <= TOLERANCE:
            break
    return nodes, error
