"""Forecasts of quarters and their grades, against scipy and plain arithmetic."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from scipy import stats

from dbt_project import REPOSITORY, DbtProject
from forecast_warehouse import (
    END,
    EVES,
    MODELS,
    SCHEMAS,
    SHAPES,
    VARIABLES,
    ForecastWarehouse,
)
from publishing_postgres import make_database

SIZE = 120
SEALED_AT = "2024-12-31 22:59:59"
Z = stats.norm.ppf(0.975)


def buyers(seed: int) -> pd.DataFrame:
    """People who have ordered, with what is expected of them; no two are alike."""
    random = np.random.default_rng(seed)
    chance = random.permutation(1.04 ** np.arange(SIZE) * 0.008)
    alive = np.minimum(chance / random.uniform(0.3, 1, SIZE), 1)
    orders = random.permutation(1.04 ** np.arange(SIZE) * 0.05)
    value = random.permutation(1.02 ** np.arange(SIZE) * 9)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i:03d}" for i in range(SIZE)],
            "primary_segment": random.choice(["best", "steady"], SIZE),
            "value_tier": np.where(np.arange(SIZE) < 4, "gold", "basic"),
            "value_version": "v1",
            "is_in_sample": False,
            "probability_alive": alive.round(9),
            "order_probability_90d": chance.round(9),
            "expected_orders_90d": orders.round(9),
            "expected_orders_180d": (orders * random.uniform(1.3, 2, SIZE)).round(9),
            "expected_revenue_90d": (orders * value).round(2),
            "expected_revenue_180d": (orders * value * 1.7).round(2),
        }
    )


def prospects(count: int) -> pd.DataFrame:
    """People who have not, with the probability that they will."""
    return pd.DataFrame(
        {
            "customer_id": [f"p{i:03d}" for i in range(count)],
            "primary_segment": "prospect",
            "value_tier": "no_orders",
            "is_in_sample": False,
            "first_order_probability_90d": np.linspace(0.01, 0.4, count).round(9),
        }
    )


def lives(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Histories at the three dates: some order, some refund, prospects begin."""
    random = np.random.default_rng(seed)
    names = [*buyers(seed)["customer_id"], *prospects(40)["customer_id"]]
    gaps = np.where(np.arange(len(names)) < SIZE, random.integers(0, 30, len(names)), 0)
    has_ordered = np.arange(len(names)) < SIZE
    spent = np.where(has_ordered, random.uniform(20, 900, len(names)), 0).round(2)
    found = []
    for _ in range(3):
        found.append(
            pd.DataFrame(
                {
                    "customer_id": names,
                    "gap_count": gaps,
                    "tenure_days": np.where(has_ordered, 100.0, np.nan),
                    "net_amount": spent,
                }
            )
        )
        days = random.poisson(0.8, len(names))
        gaps = np.where(has_ordered, gaps + days, np.maximum(days - 1, 0))
        has_ordered = has_ordered | (days > 0)
        amount = np.where(days > 0, random.permutation(1.03 ** np.arange(160)), 0)
        spent = (spent + 10 * amount - 3 * (random.uniform(size=160) < 0.1)).round(2)
    return found[0], found[1], found[2]


def carried(people: pd.DataFrame, column: str, eve: int, end: int) -> np.ndarray:
    """The parabola through nothing, 90 and 180 days, between two days."""
    found = []
    for after_90, after_180 in people[[f"{column}_90d", f"{column}_180d"]].to_numpy():
        line = np.polyfit([0, 90, 180], [0, float(after_90), float(after_180)], 2)
        found.append(np.polyval(line, end) - np.polyval(line, eve))
    return np.array(found)


