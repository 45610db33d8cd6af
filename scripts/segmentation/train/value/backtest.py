"""Judges models on the quarter before the cut-off, which they were not fitted to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from segmentation.train.arrays import Floats
from segmentation.train.value.counts import DAYS_PER_WEEK, Histories
from segmentation.train.value.forecast import ValueModel
from segmentation.train.value.gamma_gamma import fit_order_values
from segmentation.train.value.nodes import choose_nodes
from segmentation.train.value.purchase_models import (
    PurchaseFit,
    PurchaseModel,
    fit_purchases,
    likelihood,
)
from segmentation.train.value.tiers import TierComparison, compare_tiers
from segmentation.train.value.worlds import World

GROUPS = 10


@dataclass(frozen=True)
class Backtest:
    """What happened in the window, beside what was expected at its start.

    Attributes:
        start: Last day that the models had seen.
        end: Last day of the window.
        customers: Customers followed through it.
        merged: Customers left out, as others were merged into them or they are gone.
        log_likelihoods: Of what happened in the window, by model.
        expected_orders: Orders that the better model expected.
        actual_orders: Orders that were placed.
        slope: Of actual on expected orders over ten groups; 1 is calibrated.
        tiers: Comparison of what tiers may cut; null when the data are too short.
    """

    start: date
    end: date
    customers: int
    merged: int
    log_likelihoods: dict[PurchaseModel, float]
    expected_orders: float
    actual_orders: float
    slope: float
    tiers: TierComparison | None

    @property
    def winner(self) -> PurchaseModel:
        """The model under which what happened was likelier."""
        return max(PurchaseModel, key=lambda model: self.log_likelihoods[model])


def backtest(
    before: World, after: World, discount: float, top_shares: Sequence[float]
) -> Backtest:
    """Fit both models at the start of the window and compare with its end.

    Args:
        before: The world of the window's start.
        after: That of its end.
        discount: What a year's wait costs.
        top_shares: Shares at which tiers end.

    Raises:
        FitFailedError: A search does not settle.
    """
    places, later = _followed(before, after)
    fits = {model: fit_purchases(model, before.histories) for model in PurchaseModel}
    log_likelihoods = {
        model: float((_logs(fit, after)[later] - _logs(fit, before)[places]).sum())
        for model, fit in fits.items()
    }
    best = fits[max(PurchaseModel, key=lambda model: log_likelihoods[model])]
    values = fit_order_values(before.order_days, before.revenue / before.order_days)
    nodes, _ = choose_nodes(best, before.histories)
    model = ValueModel(best, values, nodes, discount)
    expected = model.orders(before, (after.as_of - before.as_of).days)[places]
    actual = (after.frequency[later] - before.frequency[places]).astype(float)
    tiers = None
    if before.is_observed_90d:
        measures = model.measures(before)
        tiers = compare_tiers(
            {name: measure[places] for name, measure in measures.items()},
            after.revenue[later] - before.revenue[places],
            top_shares,
        )
    return Backtest(
        start=before.as_of,
        end=after.as_of,
        customers=len(places),
        merged=len(before.customer_ids) - len(places),
        log_likelihoods=log_likelihoods,
        expected_orders=float(expected.sum()),
        actual_orders=float(actual.sum()),
        slope=calibration_slope(expected, actual),
        tiers=tiers,
    )


def calibration_slope(expected: Floats, actual: Floats) -> float:
    """Return the slope of actual on expected means over groups of like expectation."""
    # Equal expectations stay together, so that no order of rows matters.
    cuts = np.quantile(expected, np.arange(1, GROUPS) / GROUPS)
    group = np.searchsorted(cuts, expected, side="left")
    count = np.bincount(group)
    is_filled = count > 0
    x = np.bincount(group, weights=expected)[is_filled] / count[is_filled]
    y = np.bincount(group, weights=actual)[is_filled] / count[is_filled]
    spread = x - x.mean()
    total = float(spread @ spread)
    return float(spread @ (y - y.mean())) / total if total else float("nan")


def followed(names: Sequence[str], after: World) -> list[str]:
    """Return who customers are later; empty where several of them became one."""
    later = [after.joined.get(name, name) for name in names]
    count = Counter(later)
    return [name if count[name] == 1 else "" for name in later]


def _followed(before: World, after: World) -> tuple[list[int], list[int]]:
    """Return the places before and after of customers that stayed one customer."""
    place_of = after.place_of()
    kept = [
        (place, place_of[name])
        for place, name in enumerate(followed(before.customer_ids, after))
        if name in place_of
    ]
    return [place for place, _ in kept], [place for _, place in kept]


def _logs(fit: PurchaseFit, world: World) -> Floats:
    """Return the log likelihood of each customer's history, shape (customers,)."""
    histories = Histories(
        np.asarray(world.frequency, dtype=float),
        world.recency_days / DAYS_PER_WEEK,
        world.age_days / DAYS_PER_WEEK,
        np.ones(world.age_days.size),
    )
    return likelihood(fit.model, fit.parameters, histories)[0]
