"""Learns how likely who never ordered does so within 90 days.

Inputs are of the start of a window; what happened is read from the world of its end,
where records that were joined since are one customer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.stats import rankdata

from segmentation.train.arrays import Floats
from segmentation.train.value.backtest import calibration_slope, followed
from segmentation.train.value.logistic import fit_logistic, log_loss, probabilities
from segmentation.train.value.prospects import Prospects
from segmentation.train.value.worlds import World

HORIZON_DAYS = 90
# Ten for each of the ten inputs (Peduzzi et al., 1996, "A simulation study of the
# number of events per variable in logistic regression analysis").
LEAST_FIRST_ORDERS = 100


@dataclass(frozen=True)
class Window:
    """Prospects of a day and who of them ordered in the 90 days after it.

    Attributes:
        start: The day.
        prospects: As they were known then.
        ordered: 1 for who did, else 0, shape (customers,).
        left_out: Prospects of whom it cannot be said: merged with another customer, one
            who had ordered before among them, or gone.
    """

    start: date
    prospects: Prospects
    ordered: Floats
    left_out: int

    @property
    def is_enough(self) -> bool:
        """Whether there is enough to learn from, of both kinds."""
        least = min(self.ordered.sum(), (1 - self.ordered).sum())
        return bool(least >= LEAST_FIRST_ORDERS)


@dataclass(frozen=True)
class FirstOrderFit:
    """A logistic regression on ln(1 + input).

    Attributes:
        names: Inputs that vary and that the data cover.
        means: Their means, shape (inputs,).
        scales: Their standard deviations.
        coefficients: What one standard deviation adds to the log odds.
        intercept: Log odds where all are at their means.
    """

    names: tuple[str, ...]
    means: Floats
    scales: Floats
    coefficients: Floats
    intercept: float

    def probability(self, prospects: Prospects) -> Floats:
        """Return the probability of each; nan where an input is not covered."""
        logs = _logs(prospects, self.names)
        return probabilities(
            self.intercept + ((logs - self.means) / self.scales) @ self.coefficients
        )


@dataclass(frozen=True)
class FirstOrderTest:
    """What a fit of the window before said of a window, and what happened.

    Attributes:
        expected: First orders expected.
        slope: Of actual on expected over ten groups; 1 is calibrated.
        log_loss: Mean surprise at what happened.
        base_log_loss: The same if all had the share of the window before.
        area: Area under the curve: how often who ordered was held likelier.
    """

    expected: float
    slope: float
    log_loss: float
    base_log_loss: float
    area: float


@dataclass(frozen=True)
class FirstOrders:
    """What was learned of prospects, or why nothing was.

    Attributes:
        window: The last window before the cut-off; null when the data are too short.
        test: Out of time; null where nothing could be tested.
        fit: What is published; null for the reason given.
        reason: Why nothing is published.
    """

    window: Window | None = None
    test: FirstOrderTest | None = None
    fit: FirstOrderFit | None = None
    reason: str = ""


def train_first_orders(
    here: World, before: World | None, earlier: Callable[[], World | None]
) -> FirstOrders:
    """Fit to the last window, once a fit to the one before it has proved itself there.

    Args:
        here: The world of the cut-off.
        before: That of the start of the window that ends there.
        earlier: Builds that of the start of the window before.

    Raises:
        SegmentationError: A world does not build, or a search does not settle.
    """
    if before is None:
        return FirstOrders(reason="the data do not reach back far enough")
    if not before.prospects.customer_ids:
        return FirstOrders(reason="everybody who is known has ordered")
    window = observe(before, here)
    if not window.is_enough:
        return FirstOrders(
            window,
            reason=f"{int(window.ordered.sum())} of {window.ordered.size:,} prospects "
            f"ordered within {HORIZON_DAYS} days of {before.as_of}, and "
            f"{LEAST_FIRST_ORDERS} are needed",
        )
    first = earlier()
    training = observe(first, before) if first is not None else None
    if training is None or not training.is_enough:
        return FirstOrders(window, reason="no window before is large enough to test it")
    test = _tested(_fit(training), float(training.ordered.mean()), window)
    if not test.log_loss < test.base_log_loss:
        return FirstOrders(window, test, reason="one share for all does no worse")
    return FirstOrders(window, test, _fit(window))


def observe(before: World, after: World) -> Window:
    """Return the prospects of one world and what became of them in another."""
    prospects = before.prospects
    days = (after.as_of - before.as_of).days
    first_day = dict(
        zip(after.customer_ids, (days - after.age_days).tolist(), strict=True)
    )
    silent = set(after.prospects.customer_ids)
    everybody = (*prospects.customer_ids, *before.customer_ids)
    later = followed(everybody, after)[: len(prospects.customer_ids)]
    places, ordered = [], []
    for place, name in enumerate(later):
        if name in silent or first_day.get(name, 0) > 0:
            places.append(place)
            ordered.append(first_day.get(name, days + 1) <= HORIZON_DAYS)
    kept = Prospects(
        tuple(prospects.customer_ids[place] for place in places),
        prospects.names,
        prospects.counts[places],
    )
    return Window(
        before.as_of,
        kept,
        np.array(ordered, dtype=float),
        len(prospects.customer_ids) - len(places),
    )


def _fit(window: Window) -> FirstOrderFit:
    logs = _logs(window.prospects, window.prospects.names)
    # Sums of sorted numbers are the same for any order of the rows.
    logs_sorted = np.sort(logs, axis=0)
    means, scales = logs_sorted.mean(axis=0), logs_sorted.std(axis=0)
    varies = np.flatnonzero(scales > 1e-9)  # nan is not
    fitted = fit_logistic(
        (logs[:, varies] - means[varies]) / scales[varies], window.ordered
    )
    return FirstOrderFit(
        tuple(window.prospects.names[place] for place in varies),
        means[varies],
        scales[varies],
        fitted[1:],
        float(fitted[0]),
    )


def _tested(fit: FirstOrderFit, base: float, window: Window) -> FirstOrderTest:
    found, ordered = fit.probability(window.prospects), window.ordered
    ranks = rankdata(found)
    hits, misses = ordered.sum(), (1 - ordered).sum()
    area = (ranks[ordered > 0].sum() - hits * (hits + 1) / 2) / (hits * misses)
    return FirstOrderTest(
        expected=float(found.sum()),
        slope=calibration_slope(found, ordered),
        log_loss=log_loss(found, ordered),
        base_log_loss=log_loss(np.full(ordered.size, base), ordered),
        area=float(area),
    )


def _logs(prospects: Prospects, names: Sequence[str]) -> Floats:
    places = [prospects.names.index(name) for name in names]
    result: Floats = np.log1p(prospects.counts[:, places])
    return result