@pytest.fixture(scope="module")
def built() -> ForecastWarehouse:
    """A backtest of the end of 2024, and sealed forecasts of the start of 2025.

    Of the latter, c001 was c000 too, c002 is gone, one person is erased, and c003 was
    not foreseen.
    """
    warehouse = ForecastWarehouse()
    for day, history in zip((*EVES, END), lives(1), strict=True):
        left = history["customer_id"] != "c001"
        gone = (history["customer_id"] == "c002") & (day == END)
        warehouse.history(day, history[(left | (day == EVES[0])) & ~gone])
    for seed, day in enumerate(EVES, 1):
        people = pd.concat([buyers(seed), prospects(40)])
        people.loc[people["customer_id"] == "c005", "is_in_sample"] = True
        warehouse.forecast(day, people[people["customer_id"] != "c001"])
    warehouse.add("measurement__forecasts", sealed())
    warehouse.connection.execute(
        "insert into main_identity.identity__aliases values ('c001', 'c000');"
        "insert into main_ledger.measurement__seals values "
        "('forecasts', '2025-Q1', 'root')"
    )
    warehouse.run()
    return warehouse


def sealed() -> pd.DataFrame:
    """What was recorded of the first quarter of 2025."""
    people = buyers(3)
    rows = pd.DataFrame(
        {
            "customer_id": people["customer_id"],
            "primary_segment": people["primary_segment"],
            "value_tier": people["value_tier"],
            "order_probability": people["order_probability_90d"],
            "expected_orders": people["expected_orders_90d"],
            "orders_variance": people["expected_orders_90d"] * 1.5,
            "expected_revenue": people["expected_revenue_90d"],
            "revenue_variance": people["expected_revenue_90d"] * 40,
            "row_hash": people["customer_id"] + " hash",
            "quarter": "2025-Q1",
            "as_of_date": "2024-12-30",
            "quarter_start_date": "2025-01-01",
            "quarter_end_date": END,
            "sealed_at": SEALED_AT,
        }
    )
    rows.loc[rows["customer_id"] == "c004", ["customer_id", "expected_orders"]] = None
    return rows[rows["customer_id"] != "c003"]


def graded(warehouse: ForecastWarehouse, quarter: str) -> pd.DataFrame:
    rows = warehouse.rows("int_measurement__graded_forecasts")
    return rows[rows["quarter"] == quarter].set_index("customer_id").sort_index()


def grades(warehouse: ForecastWarehouse, quarter: str, measure: str) -> pd.DataFrame:
    rows = warehouse.rows("int_measurement__forecast_grades")
    rows = rows[(rows["quarter"] == quarter) & (rows["measure"] == measure)]
    return rows.set_index(["segment_set", "segment_code"]).sort_index()


def test_a_quarter_is_foreseen_from_90_and_180_days(built: ForecastWarehouse) -> None:
    rows = built.rows("int_measurement__quarter_forecasts")
    rows = rows[
        (rows["quarter"] == "2024-Q4") & (rows["primary_segment"] != "prospect")
    ]
    rows = rows.set_index("customer_id").sort_index()
    people = buyers(1).set_index("customer_id").loc[rows.index]
    days = (date(2024, 12, 31) - date(2024, 9, 30)).days
    orders = carried(people, "expected_orders", 0, days)
    np.testing.assert_allclose(rows["expected_orders"], orders, atol=1e-8)
    np.testing.assert_allclose(
        rows["expected_revenue"].astype(float),
        carried(people, "expected_revenue", 0, days),
        atol=0.0051,
    )
    alive = people["probability_alive"]
    stay = 1 - people["order_probability_90d"] / alive
    np.testing.assert_allclose(
        rows["order_probability"], alive * (1 - stay ** (days / 90)), atol=1e-8
    )


