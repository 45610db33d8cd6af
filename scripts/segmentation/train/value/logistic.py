"""Logistic regression with a ridge penalty, the same for any order of the rows."""

import numpy as np

from segmentation.train.arrays import Floats
from segmentation.train.value.errors import FitFailedError

# Of the coefficients of standardised inputs: a normal prior with a variance of one.
PENALTY = 1.0
MOST_STEPS = 100
SETTLED = 1e-12


def fit_logistic(inputs: Floats, outcome: Floats) -> Floats:
    """Return the intercept and the coefficients that are likeliest under the penalty.

    Newton's method on the log likelihood less half the sum of squared coefficients (le
    Cessie and van Houwelingen, 1992, "Ridge Estimators in Logistic Regression"); the
    intercept is free.

    Args:
        inputs: Standardised, shape (customers, inputs).
        outcome: 0 or 1, shape (customers,); both occur.

    Raises:
        FitFailedError: The search does not settle.
    """
    order = np.lexsort((*inputs.T, outcome))
    y = outcome[order]
    x = np.column_stack([np.ones(y.size), inputs[order]])
    ridge = np.full(x.shape[1], PENALTY)
    ridge[0] = 0.0
    found = np.zeros(x.shape[1])
    found[0] = np.log(y.mean() / (1 - y.mean()))
    for _ in range(MOST_STEPS):
        share = probabilities(x @ found)
        slopes = x.T @ (y - share) - ridge * found
        bends = (x * (share * (1 - share))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(bends, slopes)
        # A step that overshoots is halved; the penalised likelihood has one top.
        before = _likelihood(x, y, ridge, found)
        while np.abs(step).max() > SETTLED and _likelihood(
            x, y, ridge, found + step
        ) < before - SETTLED * abs(before):
            step = step / 2
        found = found + step
        if np.abs(step).max() <= SETTLED:
            return found
    raise FitFailedError("a logistic regression", y.size)


def probabilities(log_odds: Floats) -> Floats:
    """Return the probability behind log odds, of any size."""
    result: Floats = np.exp(-np.logaddexp(0, -log_odds))
    return result


def log_loss(probability: Floats, outcome: Floats) -> float:
    """Return the mean surprise at what happened, in natural logarithms."""
    happened = np.where(outcome > 0, probability, 1 - probability)
    return float(-np.log(happened).mean())


def _likelihood(x: Floats, y: Floats, ridge: Floats, at: Floats) -> float:
    log_odds = x @ at
    logs = y * log_odds - np.logaddexp(0, log_odds)
    return float(logs.sum() - (ridge * at**2).sum() / 2)
