"""The warehouse scores value as 40 digits do, on both engines."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from mpmath import exp, log, mp, mpf

import golden_customers as golden
from cdnow import Shoppers, shoppers
from dbt_project import REPOSITORY, DbtProject
from exact_value import ExactValue
from segmentation.train.value.counts import compress
from segmentation.train.value.first_orders import FirstOrderFit
from segmentation.train.value.gamma_gamma import fit_order_values
from segmentation.train.value.nodes import choose_nodes
from segmentation.train.value.purchase_models import PurchaseModel, fit_purchases
from segmentation.train.value.seed_files import SEEDS
from segmentation.train.value.seed_rows import (
    PARAMETERS_HEADER,
    ValueParameters,
    seed_rows,
)
from segmentation.train.value.tiers import TierMeasure
from value_stand_ins import INPUTS, buyers, prospects, run, seeds_and_dates

SELECTED = [
    "int_features__value_versions",
    "int_features__node_weights",
    "int_features__value_scores",
]
COLUMNS = (
    "probability_alive",
    "order_probability_90d",
    "expected_orders_90d",
    "expected_orders_180d",
    "expected_orders_365d",
    "discounted_orders_365d",
    "expected_order_value",
)
HISTORY = ("frequency", "recency_days", "age_days", "amount")
FIRST_ORDERS = [
    "int_features__first_order_versions",
    "int_features__first_order_scores",
]
Row = tuple[Any, ...]


def trained(people: Shoppers, model: PurchaseModel) -> ValueParameters:
    histories = compress(people.frequency, people.recency_days, people.age_days)
    fit = fit_purchases(model, histories)
    orders = np.asarray(people.frequency + 1, dtype=float)
    return ValueParameters(
        dataset="complete_journey",  # the name that the project is built with
        trained_through=date(1997, 9, 30),
        purchases=fit,
        order_values=fit_order_values(orders, people.amount / orders),
        margin_share=None,
        yearly_discount_rate=0.1,
        tier_measure=TierMeasure.SPEND,
        nodes=choose_nodes(fit, histories)[0],
    )


def scored(
    project: DbtProject, people: Shoppers, parameters: ValueParameters
) -> list[Row]:
    """Return the columns of all customers, in their order."""
    histories = zip(
        range(len(people.frequency)),
        *(getattr(people, n).tolist() for n in HISTORY),
        strict=True,
    )
    stand_ins = chain(
        seeds_and_dates(seed_rows(parameters), [parameters.trained_through]),
        buyers((str(number), *rest) for number, *rest in histories),
    )
    run(project, stand_ins, SELECTED)
    rows = project.query(
        f"select cast(customer_id as int), {', '.join(COLUMNS)} "
        "from main_internal.int_features__value_scores order by 1"
    )
    assert [row[0] for row in rows] == list(range(len(people.frequency)))
    return [row[1:] for row in rows]


def largest_errors(
    parameters: Mapping[str, object], people: Shoppers, found: list[Row]
) -> dict[str, float]:
    """Return the largest relative error by column.

    Everybody's expected orders of a year are compared; those of the other horizons, for
    the sake of time, of every fiftieth customer.
    """
    exact = ExactValue(parameters)
    errors = dict.fromkeys(COLUMNS, 0.0)
    known: dict[tuple[int, int, int], mpf] = {}
    people_rows = zip(*(getattr(people, n).tolist() for n in HISTORY), strict=True)
    for i, ((x, recency, age, amount), row) in enumerate(
        zip(people_rows, found, strict=True)
    ):
        values = dict(zip(COLUMNS, row, strict=True))
        key = (x, recency, age)
        if key not in known:
            known[key] = exact.alive(*key)
        alive = known[key]
        expected = {
            "probability_alive": alive,
            "order_probability_90d": alive * exact.next_order(x, age, 90),
            "expected_orders_365d": alive * exact.orders_if_alive(x, age, 365),
            "expected_order_value": exact.order_value(x + 1, amount),
        }
        if i % 50 == 0:
            for days in (90, 180):
                orders = exact.orders_if_alive(x, age, days)
                expected[f"expected_orders_{days}d"] = alive * orders
            discounted = exact.discounted_orders(x, age)
            expected["discounted_orders_365d"] = alive * discounted
        for name, value in expected.items():
            errors[name] = max(errors[name], float(abs(values[name] / value - 1)))
    return errors


def check(errors: Mapping[str, float]) -> None:
    for name, error in errors.items():
        bound = 1e-10 if "orders" in name else 1e-14
        assert error < bound, (name, error)


def every(people: Shoppers, step: int) -> Shoppers:
    return Shoppers(*(values[::step] for values in vars(people).values()))


def as_row(parameters: ValueParameters) -> dict[str, object]:
    [row], *_ = seed_rows(parameters)
    return dict(zip(PARAMETERS_HEADER, row, strict=True))


@pytest.fixture(scope="module")
def project() -> Iterator[DbtProject]:
    """Yield the project as the demo data are built with, to share their parse.

    Its clock decides nothing here: the dates are rows of a table that stands in.
    """
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        project = DbtProject(REPOSITORY, Path(folder) / "journey.duckdb")
        for name, value in project.environment.items():
            patch.setenv(name, value)
        yield project


@pytest.mark.parametrize("model", PurchaseModel)
def test_every_customer_of_cdnow_is_scored_exactly(
    project: DbtProject, model: PurchaseModel
) -> None:
    people = shoppers()
    if model is PurchaseModel.MBG:  # the sums are the same, so that fewer will do
        people = every(people, 20)
    parameters = trained(people, model)
    found = scored(project, people, parameters)
    check(largest_errors(as_row(parameters), people, found))


def test_postgresql_scores_the_same(
    project: DbtProject, postgres: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    people = every(shoppers(), 10)
    parameters = trained(people, PurchaseModel.BG)
    for name, value in postgres.items():
        monkeypatch.setenv(name, value)
    server = replace(project, target="postgres", extra_env=postgres)
    found = scored(server, people, parameters)
    check(largest_errors(as_row(parameters), people, found))


def test_every_customer_of_complete_journey_is_scored_exactly(
    complete_journey: DbtProject,
) -> None:
    [date_of] = complete_journey.query(
        "select max(as_of_date) from main.features__value"
    )
    rows = complete_journey.query(
        "select p.gap_count, p.gap_days, p.tenure_days, "
        f"cast(p.net_amount as double), {', '.join(f's.{c}' for c in COLUMNS)} "
        "from main_internal.int_features__value_scores as s "
        "inner join main_internal.int_features__purchases as p "
        f"using (customer_id, as_of_date) where as_of_date = date '{date_of[0]}'"
    )
    assert len(rows) > 2_400
    version = (
        "select {} from main_internal.value_parameters as parameters "
        "inner join main_internal.int_features__value_versions as versions "
        f"using (version) where as_of_date = date '{date_of[0]}'"
    )
    names = [name for name in PARAMETERS_HEADER if name != "version"]
    [found] = complete_journey.query(
        version.format(", ".join(f"parameters.{name}" for name in names))
    )
    x, recency, age, amount, *_ = (np.array(v) for v in zip(*rows, strict=True))
    people = Shoppers(x, recency, age, amount, np.zeros(len(rows)))
    parameters = dict(zip(names, found, strict=True))
    check(largest_errors(parameters, people, [row[4:] for row in rows]))


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_first_orders_are_scored_exactly(
    project: DbtProject,
    engine: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if engine == "postgres":
        server = request.getfixturevalue("postgres")
        for name, value in server.items():
            monkeypatch.setenv(name, value)
        project = replace(project, target="postgres", extra_env=server)
    generator = np.random.default_rng(3)
    counts = np.floor(np.expm1(generator.gamma(1.5, 1.5, (500, len(INPUTS)))))
    # Of one input nothing was learned, and nothing is known.
    names = tuple(name for name in INPUTS if name != "page_count_90d")
    fit = FirstOrderFit(
        names,
        generator.normal(2, 0.5, len(names)),
        generator.gamma(4, 0.3, len(names)),
        generator.normal(0, 1.5, len(names)),
        -2.75,
    )
    parameters = replace(
        trained(every(shoppers(), 100), PurchaseModel.BG), first_orders=fit
    )
    people = [
        {name: int(count) for name, count in zip(INPUTS, row, strict=True)}
        for row in counts
    ]
    known = (
        (str(number), [one[n] if n in names else None for n in INPUTS])
        for number, one in enumerate(people)
    )
    stand_ins = seeds_and_dates(seed_rows(parameters), [parameters.trained_through])
    run(project, chain(stand_ins, prospects(known)), FIRST_ORDERS)
    found = project.query(
        "select cast(customer_id as int), first_order_probability_90d "
        "from main_internal.int_features__first_order_scores order by 1"
    )
    assert [row[0] for row in found] == list(range(len(people)))
    mp.dps = 40
    for number, probability in found:
        odds = mpf(fit.intercept)
        for name, *numbers in zip(
            names, fit.means, fit.scales, fit.coefficients, strict=True
        ):
            mean, scale, coefficient = (mpf(float(each)) for each in numbers)
            odds += coefficient * (log(1 + people[number][name]) - mean) / scale
        expected = 1 / (1 + exp(-odds))
        assert abs(probability / expected - 1) < 1e-12, number


def test_golden_customers_replay(project: DbtProject) -> None:
    """Published parameters say what they said: golden_customers.py."""
    with golden.FILE.open(newline="") as lines:
        expected = list(csv.DictReader(lines))
    days = sorted({date.fromisoformat(row["version"]) for row in expected})
    # All data sets at once, as that which the project is parsed with.
    rows = [
        [
            ("complete_journey", *list(row.values())[1:])
            for row in golden.seed(seed.stem)
        ]
        for seed in SEEDS
    ]
    stand_ins = chain(
        seeds_and_dates(rows, days),
        buyers((name, *history) for name, history in golden.BUYERS.items()),
        prospects(golden.PROSPECTS.items()),
    )
    run(project, stand_ins, [*SELECTED, *FIRST_ORDERS])
    found: dict[tuple[str, str, str], float] = {}
    for table, columns in (("value", COLUMNS), ("first_order", (golden.FIRST,))):
        for version, name, *values in project.query(
            f"select version, customer_id, {', '.join(columns)} "
            f"from main_internal.int_features__{table}_scores "
            "where version = cast(as_of_date as varchar)"
        ):
            for column, value in zip(columns, values, strict=True):
                found[version, name, column] = value
    known = {
        (row["version"], row["customer_id"], column): float(row[column])
        for row in expected
        for column in golden.HEADER[3:]
        if row[column]
    }
    assert found.keys() == known.keys()
    assert found == pytest.approx(known, rel=1e-10), (
        "run `python tests/python/golden_customers.py` and read what changes"
    )