def test_variances_are_those_of_the_distributions(built: ForecastWarehouse) -> None:
    rows = built.rows("int_measurement__quarter_forecasts")
    rows = rows[
        (rows["quarter"] == "2024-Q4") & (rows["primary_segment"] != "prospect")
    ]
    rows = rows.set_index("customer_id").sort_index()
    alive = buyers(1).set_index("customer_id").loc[rows.index, "probability_alive"]
    gaps = lives(1)[0].set_index("customer_id").loc[rows.index, "gap_count"]
    r, p, q = SHAPES
    shape = r + gaps
    mean = rows["expected_orders"] / alive
    staying = stats.nbinom(shape, shape / (shape + mean))
    squares = alive * (staying.var() + staying.mean() ** 2)
    np.testing.assert_allclose(
        rows["orders_variance"], squares - rows["expected_orders"] ** 2, rtol=1e-6
    )
    # Values are gamma with shape p and a rate that is gamma too: their mean is p over
    # the rate, whose inverse is inverse gamma.
    inverse = stats.invgamma(p * (gaps + 1) + q)
    spread = (inverse.var() + inverse.mean() ** 2) / inverse.mean() ** 2
    money = rows["expected_revenue"].astype(float)
    value = money / rows["expected_orders"]
    second = value**2 * spread * (rows["expected_orders"] / p + squares)
    np.testing.assert_allclose(rows["revenue_variance"], second - money**2, rtol=1e-6)


def test_prospects_are_foreseen_to_order_at_all(built: ForecastWarehouse) -> None:
    rows = graded(built, "2024-Q4").filter(like="p", axis=0)
    chance = prospects(40)["first_order_probability_90d"].to_numpy()
    expected = 1 - (1 - chance) ** (92 / 90)
    np.testing.assert_allclose(rows["order_probability"], expected, atol=1e-8)
    assert rows["expected_orders"].isna().all()
    before, after, _ = (life.set_index("customer_id") for life in lives(1))
    began = before["tenure_days"].isna() & after["tenure_days"].notna()
    assert rows["ordered"].sum() == began.sum() > 10


def test_outcomes_are_what_came_between_two_dates(built: ForecastWarehouse) -> None:
    for quarter, (first, last) in {"2024-Q4": (0, 1), "2025-Q1": (1, 2)}.items():
        rows = graded(built, quarter)
        rows = rows[rows["status"] == "graded"]
        earlier, later = (
            lives(1)[i].set_index("customer_id").loc[rows.index] for i in (first, last)
        )
        days = [
            life["gap_count"] + life["tenure_days"].notna() for life in (earlier, later)
        ]
        assert (rows["orders"] == days[1] - days[0]).all()
        revenue = (later["net_amount"] - earlier["net_amount"]).round(2)
        np.testing.assert_allclose(rows["revenue"].astype(float), revenue, atol=1e-9)
        assert (rows["ordered"] == (rows["orders"] > 0)).all()


def test_who_became_one_customer_is_added(built: ForecastWarehouse) -> None:
    row = graded(built, "2025-Q1").loc["c000"]
    both = sealed().set_index("customer_id").loc[["c000", "c001"]]
    assert row["forecast_count"] == 2
    assert row["primary_segment"] == both["primary_segment"].iloc[0]
    for column in ("expected_orders", "orders_variance", "expected_revenue"):
        assert row[column] == pytest.approx(float(both[column].sum()), abs=1e-8)
    chance = 1 - np.prod(1 - both["order_probability"])
    assert row["order_probability"] == pytest.approx(chance, abs=1e-8)
    assert "c001" not in graded(built, "2025-Q1").index


def test_it_says_who_is_left_out(built: ForecastWarehouse) -> None:
    now = graded(built, "2025-Q1")
    assert now.loc["c002", "status"] == "gone"
    # Not foreseen: c003, and c004 whose forecast is erased; prospects were not either.
    left_out = now[now["status"] == "no_forecast"].index
    assert [name for name in left_out if name < "p"] == ["c003", "c004"]
    past = graded(built, "2024-Q4")
    assert past[past["status"] == "in_sample"].index.tolist() == ["c005"]
    assert set(past.loc[past["status"] == "graded", "evidence"]) == {"backtest"}
    # The sealed quarter rests on what was sealed, and on nothing of today.
    assert set(now.loc[now["status"] == "graded", "evidence"]) == {"sealed"}
    assert now["as_of_date"].dropna().nunique() == 1


