"""`segment train value` on a shop: nothing after the cut-off enters.

By the end of May 220 customers order at rates of their own; 30 pairs of them turn out,
by a login in June, to be one person, and everybody orders in June.
"""

import csv
import shutil
from collections.abc import Callable
from contextlib import chdir
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner, Result

from segmentation.cli import cli
from segmentation.train.value.counts import compress
from segmentation.train.value.gamma_gamma import fit_order_values
from segmentation.train.value.purchase_models import PurchaseModel, fit_purchases
from segmentation.train.value.seed_files import NODES, PARAMETERS
from shop import Shop

CUT_OFF = date(2024, 5, 31)
CUSTOMERS, JOINED = 220, 30
Orders = dict[str, dict[date, float]]


def orders_of(seed: int) -> Orders:
    generator = np.random.default_rng(seed)
    orders: Orders = {}
    for number in range(CUSTOMERS):
        every = 3 + 60 / generator.gamma(2.0, 3.0)
        worth = 60 / generator.gamma(4.0)
        day = float(generator.integers(0, 60))
        days: dict[date, float] = {}
        while day < 140:
            at = date(2024, 1, 1) + timedelta(days=int(day))
            amount = round(float(generator.gamma(5.0, worth / 5)) + 0.01, 2)
            days[at] = days.get(at, 0.0) + amount
            if generator.uniform() < 0.15:
                break
            day += max(1.0, generator.exponential(every))
        orders[f"c{number:03}"] = days
    return orders


@pytest.fixture(scope="module")
def orders() -> Orders:
    return orders_of(4)


@pytest.fixture
def run(
    orders: Orders,
    shop_project_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Result]:
    shop = Shop()
    for name, days in orders.items():
        for day, amount in days.items():
            shop.add(
                "orders",
                source_customer_id=name,
                ordered_at=f"{day} 12:00:00",
                net_amount=f"{amount:.2f}",
            )
        for later in ("2024-06-03", "2024-06-20"):
            shop.add("orders", source_customer_id=name, ordered_at=f"{later} 12:00:00")
    for number in range(2 * JOINED):
        shop.add(
            "identifiers",
            source_customer_id=f"c{number:03}",
            identifier_value=f"person-{number // 2}",
            observed_at="2024-06-03 11:00:00",
        )
    shop.write(tmp_path / "shop.duckdb")
    project = tmp_path / "project"
    shutil.copytree(shop_project_dir, project, symlinks=True)
    monkeypatch.setenv("SEGMENTATION_WAREHOUSE", str(tmp_path / "shop.duckdb"))

    def call(*words: str) -> Result:
        with chdir(project):
            return CliRunner().invoke(
                cli, ["--project-dir", str(project), "train", "value", *words]
            )

    return call


def test_only_what_was_known_at_the_cut_off_is_learned_from(
    run: Callable[..., Result], orders: Orders, tmp_path: Path
) -> None:
    result = run("--through", str(CUT_OFF))
    assert result.exit_code == 0, result.output
    project = tmp_path / "project"
    with (project / PARAMETERS).open(newline="") as lines:
        [row] = csv.DictReader(lines)
    firsts = [min(days) for days in orders.values()]
    counts = np.array([len(days) - 1 for days in orders.values()])
    recency = np.array(
        [
            (max(days) - first).days
            for days, first in zip(orders.values(), firsts, strict=True)
        ]
    )
    age = np.array([(CUT_OFF - first).days for first in firsts])
    histories = compress(counts, recency, age)
    fits = [fit_purchases(model, histories) for model in PurchaseModel]
    best = max(fits, key=lambda fit: fit.log_likelihood)
    assert row["purchase_model"] == best.model
    found = [float(row[name]) for name in ("r", "alpha", "a", "b")]
    assert found == pytest.approx(list(best.parameters), rel=1e-9)
    days_with_order = np.asarray(counts + 1, dtype=float)
    means = np.array([sum(days.values()) for days in orders.values()])
    values = fit_order_values(days_with_order, means / days_with_order)
    assert row["order_value_model"] == values.model == "gamma_gamma"
    found = [float(row[f"order_value_{name}"]) for name in "pqv"]
    assert found == pytest.approx([values.p, values.q, values.v], rel=1e-5)
    assert (row["dataset"], row["version"]) == ("shop", "2024-05-31")
    # 90 days before the cut-off had no 90 days of data before them.
    assert row["tier_measure"] == "spend_90d"
    with (project / NODES).open(newline="") as lines:
        nodes = list(csv.DictReader(lines))
    assert len(nodes) == int(row["node_count"])
    assert {node["seed_fingerprint"] for node in nodes} == {row["seed_fingerprint"]}
    assert "2024-05-31" in (project / "docs/models/value_shop.md").read_text()
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        left = connection.sql(
            "select distinct schema_name from information_schema.schemata "
            "where schema_name like 'segmentation%'"
        ).fetchall()
    assert left == []
