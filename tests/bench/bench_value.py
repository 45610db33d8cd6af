"""Judge forecasts at rolling origins beside `lifetimes` and the truth, time a million.

python tests/bench/bench_value.py --customers 1000000

At each origin both fit the same model to what was known then, and are judged on the 13
weeks after. Of the made-up company it is known who has left and who orders first, which
probabilities are compared with by tenths. Exits with 1 when a demand does not hold.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from dbt_project import REPOSITORY, DbtProject
from segmentation.train.value.backtest import calibration_slope
from segmentation.train.value.gamma_gamma import expected_order_value, fit_order_values
from segmentation.train.value.nodes import (
    beta_nodes,
    choose_nodes,
    orders_if_alive,
)
from segmentation.train.value.purchase_models import (
    PurchaseFit,
    PurchaseModel,
    fit_purchases,
    likelihood,
    probability_alive,
)
from value_company import Calibration, calibrations
from value_histories import Orders, Seen, cdnow, complete_journey

HORIZON = timedelta(days=91)
# Two searches for the same parameters agree to so much.
SAME = 1e-6
RESAMPLES = 400
SEED = 5
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Data:
    """A data set, its origins and how far a total may be off."""

    name: str
    read: Callable[[], Orders]
    origins: tuple[date, ...]
    total_within: float


DATA = (
    Data(
        "CDNOW",
        cdnow,
        (date(1997, 6, 30), date(1997, 9, 30), date(1997, 12, 31), date(1998, 3, 31)),
        0.15,
    ),
    Data(
        "Complete Journey",
        complete_journey,
        (date(2017, 3, 31), date(2017, 6, 30), date(2017, 9, 30)),
        0.10,
    ),
)
RIVALS = {PurchaseModel.BG: BetaGeoFitter, PurchaseModel.MBG: ModifiedBetaGeoFitter}


@dataclass(frozen=True)
class Judged:
    """How a forecast did; differences are against `lifetimes` with a 95% interval."""

    data: str
    origin: date
    model: PurchaseModel
    total: float
    slope: float
    deviance: float
    deviance_more: tuple[float, float]
    gini: float
    gini_more: tuple[float, float]
    combined_gini: float
    plain_gini: float
    absolute_error: float
    demands: dict[str, bool]


def judge(data: Data, orders: Orders, origin: date) -> Judged:
    """Fit both at an origin and compare with the 13 weeks after."""
    seen = orders.seen(origin)
    chosen = choose(orders, origin, seen)
    fit = fit_purchases(chosen, seen.histories)
    own = forecast(fit, seen)
    rival = RIVALS[chosen](penalizer_coef=0.0).fit(
        seen.frequency, seen.recency, seen.age
    )
    other = np.asarray(
        rival.conditional_expected_number_of_purchases_up_to_time(
            HORIZON.days / 7, seen.frequency, seen.recency, seen.age
        )
    )
    actual, spend = orders.between(seen, origin, origin + HORIZON)
    values = fit_order_values(seen.frequency + 1, seen.amount / (seen.frequency + 1))
    worth = expected_order_value(values, seen.frequency + 1, seen.amount)
    rate = seen.amount / np.maximum(seen.age, 1)
    plain = max(gini(rate, spend), gini(seen.amount_90d, spend))
    deviance_more = interval(
        lambda rows: (
            deviance(own[rows], actual[rows]) - deviance(other[rows], actual[rows])
        ),
        len(actual),
    )
    gini_more = interval(
        lambda rows: (
            gini((own * worth)[rows], spend[rows])
            - gini((other * worth)[rows], spend[rows])
        ),
        len(actual),
    )
    total = float(own.sum() / actual.sum() - 1)
    slope = calibration_slope(own, actual)
    found = gini(own * worth, spend)
    combined = gini(combined_spend(own * worth, seen), spend)
    return Judged(
        data.name,
        origin,
        chosen,
        total,
        slope,
        deviance(own, actual),
        deviance_more,
        found,
        gini_more,
        combined,
        plain,
        float(np.abs(own - actual).mean()),
        {
            "total": abs(total) <= data.total_within,
            "slope": 0.9 <= slope <= 1.1,
            "deviance": deviance_more[0] <= SAME,
            "gini": gini_more[1] >= -SAME,
            "plain": combined > plain,
        },
    )


def choose(orders: Orders, origin: date, seen: Seen) -> PurchaseModel:
    """Choose the model on the 13 weeks before the origin, where there are any."""
    before = orders.seen(origin - HORIZON)
    if np.count_nonzero(before.frequency) < 100:
        fits = [fit_purchases(model, seen.histories) for model in PurchaseModel]
        return max(fits, key=lambda fit: fit.log_likelihood).model
    places = np.searchsorted(seen.people, before.people)

    def of_window(model: PurchaseModel) -> float:
        fit = fit_purchases(model, before.histories)
        now = likelihood(model, fit.parameters, seen.histories)[0][places]
        then = likelihood(model, fit.parameters, before.histories)[0]
        return float((now - then).sum())

    return max(PurchaseModel, key=of_window)


def forecast(fit: PurchaseFit, seen: Seen) -> Floats:
    """Return the expected order days of each person in the horizon."""
    nodes, _ = choose_nodes(fit, seen.histories)
    orders = orders_if_alive(fit, nodes, seen.frequency, seen.age, HORIZON.days / 7)
    result: Floats = probability_alive(fit, seen.histories) * orders
    return result


def deviance(expected: Floats, actual: Floats) -> float:
    """Return the mean Poisson deviance."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.where(actual > 0, actual * np.log(actual / expected), 0.0)
    return float(2 * (log - actual + expected).mean())