MEASURES = {
    "ordered_share": ("order_probability", "ordered"),
    "orders": ("expected_orders", "orders"),
    "revenue": ("expected_revenue", "revenue"),
}


def variance(rows: pd.DataFrame, measure: str) -> Any:
    if measure == "ordered_share":
        return rows["order_probability"] * (1 - rows["order_probability"])
    return rows[f"{measure}_variance"]


@pytest.mark.parametrize("quarter", ["2024-Q4", "2025-Q1"])
@pytest.mark.parametrize("measure", MEASURES)
def test_grades_are_sums_of_the_customers(
    built: ForecastWarehouse, quarter: str, measure: str
) -> None:
    rows = graded(built, quarter)
    predicted, actual = MEASURES[measure]
    rows = rows[(rows["status"] == "graded") & rows[predicted].notna()]
    found = grades(built, quarter, measure)
    groups = {("all", "all"): rows} | {
        (name, str(code)): part
        for name, column in {
            "primary": "primary_segment",
            "value_tier": "value_tier",
        }.items()
        for code, part in rows.groupby(column)
    }
    assert set(found.index) == set(groups)
    for place, part in groups.items():
        row = found.loc[place]
        total = part[predicted].astype(float).sum()
        half = Z * np.sqrt(variance(part, measure).sum())
        assert row["customer_count"] == len(part)
        assert row["ordered_count"] == part["ordered"].sum()
        assert row["predicted"] == pytest.approx(total, abs=1e-6)
        assert row["actual"] == pytest.approx(part[actual].astype(float).sum())
        assert row["predicted_low"] == pytest.approx(max(total - half, 0), abs=1e-6)
        most = len(part) if measure == "ordered_share" else np.inf
        high = min(total + half, most)
        assert row["predicted_high"] == pytest.approx(high, abs=1e-6)


@pytest.mark.parametrize("measure", MEASURES)
def test_ranks_are_those_of_numpy(built: ForecastWarehouse, measure: str) -> None:
    rows = graded(built, "2025-Q1")
    predicted, actual = (rows[name].astype(float) for name in MEASURES[measure])
    known = (rows["status"] == "graded") & predicted.notna()
    x, y = predicted[known].to_numpy(), actual[known].to_numpy()
    place = (stats.rankdata(x) - 0.5) / len(x)
    best = (stats.rankdata(np.maximum(y, 0)) - 0.5) / len(y)
    row = grades(built, "2025-Q1", measure).loc[("all", "all")]
    share = y @ (place - 0.5) / (y @ (best - 0.5))
    # Orders and probabilities lie four per cent apart and more; money may be nearer.
    near = 0.01 if measure == "revenue" else 1e-8
    assert row["gini_share"] == pytest.approx(share, abs=near)
    group = np.floor(10 * place)
    means = [[values[group == i].mean() for i in range(10)] for values in (x, y)]
    slope = np.polyfit(means[0], means[1], 1)[0]
    assert row["tenth_slope"] == pytest.approx(slope, rel=1e-6 if near < 0.01 else 0.05)


def test_shared_numbers_hide_single_people(built: ForecastWarehouse) -> None:
    exact = built.rows("int_measurement__forecast_grades")
    keys = ["quarter", "segment_set", "segment_code", "measure"]
    both = built.rows("measurement__validation").merge(
        exact, on=keys, suffixes=("", "_total")
    )
    few = both["customer_count_total"] < 10
    assert few.sum() == 6  # four of the gold tier, in two quarters
    assert both.loc[few, ["customer_count", "predicted", "actual"]].isna().all(None)
    many = both[~few]
    assert (many["customer_count"] % 5 == 0).all()
    people = many["customer_count_total"]
    assert (many["predicted_low"] <= many["predicted_low_total"] / people + 1e-9).all()
    high = many["predicted_high_total"] / people
    assert (many["predicted_high"] >= high - 1e-9).all()
    step = many[["largest_predicted", "largest_actual"]].max(axis=1) / people
    off = (many["predicted"] - many["predicted_total"] / people).abs()
    assert (off <= 1.25 * step + 1e-4).all()
    covered = many["actual_total"].between(
        many["predicted_low_total"], many["predicted_high_total"]
    )
    shown = many["actual"].notna()
    assert (many.loc[shown, "is_covered"] == covered[shown]).all()


