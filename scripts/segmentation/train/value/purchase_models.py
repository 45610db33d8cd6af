"""BG/NBD and MBG/NBD: how often customers order and when they silently leave.

A customer orders at a rate of their own, gamma distributed over customers with shape r
and rate alpha, and leaves with a probability of their own, beta distributed with a and
b: after each repeated order (BG/NBD; Fader, Hardie and Lee, 2005, "Counting Your
Customers the Easy Way", equation 6), or after the first one too (MBG/NBD; Batislam,
Denizel and Filiztekin, 2007). Time is in weeks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, digamma, gammaln

from segmentation.train.arrays import Floats
from segmentation.train.value.counts import Histories
from segmentation.train.value.errors import FitFailedError

# Natural logarithms; beyond them a parameter no longer changes a prediction.
LOG_BOUNDS = (-12.0, 12.0)
# Whatever the unit of time of a business: where they end decides, not where they start.
STARTS = ((1.0, 1.0, 1.0, 1.0), (0.3, 4.0, 0.5, 2.5), (1.5, 2.0, 0.1, 20.0))
TOLERANCE = 1e-10


class PurchaseModel(StrEnum):
    """Which of the two models."""

    BG = "bg_nbd"
    MBG = "mbg_nbd"

    @property
    def chances(self) -> int:
        """How often a customer may have left more often than they came back."""
        return 1 if self is PurchaseModel.MBG else 0


@dataclass(frozen=True)
class PurchaseFit:
    """A fitted model.

    Attributes:
        model: Which model.
        r: Shape of the order rates.
        alpha: Their rate, in weeks.
        a: First parameter of the probability to leave.
        b: Second parameter.
        log_likelihood: Natural logarithm, of all customers together.
    """

    model: PurchaseModel
    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    @property
    def parameters(self) -> tuple[float, float, float, float]:
        """The four parameters."""
        return self.r, self.alpha, self.a, self.b


def fit_purchases(model: PurchaseModel, histories: Histories) -> PurchaseFit:
    """Return the parameters of the highest likelihood.

    Raises:
        FitFailedError: The search did not settle from any start.
    """
    customers = histories.customer_count

    def objective(logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logs)
        values, slopes = likelihood(model, parameters, histories)
        weights = histories.customers / customers
        return -float(weights @ values), -(slopes @ weights) * parameters

    found = [
        minimize(
            objective,
            np.log(start),
            jac=True,
            method="L-BFGS-B",
            bounds=[LOG_BOUNDS] * 4,
            options={"ftol": 1e-16, "gtol": TOLERANCE, "maxiter": 2000},
        )
        for start in STARTS
    ]
    # Its line search ends by rounding, so that the slope and not its word decides.
    settled = [
        each for each in found if np.abs(_free(each.x, each.jac)).max(initial=0) < 1e-5
    ]
    if not settled:
        raise FitFailedError(model.value, customers)
    best = min(settled, key=lambda each: float(each.fun))
    r, alpha, a, b = (float(value) for value in np.exp(best.x))
    return PurchaseFit(model, r, alpha, a, b, -float(best.fun) * customers)


def likelihood(
    model: PurchaseModel, parameters: Sequence[float] | Floats, histories: Histories
) -> tuple[Floats, Floats]:
    """Return the log likelihood of each history and its slopes.

    Returns:
        Natural logarithms, shape (histories,), and derivatives by r, alpha, a and b,
        shape (4, histories).
    """
    r, alpha, a, b = (float(value) for value in parameters)
    x, recency, age = histories.frequency, histories.recency, histories.age
    stays = b + x + model.chances
    alive = (
        betaln(a, stays)
        - betaln(a, b)
        + gammaln(r + x)
        - gammaln(r)
        + r * np.log(alpha)
        - (r + x) * np.log(alpha + age)
    )
    odds = log_odds_of_leaving(model, parameters, histories)
    # Of having left against being alive: where x is 0 nobody left in BG/NBD.
    gone = np.exp(-np.logaddexp(0, -odds))
    total = digamma(a + b) - digamma(a + stays)
    slopes = np.stack(
        [
            digamma(r + x)
            - digamma(r)
            + np.log(alpha)
            - np.log(alpha + age)
            + gone * np.log((alpha + age) / (alpha + recency)),
            r / alpha
            - (r + x) / (alpha + age)
            + gone * (r + x) * (1 / (alpha + age) - 1 / (alpha + recency)),
            total + gone / a,
            total + digamma(stays) - digamma(b) - gone / np.maximum(stays - 1, 1e-300),
        ]
    )
    return alive + np.logaddexp(0, odds), slopes


def log_odds_of_leaving(
    model: PurchaseModel, parameters: Sequence[float] | Floats, histories: Histories
) -> Floats:
    """Return the log odds of having left, given the history; minus infinity if sure."""
    r, alpha, a, b = (float(value) for value in parameters)
    x = histories.frequency
    exits = b + x + model.chances - 1
    waited = np.log((alpha + histories.age) / (alpha + histories.recency))
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(a) - np.log(exits) + (r + x) * waited
    if model is PurchaseModel.BG:
        odds = np.where(x > 0, odds, -np.inf)
    known: Floats = odds
    return known


def probability_alive(fit: PurchaseFit, histories: Histories) -> Floats:
    """Return the probability that a customer has not left, shape (histories,)."""
    odds = log_odds_of_leaving(fit.model, fit.parameters, histories)
    probability: Floats = np.exp(-np.logaddexp(0, odds))
    return probability


def _free(logs: Floats, slopes: Floats) -> Floats:
    """Return the slopes of parameters that are not held by a bound."""
    low, high = LOG_BOUNDS
    is_held = ((logs <= low) & (slopes > 0)) | ((logs >= high) & (slopes < 0))
    free: Floats = np.where(is_held, 0.0, slopes)
    return free
