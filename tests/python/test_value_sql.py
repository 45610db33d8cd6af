"""The warehouse scores value as 40 digits do, on both engines."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from mpmath import mpf

from cdnow import Shoppers, shoppers
from dbt_project import REPOSITORY, DbtProject
from exact_value import ExactValue
from segmentation.connections import open_duckdb, open_postgres
from segmentation.profiles import load_profile
from segmentation.train.value.counts import compress
from segmentation.train.value.gamma_gamma import fit_order_values
from segmentation.train.value.nodes import choose_nodes
from segmentation.train.value.purchase_models import PurchaseModel, fit_purchases
from segmentation.train.value.seed_rows import (
    NODES_HEADER,
    PARAMETERS_HEADER,
    ValueParameters,
    seed_rows,
)
from segmentation.train.value.tiers import TierMeasure

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


def statements(people: Shoppers, parameters: ValueParameters) -> Iterable[str]:
    """Stand in for what the three models read."""
    yield "drop schema if exists main_internal cascade"
    yield "create schema main_internal"
    for name, header, seeded in zip(
        ("parameters", "nodes"),
        (PARAMETERS_HEADER, NODES_HEADER),
        seed_rows(parameters),
        strict=True,
    ):
        texts = {"dataset", "version", "purchase_model", "order_value_model"}
        texts |= {"tier_measure", "seed_fingerprint"}
        types = {"trained_through": "date", "node_number": "int", "node_count": "int"}
        columns = ", ".join(
            f"{c} {'text' if c in texts else types.get(c, 'double precision')}"
            for c in header
        )
        yield f"create table main_internal.value_{name} ({columns})"
        values = ", ".join(
            "(" + ", ".join(f"'{v}'" if v else "null" for v in row) + ")"
            for row in seeded
        )
        yield f"insert into main_internal.value_{name} values {values}"
    yield (
        "create table main_internal.int_features__as_of_dates as "
        "select date '1997-09-30' as as_of_date"
    )
    rows = ", ".join(
        f"('{i}', {x}, {t}, {age}, {amount:.2f})"
        for i, (x, t, age, amount) in enumerate(
            zip(
                people.frequency,
                people.recency_days,
                people.age_days,
                people.amount,
                strict=True,
            )
        )
    )
    yield (
        "create table main_internal.int_features__purchases as select "
        "cast(c as varchar(9)) as customer_id, date '1997-09-30' as as_of_date, "
        "cast(x as bigint) as gap_count, cast(t as bigint) as gap_days, "
        "cast(age as bigint) as tenure_days, cast(m as numeric(18, 2)) as net_amount, "
        "1 as order_count, cast(null as numeric(18, 2)) as margin_amount "
        f"from (values {rows}) as v (c, x, t, age, m)"
    )
    yield (
        "create table main_internal.int_features__purchase_sums as "
        "select * from main_internal.int_features__purchases"
    )
    yield (
        "create table main_internal.int_features__population as "
        "select customer_id, as_of_date, true as is_profiled "
        "from main_internal.int_features__purchases"
    )


def scored(
    project: DbtProject, people: Shoppers, parameters: ValueParameters
) -> list[Row]:
    """Return the columns of all customers, in their order."""
    profile = load_profile(REPOSITORY, REPOSITORY, project.target)
    if project.target == "postgres":
        with open_postgres(profile) as connection:
            for statement in statements(people, parameters):
                connection.cursor().execute(statement)
    else:
        with open_duckdb(profile) as session:
            for statement in statements(people, parameters):
                session.execute(statement)
    result = project.dbt("run", "--select", *SELECTED)
    assert result.success, result.ending
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
    names = ("frequency", "recency_days", "age_days", "amount")
    people_rows = zip(*(getattr(people, n).tolist() for n in names), strict=True)
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
    [row] = seed_rows(parameters)[0]
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