def test_left_out_people_are_counted_by_quarter(built: ForecastWarehouse) -> None:
    rows = built.rows("measurement__validation")
    now = rows[(rows["quarter"] == "2025-Q1") & (rows["segment_set"] == "all")]
    assert set(now["measure"]) == set(MEASURES)
    # 40 prospects and two buyers; single people are not counted out loud.
    assert set(now["no_forecast_count"]) == {40}
    assert now[["gone_count", "erased_count"]].isna().all(None)
    assert set(now["root"]) == {"root"}
    assert str(now["sealed_at"].iloc[0]) == SEALED_AT


def test_what_is_recorded_once_the_quarter_began_is_a_backtest(
    built: ForecastWarehouse,
) -> None:
    update = "update main_ledger.measurement__forecasts set sealed_at = timestamp '{}'"
    try:
        built.connection.execute(update.format("2024-12-31 23:00:00"))
        built.run()
        found = graded(built, "2025-Q1")
    finally:
        built.connection.execute(update.format(SEALED_AT))
        built.run()
    assert set(found["evidence"].dropna()) == {"backtest"}


def test_a_quarter_of_which_all_is_in_sample_has_no_grade() -> None:
    warehouse = ForecastWarehouse()
    for day, history in zip((*EVES, END), lives(1), strict=True):
        warehouse.history(day, history)
    for day in EVES:
        warehouse.forecast(day, buyers(1).assign(is_in_sample=True))
    warehouse.run()
    rows = warehouse.rows("measurement__validation")
    assert rows["evidence"].tolist() == ["none"] * 6
    assert set(rows["in_sample_count"]) == {SIZE}
    assert rows["predicted"].isna().all()


@pytest.mark.slow
def test_engines_grade_alike(
    built: ForecastWarehouse, postgres: Mapping[str, str], tmp_path: Path
) -> None:
    make_database(postgres)
    project = DbtProject(
        REPOSITORY,
        tmp_path / "w.duckdb",
        extra_env={**postgres, "SEGMENTATION_PG_DATABASE": "warehouse"},
        vars=VARIABLES,
        target="postgres",
    )
    with project.connection() as server:
        cursor = server.cursor()
        for name, schema in SCHEMAS.items():
            rows = built.connection.sql(f"from {schema}.{name}")
            columns = ", ".join(
                f"{column} {str(kind).replace('DOUBLE', 'double precision')}"
                for column, kind in zip(rows.columns, rows.types, strict=True)
            )
            cursor.execute(f"create schema if not exists {schema}")
            cursor.execute(f"create table {schema}.{name} ({columns})")
            places = ", ".join(["%s"] * len(rows.columns))
            cursor.executemany(
                f"insert into {schema}.{name} values ({places})", rows.fetchall()
            )
        server.commit()
    result = project.dbt("run", "--select", *MODELS)
    assert result.success, result.ending
    for name in ("int_measurement__forecast_grades", "measurement__validation"):
        query = f"select * from {MODELS[name]}.{name} order by 1, 2, 3, 4"
        here = built.connection.execute(query).fetchall()
        there = project.query(query)
        assert len(here) == len(there) > 20
        for mine, yours in zip(here, there, strict=True):
            for a, b in zip(mine, yours, strict=True):
                assert a == (pytest.approx(b, abs=1e-6) if type(a) is float else b)
