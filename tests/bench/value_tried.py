"""What else was tried where a forecast misses a demand.

PYTHONPATH=tests/python python tests/bench/value_tried.py

At the origins of `make bench-value`: the other model of this project, Pareto/NBD of
`lifetimes`, and a correction by what the window before showed. Takes some minutes.
"""

import warnings
from collections.abc import Iterator
from datetime import date

import numpy as np
from lifetimes import ParetoNBDFitter
from rich.console import Console
from rich.table import Table

from bench_value import DATA, HORIZON, Floats, choose, deviance, forecast, gini
from segmentation.train.value.backtest import calibration_slope
from segmentation.train.value.gamma_gamma import expected_order_value, fit_order_values
from segmentation.train.value.purchase_models import PurchaseModel, fit_purchases
from value_histories import Orders, Seen

SMALLEST = 1e-6


def tried(orders: Orders, origin: date) -> Iterator[tuple[str, Floats, Floats]]:
    """Yield name, expected order days and expected spend of each attempt."""
    seen = orders.seen(origin)
    values = fit_order_values(seen.frequency + 1, seen.amount / (seen.frequency + 1))
    worth = expected_order_value(values, seen.frequency + 1, seen.amount)
    chosen = choose(orders, origin, seen)
    own = {
        model: forecast(fit_purchases(model, seen.histories), seen)
        for model in PurchaseModel
    }
    for model, expected in own.items():
        mark = " (chosen)" if model is chosen else ""
        yield f"{model.value}{mark}", expected, expected * worth
    pareto = _pareto(seen)
    yield "Pareto/NBD", pareto, pareto * worth
    expected = own[chosen]
    before = orders.seen(origin - HORIZON)
    if np.count_nonzero(before.frequency) >= 100:
        then = forecast(fit_purchases(chosen, before.histories), before)
        happened, _ = orders.between(before, origin - HORIZON, origin)
        total = happened.sum() / then.sum()
        slope = calibration_slope(then, happened)
        spread = expected - expected.mean()
        corrected = np.maximum(expected.mean() * total + slope * spread, SMALLEST)
        yield "corrected by the window before", corrected, corrected * worth


def _pareto(seen: Seen) -> Floats:
    rows = np.column_stack([seen.frequency, seen.recency, seen.age])
    distinct, place, count = np.unique(
        rows, axis=0, return_inverse=True, return_counts=True
    )
    fitted = ParetoNBDFitter(penalizer_coef=0.0).fit(*distinct.T, weights=count)
    found = fitted.conditional_expected_number_of_purchases_up_to_time(
        HORIZON.days / 7, *distinct.T
    )
    return np.asarray(found)[place.ravel()]


def main() -> None:
    """Print each attempt at each origin."""
    warnings.simplefilter("ignore")
    console = Console(width=120)
    for data in DATA:
        orders = data.read()
        for origin in data.origins:
            seen = orders.seen(origin)
            actual, spend = orders.between(seen, origin, origin + HORIZON)
            rate = seen.amount / np.maximum(seen.age, 1)
            plain = max(gini(rate, spend), gini(seen.amount_90d, spend))
            table = Table(title=f"{data.name} {origin}, plain Gini {plain:.4f}")
            for title in ("tried", "total", "slope", "deviance", "Gini of spend"):
                table.add_column(title, justify="left" if title == "tried" else "right")
            for name, expected, worth in tried(orders, origin):
                table.add_row(
                    name,
                    f"{expected.sum() / actual.sum() - 1:+.1%}",
                    f"{calibration_slope(expected, actual):.3f}",
                    f"{deviance(np.maximum(expected, SMALLEST), actual):.4f}",
                    f"{gini(worth, spend):.4f}",
                )
            console.print(table)


if __name__ == "__main__":
    main()