def combined_spend(expected: Floats, seen: Seen) -> Floats:
    """Return the mean of what is expected, own rate and recent spend, in money."""
    weeks = HORIZON.days / 7
    rate = seen.amount * weeks / np.maximum(seen.age, weeks)
    return np.asarray(expected + rate + seen.amount_90d) / 3


def gini(score: Floats, outcome: Floats) -> float:
    """Return how well a score ranks an outcome: 1 as well as the outcome itself."""

    def area(order: NDArray[np.int64]) -> float:
        shares = np.cumsum(outcome[order]) / outcome.sum()
        return float(shares.mean())

    best = area(np.argsort(-outcome, kind="stable"))
    return (area(np.argsort(-score, kind="stable")) - 0.5) / (best - 0.5)


def interval(
    difference: Callable[[NDArray[np.int64]], float], size: int
) -> tuple[float, float]:
    """Return the central 95% of a difference over resampled people."""
    generator = np.random.default_rng(SEED)
    found = [difference(generator.integers(0, size, size)) for _ in range(RESAMPLES)]
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def judged() -> Iterator[Judged]:
    """Yield what was found at each origin of each data set."""
    for data in DATA:
        orders = data.read()
        for origin in data.origins:
            yield judge(data, orders, origin)


def seconds_in_warehouse(customers: int, nodes: int) -> tuple[float, int]:
    """Return how long the SQL takes for so many customers, and their distinct pairs."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "journey.duckdb"
        project = DbtProject(REPOSITORY, warehouse)
        with duckdb.connect(str(warehouse)) as connection:
            for statement in stand_ins(customers, nodes):
                connection.execute(statement)
        names = ["int_features__value_versions", "int_features__node_weights"]
        built = project.dbt("run", "--select", *names)
        assert built.success, built.ending
        compiled = project.dbt("compile", "--select", "int_features__value_scores")
        assert compiled.success, compiled.ending
        [result] = compiled.value.results
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("set threads = 2")
            start = time.perf_counter()
            connection.execute(f"create table scores as {result.node.compiled_code}")
            seconds = time.perf_counter() - start
            [(found, pairs)] = connection.sql(
                "select count(*), (select count(*) from (select distinct gap_count, "
                "tenure_days from main_internal.int_features__purchases)) from scores"
            ).fetchall()
        assert found == customers
        return seconds, pairs


def stand_ins(customers: int, nodes: int) -> Iterator[str]:
    """Yield statements for what the SQL reads: customers as CDNOW's, of two years."""
    fit = PurchaseFit(PurchaseModel.BG, 0.25162, 4.78894, 0.72343, 2.16109, 0.0)
    found = beta_nodes(fit.a, fit.b, nodes)
    columns = (found.places, np.log1p(-found.places), np.log(found.weights))
    rows = ", ".join(
        f"({number}, {place!r}, {remainder!r}, {weight!r})"
        for number, (place, remainder, weight) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        )
    )
    yield "create schema main_internal"
    yield (
        "create table main_internal.value_parameters as select 'complete_journey' as "
        "dataset, 'v' as version, date '2017-09-30' as trained_through, 'bg_nbd' as "
        f"purchase_model, {fit.r}::double as r, {fit.alpha}::double as alpha, "
        f"{fit.a}::double as a, {fit.b}::double as b, 6.25::double as order_value_p, "
        "3.74::double as order_value_q, 15.44::double as order_value_v, "
        "null::double as margin_share, 0.1::double as yearly_discount_rate, "
        "'spend_90d' as tier_measure"
    )
    yield (
        "create table main_internal.value_nodes as select 'complete_journey' as "
        "dataset, 'v' as version, n as node_number, p::double as place, "
        "l::double as log_remainder, w::double as log_weight from (values "
        f"{rows}) as v (n, p, l, w)"
    )
    yield (
        "create table main_internal.int_features__as_of_dates as "
        "select date '2017-12-31' as as_of_date"
    )
    yield "select setseed(0.5)"
    yield (
        "create table main_internal.int_features__purchases as with drawn as (select "
        "i, cast(random() * 730 as bigint) as age, random() as u, random() as w "
        f"from range({customers}) as r (i)) select 'c' || i as customer_id, "
        "date '2017-12-31' as as_of_date, cast(floor(pow(u, 4) * 30 * age / 730) as "
        "bigint) as gap_count, case when floor(pow(u, 4) * 30 * age / 730) > 0 then "
        "cast(age * w as bigint) else 0 end as gap_days, age as tenure_days, "
        "cast(20 + 300 * w as numeric(18, 2)) as net_amount, "
        "cast(20 * w as numeric(18, 2)) as net_amount_90d, 1 as order_count, "
        "cast(null as numeric(18, 2)) as margin_amount from drawn"
    )
    yield (
        "create table main_internal.int_features__purchase_sums as "
        "select * from main_internal.int_features__purchases"
    )
    yield (
        "create table main_internal.int_features__population as select customer_id, "
        "as_of_date, true as is_profiled from main_internal.int_features__purchases"
    )


