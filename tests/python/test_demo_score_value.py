"""`segment demo score` says how well value and tastes agree with the truth."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner
from scipy.stats import spearmanr
from sklearn.metrics import brier_score_loss, roc_auc_score

from segmentation.cli import cli
from segmentation.demo.score.ranks import area_under_curve, rank_correlation
from segmentation.demo.score.tastes import TRAITS
from test_demo_score import project

__all__ = ["project"]

COUNT = 300
TODAY = pd.Timestamp("2025-12-31")


@pytest.mark.parametrize("seed", range(5))
def test_ranks_agree_with_scipy_and_sklearn(seed: int) -> None:
    """Few distinct values, so that most are tied."""
    generator = np.random.default_rng(seed)
    found = generator.integers(0, 7, 500).astype(float)
    truth = found + generator.integers(0, 9, 500)
    pairs = pd.DataFrame({"found": found, "truth": truth})
    pairs.loc[len(pairs)] = [np.nan, 3.0]
    connection = duckdb.connect()
    connection.register("pairs", pairs.replace({np.nan: None}))
    count, value = rank_correlation(connection, "select * from pairs")
    assert count == 500
    assert value == pytest.approx(spearmanr(found, truth).statistic)
    query = "select found, truth > 8 as truth from pairs where found is not null"
    _, area = area_under_curve(connection, query)
    assert area == pytest.approx(roc_auc_score(truth > 8, found))
    query = "select found, true as truth from pairs where found is not null"
    assert area_under_curve(connection, query)[1] is None


class Told:
    """A made-up company of which each customer is one person, and what is told."""

    def __init__(self, path: Path) -> None:
        generator = np.random.default_rng(1)
        names = [f"p{number}" for number in range(COUNT)]
        kind = generator.random(COUNT)
        dropped = np.where(
            kind < 0.5,
            TODAY - pd.to_timedelta(generator.integers(0, 99, COUNT), "D"),
            pd.NaT,
        )
        # Who drops out tomorrow is a customer today.
        dropped = np.where(kind < 0.1, TODAY + pd.Timedelta(days=1), dropped)
        self.lifetimes = pd.DataFrame(
            {
                "person_id": names,
                "weekly_rate": generator.gamma(2, 0.1, COUNT),
                "dropped_out_at": pd.to_datetime(dropped),
            }
        )
        self.alive = ~(self.lifetimes["dropped_out_at"] <= TODAY)
        self.features = pd.DataFrame(
            {
                "customer_id": names,
                "as_of_date": TODAY.date(),
                "order_count": 1,
                "probability_alive": np.clip(
                    self.alive * 0.4 + generator.random(COUNT) * 0.6, 0, 1
                ),
                "expected_orders_90d": self.lifetimes["weekly_rate"] * 12,
                "first_order_probability_90d": None,
                "top_category": "Tea",
                "affinity_category": ["Tea" if part < 0.3 else None for part in kind],
                "usual_hour": 23,
                **dict.fromkeys(TRAITS),
            }
        )
        self.features["price_consciousness"] = generator.normal(size=COUNT)
        self.persons = pd.DataFrame(
            {
                "person_id": names,
                "household_id": names,
                "is_twin": False,
                "archetype": None,
                "affinity": np.where(kind < 0.2, "Tea", "Rice"),
                "usual_hour": np.where(kind < 0.4, 1, 2),
                **{name: generator.normal(size=COUNT) for name in TRAITS},
            }
        )
        records = pd.DataFrame(
            {"source_system": "shop", "source_customer_id": names, "person_id": names}
        )
        with duckdb.connect(str(path)) as connection:
            for schema in ("truth", "main_identity"):
                connection.execute(f"create schema if not exists {schema}")
            for table, frame in {
                "truth.persons": self.persons,
                "truth.lifetimes": self.lifetimes,
                "truth.records": records.assign(names_somebody=True),
                "main.features__customers": self.features,
                "main_identity.identity__customer_map": records.rename(
                    columns={"person_id": "customer_id"}
                ),
            }.items():
                connection.register("given", frame)
                connection.execute(f"create or replace table {table} as from given")
            connection.execute(
                "create table truth.prospects (person_id varchar, daily_hazard double);"
                "create table truth.settings (name varchar, value varchar);"
            )


@pytest.fixture
def told(project: Path) -> Told:
    return Told(project / "shop.duckdb")


@pytest.fixture
def scored(project: Path) -> Callable[[str], dict[str, Any]]:
    def of(section: str) -> dict[str, Any]:
        done = CliRunner().invoke(
            cli, ["demo", "score", "--json", "--project-dir", str(project)]
        )
        assert done.exit_code == 0, done.output
        sections = json.loads(done.output)["sections"]
        found: dict[str, Any] = sections[section]["contestants"]["project"]
        return found

    return of


def test_who_is_a_customer_is_judged_on_the_day(
    told: Told, scored: Callable[[str], dict[str, Any]]
) -> None:
    value = scored("value")
    predicted = told.features["probability_alive"]
    assert value["alive_customer_count"] == COUNT
    assert value["alive_share"] == pytest.approx(told.alive.mean())
    assert value["alive_auc"] == pytest.approx(roc_auc_score(told.alive, predicted))
    assert value["alive_brier_score"] == pytest.approx(
        brier_score_loss(told.alive, predicted)
    )
    rate = told.lifetimes["weekly_rate"]
    expected = spearmanr(told.features["expected_orders_90d"], rate * told.alive)
    assert value["orders_rank_correlation"] == pytest.approx(expected.statistic)
    assert value["first_order_rank_correlation"] is None


def test_tastes_are_compared_where_they_are_known(
    told: Told, scored: Callable[[str], dict[str, Any]]
) -> None:
    tastes = scored("tastes")
    likes = told.persons["affinity"] == "Tea"
    known = told.features["affinity_category"].notna()
    assert tastes["top_category_share"] == pytest.approx(likes.mean())
    assert tastes["affinity_category_share"] == pytest.approx(likes[known].mean())
    assert tastes["affinity_category_customer_count"] == known.sum()
    # 23 is two hours before 1, and three before 2.
    near = told.persons["usual_hour"] == 1
    assert tastes["usual_hour_share"] == pytest.approx(near.mean())
    said, true = (
        told.features["price_consciousness"],
        told.persons["price_consciousness"],
    )
    assert tastes["price_consciousness_rank_correlation"] == pytest.approx(
        spearmanr(said, true).statistic
    )
    assert tastes["convenience_rank_correlation"] is None


def test_experiments_and_changes_are_counted_by_hand(
    project: Path, told: Told, scored: Callable[[str], dict[str, Any]]
) -> None:
    """Of three contrasts one misses what was planted, and one has the wrong sign."""
    assert told.alive.any()
    with duckdb.connect(str(project / "shop.duckdb")) as connection:
        connection.execute(
            """
            create table truth.campaign_outcomes as from (values
                (7, 'segmented', .01, .05), (7, 'generic', .01, .15),
                (7, 'no_contact', .01, .10), (8, null, .5, .5)
            ) as t (campaign_id, arm, uplift_generic, uplift_segmented);
            create table truth.planted as from (values
                ('drift_of_demand', 'price-conscious', .55),
                ('drift_of_demand', 'others', 1.1)
            ) as t (quantity, detail, value);
            create table int_measurement__experiment_estimates as from (values
                ('mail/7', 'segmented', 'no_contact', 'all', .2, .08, .07, .09, true),
                ('mail/7', 'segmented', 'generic', 'all', .4, -.1, -.2, -.05, true),
                ('mail/7', 'generic', 'no_contact', 'all', .2, .0, -.01, .02, false),
                ('mail/7', 'generic', 'no_contact', 'best', .9, .9, .8, .95, true)
            ) as t (
                experiment_code, arm, other_arm, shown_segment, other_arm_mean,
                adjusted_effect, adjusted_low, adjusted_high, is_different
            );
            alter table int_measurement__experiment_estimates
                add column metric varchar default 'ordered';
            create table measurement__drift as from (values (true), (false), (null))
                as t (is_alarm);
            create table measurement__campaign_changes as from (values
                ('202', false), ('104', true), ('104', true)
            ) as t (campaign_id, is_reversal);
            """
        )
    found = scored("experiments")
    # A fifth would have ordered anyway: .08, .072 and .008 are left.
    assert found["contrast_count"] == 3
    assert found["planted_mean"] == pytest.approx((0.08 + 0.072 + 0.008) / 3)
    assert found["covered_share"] == pytest.approx(2 / 3)
    assert found["mean_error"] == pytest.approx((0.0 - 0.172 - 0.008) / 3)
    assert found["wrong_sign_count"] == 1
    changes = scored("changes")
    assert (changes["drift_planted"], changes["reversal_planted"]) == (1, 0)
    assert (changes["drift_judged_count"], changes["drift_alarm_count"]) == (2, 1)
    assert (changes["reversal_found"], changes["other_reversal_count"]) == (0, 1)
