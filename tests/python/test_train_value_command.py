"""`segment train value` on a shop: nothing after the cut-off enters.

By the end of May 220 customers order at rates of their own; 30 pairs of them turn out,
by a login in June, to be one person, and everybody orders in June. Five more are known
who have not ordered by then. A buyer and one of these object to profiling in June.
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
from segmentation.profiles import load_profile
from segmentation.train.value.counts import compress
from segmentation.train.value.gamma_gamma import fit_order_values
from segmentation.train.value.purchase_models import PurchaseModel, fit_purchases
from segmentation.train.value.seed_files import NODES, PARAMETERS, PROSPECTS
from segmentation.train.value.worlds import open_worlds
from shop import Shop

pytestmark = pytest.mark.slow

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


def add_objections(shop: Shop) -> None:
    shop.add("consents", source_customer_id="objects", is_granted="false")
    for day in ("2024-04-03", "2024-04-20", "2024-05-07", "2024-06-03"):
        shop.add("orders", source_customer_id="leaves", ordered_at=f"{day} 12:00:00")
    for name in ("leaves", "regrets", "quiet"):
        changed = {"source_customer_id": name, "changed_at": "2024-06-10 12:00:00"}
        shop.add("consents", **changed, is_granted="false")
    # Who takes it back is learned from again.
    shop.add("consents", source_customer_id="quiet", changed_at="2024-06-11 12:00:00")


@pytest.fixture
def project(
    orders: Orders,
    shop_project_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
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
    for name in ("keen", "quiet", "objects", "late", "regrets"):
        email = f"{name}@mail.invalid"
        created = "2024-06-01 09:00:00" if name == "late" else "2024-04-01 09:00:00"
        record = {"source_customer_id": name, "created_at": created, "email": email}
        shop.add("customer_records", **record)
    add_objections(shop)
    # The first of all visits and messages; since then each window is covered.
    for entity in ("events", "messages"):
        shop.add(entity, source_customer_id="c000", occurred_at="2024-01-02 10:00:00")
    for seen in ("2024-04-01", "2024-05-20", "2024-05-20", "2024-06-02"):
        for entity in ("events", "messages"):
            shop.add(entity, source_customer_id="keen", occurred_at=f"{seen} 10:00:00")
    shop.add("orders", source_customer_id="keen", ordered_at="2024-06-02 12:00:00")
    shop.write(tmp_path / "shop.duckdb")
    project = tmp_path / "project"
    shutil.copytree(shop_project_dir, project, symlinks=True)
    monkeypatch.setenv("SEGMENTATION_WAREHOUSE", str(tmp_path / "shop.duckdb"))
    return project


@pytest.fixture
def run(project: Path) -> Callable[..., Result]:
    def call(*words: str) -> Result:
        with chdir(project):
            return CliRunner().invoke(
                cli, ["--project-dir", str(project), "train", "value", *words]
            )

    return call


def test_only_what_was_known_at_the_cut_off_is_learned_from(
    run: Callable[..., Result], orders: Orders, project: Path, tmp_path: Path
) -> None:
    result = run("--through", str(CUT_OFF))
    assert result.exit_code == 0, result.output
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
    # Nothing to learn of prospects: the seed has no rows yet.
    assert (project / PROSPECTS).read_text().count("\n") == 1


def test_a_world_has_the_prospects_of_its_day(project: Path) -> None:
    profile = load_profile(project, project)
    with chdir(project), open_worlds(profile, {"segmentation_dataset": "shop"}) as made:
        world = made.build(CUT_OFF)
    assert world is not None
    found = world.prospects
    assert len(found.customer_ids) == 2
    assert found.names == (
        *("days_since_first_seen", "session_count_30d", "session_count_90d"),
        *("page_count_90d", "product_use_count_90d", "message_open_count_90d"),
        *("message_click_count_90d", "has_message", "has_visited"),
        "days_since_last_visit",
    )
    # Known for 60 days: one visit of two pages in May and one of one page in April, or
    # none at all; there is no product to use.
    rows = sorted(found.counts.tolist(), key=lambda row: -row[2])
    assert str(rows) == str(
        [
            [60.0, 1.0, 2.0, 3.0, float("nan"), 0.0, 0.0, 1.0, 1.0, 11.0],
            [60.0, 0.0, 0.0, 0.0, float("nan"), 0.0, 0.0, 0.0, 0.0, 0.0],
        ]
    )