def show(found: list[Judged], console: Console) -> bool:
    """Print the origins; return whether every demand holds."""
    table = Table(title="13 weeks after each origin; differences against lifetimes")
    for title in (
        *("data", "origin", "model", "total", "slope", "deviance", "difference"),
        *("Gini", "difference", "combined", "plain", "MAE", "misses"),
    ):
        table.add_column(title, justify="right")
    for one in found:
        misses = [name for name, holds in one.demands.items() if not holds]
        table.add_row(
            one.data,
            str(one.origin),
            one.model.value,
            f"{one.total:+.1%}",
            f"{one.slope:.3f}",
            f"{one.deviance:.4f}",
            "{:+.1e} to {:+.1e}".format(*one.deviance_more),
            f"{one.gini:.4f}",
            "{:+.1e} to {:+.1e}".format(*one.gini_more),
            f"{one.combined_gini:.4f}",
            f"{one.plain_gini:.4f}",
            f"{one.absolute_error:.4f}",
            ", ".join(misses) or "none",
        )
    console.print(table)
    return all(all(one.demands.values()) for one in found)


def show_company(found: Iterable[Calibration], console: Console) -> bool:
    """Print what was said and came true by tenths; return whether it is calibrated."""
    holds = True
    for one in found:
        table = Table(
            title=f"{one.name}: total {one.total:+.1%}, slope {one.slope:.3f}"
        )
        for title in ("customers", "expected", "true"):
            table.add_column(title, justify="right")
        for count, expected, true in one.groups:
            table.add_row(f"{count:,}", f"{expected:.4f}", f"{true:.4f}")
        console.print(table)
        holds &= abs(one.total) <= 0.1 and 0.9 <= one.slope <= 1.1
    return holds


def main() -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    arguments = parser.parse_args()
    console = Console(width=160)
    holds = show(list(judged()), console)
    holds &= show_company(calibrations(), console)
    for nodes, most in ((32, 2.0), (48, 3.0)):
        seconds, pairs = seconds_in_warehouse(arguments.customers, nodes)
        is_fast = seconds <= most
        holds &= is_fast
        console.print(
            f"{arguments.customers:,} customers, {pairs:,} pairs, {nodes} nodes: "
            f"{seconds:.2f} s, {'within' if is_fast else 'above'} {most:g} s"
        )
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
