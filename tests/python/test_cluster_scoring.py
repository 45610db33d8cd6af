"""The warehouse assigns the clusters that training publishes, as scikit-learn would."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest
from sklearn.cluster import KMeans

from cluster_warehouse import INPUTS, NODES, Warehouse, compile_here, compile_nodes
from cluster_worlds import Floats
from dbt_project import REPOSITORY, DbtProject
from engines import create_database
from segmentation.train.clusters.parameters import (
    ParameterRow,
    Parameters,
    parameter_rows,
)
from segmentation.train.clusters.scaling import Scaling, logarithms
from shared_folder import made_once

NOW, BEFORE, LATER = date(2024, 2, 15), date(2024, 1, 31), date(2024, 2, 29)
EARLIER, MARCH = date(2023, 12, 31), date(2024, 3, 15)


@contextmanager
def _duckdb(folder: Path) -> Iterator[Warehouse]:
    made = made_once("cluster_scoring", compile_here)
    compiled = {name: (made / f"{name}.sql").read_text() for name in NODES}
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        yield Warehouse(connection, compiled)


@contextmanager
def _postgres(folder: Path, request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    here = DbtProject(REPOSITORY, folder / "warehouse.duckdb")
    there = create_database(
        request.getfixturevalue("postgres"), here, "cluster_scoring"
    )
    compiled = compile_nodes(there)
    with there.connection() as connection:
        connection.autocommit = True
        yield Warehouse(connection, compiled)


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def warehouse(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("scoring")
    opened = (
        _duckdb(folder) if request.param == "duckdb" else _postgres(folder, request)
    )
    with opened as found:
        yield found


def unscaled(count: int, centroids: Floats, version: str = "2024-01-31") -> Parameters:
    """Return clusters whose coordinates are the logarithms themselves."""
    ones = np.ones(count)
    scaling = Scaling(-50 * ones, 50 * ones, 0 * ones, ones, ones)
    ids = tuple(range(1, len(centroids) + 1))
    return Parameters(version, INPUTS[:count], scaling, ids, centroids)


def rows_of(parameters: Parameters) -> list[ParameterRow]:
    return parameter_rows("complete_journey", "behavior", parameters)


def inputs(*coordinates: float | None) -> list[float | None]:
    """Return values whose logarithms are these coordinates; the rest is unknown."""
    values = [None if at is None else float(np.expm1(at)) for at in coordinates]
    return [*values, *[None] * (len(INPUTS) - len(values))]


def test_the_nearest_cluster_is_that_of_scikit_learn(warehouse: Warehouse) -> None:
    random = np.random.default_rng(11)
    count, features = 2000, len(INPUTS)
    values = random.gamma(1.0, 5.0, (count, features))
    values[random.random(values.shape) < 0.1] = np.nan
    logs = logarithms(values)
    bounds = np.nanquantile(logs, [0.05, 0.95], axis=0)
    scaling = Scaling(
        *(
            np.round(part, 9)
            for part in (
                *bounds,
                np.nanmean(logs, axis=0),
                np.nanstd(logs, axis=0),
                random.uniform(0.1, 2, features),
            )
        )
    )
    points = scaling.points(logs)
    model = KMeans(8, n_init=1, random_state=3).fit(points)
    centroids = np.round(model.cluster_centers_, 9)
    model.cluster_centers_ = centroids
    parameters = Parameters(
        "2024-01-31", INPUTS, scaling, tuple(range(11, 19)), centroids
    )
    given = {
        (f"c{number:04}", NOW): [None if np.isnan(v) else float(v) for v in row]
        for number, row in enumerate(values)
    }
    warehouse.give(rows_of(parameters), given, NOW)
    found = warehouse.clusters()
    assert len(found) == count
    distances = model.transform(points)
    expected = model.predict(points) + 11
    order = distances.argsort(axis=1)
    for number in range(count):
        cluster, nearest, second, distance, *_ = found[(f"c{number:04}", NOW)]
        assert (cluster, nearest) == (expected[number], expected[number])
        assert second == order[number, 1] + 11
        assert distance == pytest.approx(distances[number].min(), abs=2e-9)


def test_of_two_that_are_as_near_the_smaller_id_counts(warehouse: Warehouse) -> None:
    centroids = np.array([[3.0, 9.0], [0.0, 1.0], [0.0, 3.0], [9.0, 9.0]])
    points = np.array([[0.0, 2.0], [3.0, 9.0], [6.0, 9.0]])
    model = KMeans(4, init=centroids, n_init=1).fit(centroids)
    warehouse.give(
        rows_of(unscaled(2, centroids)),
        {(f"c{n}", NOW): inputs(*point) for n, point in enumerate(points)},
        NOW,
    )
    found = [warehouse.clusters()[(f"c{n}", NOW)][:3] for n in range(3)]
    assert found == [(2, 2, 3), (1, 1, 4), (1, 1, 4)]
    assert [nearest for _, nearest, _ in found] == (model.predict(points) + 1).tolist()


def test_a_customer_moves_only_to_what_is_nearer_by_a_tenth(
    warehouse: Warehouse,
) -> None:
    """Clusters at 0 and 10: at 5.2 the distances are 5.2 and 4.8, ratio .923; at 5.3
    5.3 and 4.7, ratio .887."""
    centroids = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 99.0], [99.0, 99.0]])
    stays, moves, new, returns = "stays", "moves", "new", "returns"
    warehouse.give(
        rows_of(unscaled(2, centroids)),
        {
            (stays, BEFORE): inputs(4.0, 0.0),
            (stays, NOW): inputs(5.2, 0.0),
            # By now the nearest at the month end before is the second: no memory of
            # where the customer was kept.
            (stays, LATER): inputs(4.9, 0.0),
            (moves, BEFORE): inputs(4.0, 0.0),
            (moves, NOW): inputs(5.3, 0.0),
            (new, NOW): inputs(5.2, 0.0),
            (returns, BEFORE): inputs(6.0, 0.0),
            (returns, NOW): inputs(4.9, 0.0),
        },
        NOW,
        LATER,
    )
    found = {key: (row[0], row[1]) for key, row in warehouse.clusters().items()}
    assert found == {
        (stays, NOW): (1, 2),
        (stays, LATER): (1, 1),
        (moves, NOW): (2, 2),
        (new, NOW): (2, 2),
        (returns, NOW): (2, 1),
    }


def test_nobody_is_back_the_month_after_they_left(warehouse: Warehouse) -> None:
    """Clusters at 0, 10 and 30: whoever was at 10 at the last month end and at 0 at the
    one before may go to 30 by now, and back to 0 only when a month end has found them
    there."""
    centroids = np.array([[0.0, 0.0], [10.0, 0.0], [30.0, 0.0], [0.0, 99.0]])
    back, on, new = "back", "on", "new"
    warehouse.give(
        rows_of(unscaled(2, centroids)),
        {
            (back, EARLIER): inputs(0.0, 0.0),
            (back, BEFORE): inputs(10.0, 0.0),
            (back, NOW): inputs(0.0, 0.0),
            (back, LATER): inputs(0.0, 0.0),
            (back, MARCH): inputs(0.0, 0.0),
            (on, EARLIER): inputs(0.0, 0.0),
            (on, BEFORE): inputs(10.0, 0.0),
            (on, NOW): inputs(30.0, 0.0),
            # Not there at the last month end: nothing that they left.
            (new, EARLIER): inputs(0.0, 0.0),
            (new, NOW): inputs(0.0, 0.0),
        },
        *(NOW, LATER, MARCH),
    )
    found = {key: (row[0], row[1]) for key, row in warehouse.clusters().items()}
    assert found == {
        (back, NOW): (2, 1),
        (back, LATER): (2, 1),
        (back, MARCH): (1, 1),
        (on, NOW): (3, 3),
        (new, NOW): (1, 1),
    }


def test_who_shows_less_than_half_has_no_cluster(warehouse: Warehouse) -> None:
    centroids = np.array([[2.0] * 4, [-1.0] * 4, [5.0] * 4, [9.0] * 4])
    warehouse.give(
        rows_of(unscaled(4, centroids)),
        {
            # Unknown lies at the mean, 0: nearer to -1 than 2 is.
            ("half", NOW): inputs(0.9, 0.9, None, None),
            ("less", NOW): inputs(0.9, None, None, None),
        },
        NOW,
    )
    assert {key[0]: row[0] for key, row in warehouse.clusters().items()} == {"half": 2}


def test_a_date_takes_the_newest_version_that_knew_nothing_later(
    warehouse: Warehouse,
) -> None:
    near, far = np.array([[0.0, 0.0], [9.0, 9.0]]), np.array([[9.0, 9.0], [0.0, 0.0]])
    rows = [
        *rows_of(unscaled(2, near, "2024-01-31")),
        *rows_of(unscaled(2, far, "2024-02-20")),
    ]
    dates = (date(2023, 12, 31), BEFORE, NOW, LATER)
    warehouse.give(rows, {("c", day): inputs(0.0, 0.0) for day in dates}, *dates)
    found = {
        key[1]: (row[0], row[4], row[5]) for key, row in warehouse.clusters().items()
    }
    assert found == {
        date(2023, 12, 31): (1, "2024-01-31", True),
        BEFORE: (1, "2024-01-31", False),
        NOW: (1, "2024-01-31", False),
        # Both its dates are scored by one version, so that nobody moves because of it.
        LATER: (2, "2024-02-20", False),
    }


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows, _: [replace(rows[0], mean="0.000000001"), *rows[1:]],
        lambda rows, _: rows[1:],
        lambda rows, other: [*rows[:4], *other[4:]],
    ],
    ids=["edited", "incomplete", "mixed"],
)
def test_a_seed_of_two_trainings_is_refused(
    warehouse: Warehouse,
    spoil: Callable[[list[ParameterRow], list[ParameterRow]], list[ParameterRow]],
) -> None:
    whole = rows_of(unscaled(2, np.array([[0.0, -1.5], [2.25, 0.1], [1.0, 1.0]])))
    other = rows_of(unscaled(2, np.array([[0.0, -1.5], [2.25, 0.1], [1.0, 3.0]])))
    given = {("c", NOW): inputs(0.0, 0.0)}
    warehouse.give(whole, given, NOW)
    assert warehouse.complaints() == []
    warehouse.give(spoil(whole, other), given, NOW)
    [complaint] = warehouse.complaints()
    assert "behavior 2024-01-31 of complete_journey" in complaint
